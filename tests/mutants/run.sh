#!/bin/sh
# run.sh [PATCH...]: proves that the tests bite. Each patch of this directory is a known mistake; it
# is put into a copy of the tree, and every test named in its first line ("tests: NAME...") must fail
# there; SETUP:NAME is a test in one of Meson's setups ("helgrind:threads-arenas"), instructions:CELL
# what tests/instructions counts, against a baseline of the copy without a patch. There all of them
# must pass. Prints TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP

[ $# -gt 0 ] || set -- "$here"/*.patch
for patch; do
    cp "$patch" "$work"
done

mkdir "$work/tree"
for entry in "$here"/../../*; do
    case ${entry##*/} in
    build*) ;;
    *) cp -R "$entry" "$work/tree" ;;
    esac
done
find "$work/tree" -name node_modules -prune -exec rm -rf {} + # no test of mutants needs them
cd "$work/tree"

bail_out()
{
    cat "$work/log" >&2
    echo "Bail out! $*"
    exit 1
}

tests_of() # PATCH
{
    sed -n '1s/^tests: //p' "$1"
}

# Only what the test needs is compiled; its programs are told by `depends` in tests/meson.build.
readonly cannot_compile=125 # meson test's status, which no test has

# The first time is in the tree without a patch.
counts_as_before() # CELL
{
    counts=$work/$(echo "$1" | tr / -).counts
    if [ ! -e "$counts" ]; then
        tests/instructions/run.sh --update --baseline "$counts" build/bench/steps "$1" || return 1
    fi
    tests/instructions/run.sh --baseline "$counts" build/bench/steps "$1"
}

# Leaves with cannot_compile where that is so.
passes() # [SETUP:]TEST
{
    case $1 in
    instructions:*)
        ninja -C build bench/steps >"$work/log" 2>&1 || return "$cannot_compile"
        counts_as_before "${1#*:}" >"$work/log" 2>&1
        return
        ;;
    *:*) set -- "${1#*:}" --setup "${1%%:*}" ;;
    *) set -- "$1" --timeout-multiplier 1.5 ;; # some mutants hang
    esac
    meson test -C build "$@" >"$work/log" 2>&1
}

meson setup build --buildtype=debugoptimized -Dtests=enabled >"$work/log" 2>&1 ||
    bail_out 'the tree cannot be configured'
ninja -C build >"$work/log" 2>&1 || bail_out 'the tree cannot be built'
for test in $(for patch in "$work"/*.patch; do tests_of "$patch"; done | tr ' ' '\n' | sort -u); do
    passes "$test" || bail_out "$test fails without a mutant"
done

# Prints what is wrong, if anything, as one line.
survives() # PATCH TEST...
{
    mutant=$1
    shift
    [ $# -gt 0 ] || echo 'names no test'
    if ! patch -p1 -s -F0 --dry-run <"$mutant" >"$work/log" 2>&1; then
        echo 'does not fit'
        return
    fi
    # Put back as they were, not patched back: a hunk without context may go elsewhere in reverse.
    rm -rf "$work/kept"
    mkdir "$work/kept"
    sed -n 's|^+++ b/||p' "$mutant" | xargs cp --parents -t "$work/kept"
    patch -p1 -s -F0 <"$mutant"
    for test; do
        result=0
        passes "$test" || result=$?
        case $result in
        0) printf 'survives %s ' "$test" ;;
        "$cannot_compile")
            tail -n 20 "$work/log" >&2
            printf 'does not compile for %s ' "$test"
            ;;
        esac
    done
    cp -R "$work/kept/." .
}

number=0 status=0
for patch in "$work"/*.patch; do
    name=$(basename "$patch" .patch)
    # shellcheck disable=SC2046 # a list of names
    set -- $(tests_of "$patch")
    number=$((number + 1))
    wrong=$(survives "$patch" "$@")
    if [ -z "$wrong" ]; then
        echo "ok $number - $name is killed by $*"
    else
        echo "not ok $number - $name $wrong"
        status=1
    fi
done
echo "1..$number"
echo "# figure: $number mutants"
exit "$status"
