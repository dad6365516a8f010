#!/bin/sh
# run.sh [PATCH...]: proves that the tests bite. Each patch of this directory is a known mistake; it
# is put into a copy of the tree, and the tests named in its first line ("tests: NAME...") must fail
# there. The copy without a patch must pass first. Prints TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP

[ $# -gt 0 ] || set -- "$here"/*.patch

cp -R "$here/../.." "$work/tree" 2>/dev/null || [ -f "$work/tree/meson.build" ]
cd "$work/tree"
rm -rf build build-*
meson setup build -Dbuildtype=debugoptimized > "$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}

# run_tests NAME...
run_tests()
{
    ninja -C build > "$work/log" 2>&1 || return 2
    meson test -C build --no-rebuild "$@" > "$work/log" 2>&1
}

number=0 failures=0
report() # STATUS TEXT
{
    number=$((number + 1))
    [ "$1" = ok ] || failures=$((failures + 1))
    echo "$1 $number - $2"
}

for patch; do
    name=$(basename "$patch" .patch)
    tests=$(sed -n '1s/^tests: //p' "$patch")
    # shellcheck disable=SC2086 # a list of names
    if ! run_tests $tests; then
        report 'not ok' "$name: the tests pass without it"
        continue
    fi
    patch -p1 -s < "$patch" || {
        report 'not ok' "$name: the patch fits"
        continue
    }
    status=0
    # shellcheck disable=SC2086
    run_tests $tests || status=$?
    patch -p1 -R -s < "$patch"
    case $status in
    0) report 'not ok' "$name is killed" ;;
    2) report 'not ok' "$name compiles" ;;
    *) report ok "$name is killed by $tests" ;;
    esac
done
echo "1..$number"
[ "$failures" -eq 0 ]
