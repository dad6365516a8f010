#!/bin/sh
# coverage.sh BUILD: the branches of alloc/ and of core/ that its tests took; each room has to reach
# 90 %. Prints TAP; the figures of each file go to BUILD/coverage-ROOM.txt, lines to coverage.html.
set -eu

build=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
wanted=90
cd "$root"

gcovr_of() # ROOM OPTION...
{
    room=$1
    shift
    gcovr --root . --object-directory "$build" "$build" --filter "$room/" --exclude-unreachable-branches \
        "$@"
}

number=0
echo '1..2'
for room in alloc core; do
    gcovr_of "$room" --branches >"$build/coverage-$room.txt"
    percent=$(awk '$1 == "TOTAL" { print $4 + 0 }' "$build/coverage-$room.txt")
    number=$((number + 1))
    if [ "${percent:-0}" -ge "$wanted" ]; then
        echo "ok $number - $room/: $percent % of its branches were taken"
    else
        echo "not ok $number - $room/: $percent % of its branches were taken, not $wanted %"
    fi
    sed 's/^/# /' "$build/coverage-$room.txt"
done
gcovr --root . --object-directory "$build" "$build" --filter alloc/ --filter core/ \
    --html-details "$build/coverage.html" >/dev/null
