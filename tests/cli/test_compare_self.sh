#!/bin/sh
# A run against itself shows no difference; one cell made half as slow again is found, and named. A
# stored run is shown as it was when it was measured.
. "$ACRE_TESTS/cli/lib.sh"

run=$tap_work/run.json slower=$tap_work/slower.json more=$tap_work/more.json

expect_out 0 '' -- "$SQUARE_CHAIN" --rounds 10 --fill reuse --backends malloc,arena \
    --lifetimes weak,walked --json "$run"
cp "$out" "$tap_work/shown"
expect_out 0 '' -- "$ACRE" report "$run"
check 'the report is what the benchmark showed' sh -c 'head -n -2 "$1" | diff - "$2"' sh \
    "$tap_work/shown" "$out"
expect_out 0 '^  where it is' -- "$ACRE" report --wide "$run"
expect_out 0 '' -- "$ACRE" report "$run" "$run"
check 'two runs, one behind the other' sh -c 'test "$(grep -c "^  repeat " "$1")" -eq 2' sh "$out"
expect_out 0 '2 no difference shown\. Results identical\. Exact counters equal\.$' -- \
    "$ACRE" compare --fail-above 0 "$run" "$run"
check 'no cell has another verdict' sh -c '! grep -E "\] (faster|slower)|REGRESSION" "$1"' sh "$out"

# The times of arena/walked, half as much again; cells begin with their backend.
LC_ALL=C awk '
    /"backend":/ { arena = /"arena"/ }
    /\]/ { inside = 0 }
    inside { sub(/[0-9.e+-]+/, sprintf("%.17g", 1.5 * $1)) }
    /"(ns_per_iteration|x_limit)": \[/ { inside = arena }
    { print }' "$run" >"$slower"
expect_out 1 'REGRESSION above 10 %: arena/walked: time\.$' -- \
    "$ACRE" compare --fail-above 10 "$run" "$slower"
check 'the other cell is not blamed' sh -c '
    grep -Eq "^  arena/walked +1\.500 \[1\.500, 1\.500\] slower" "$1" &&
        grep -Eq "^  malloc/weak .*no difference shown" "$1" &&
        ! grep "REGRESSION.*malloc" "$1"' sh "$out"
expect_out 0 'No regression above 60 %' -- "$ACRE" compare --fail-above 60 "$run" "$slower"
expect_out 0 'arena/walked .*faster' -- "$ACRE" compare --fail-above 10 "$slower" "$run"

# One allocation more is a difference, and none in time.
awk '/"allocations":/ && !done { sub(/[0-9]+/, $2 + 1); done = 1 } { print }' "$run" >"$more"
expect_out 0 'Exact counters differ in 1 cell\.$' -- "$ACRE" compare "$run" "$more"
check 'the counter is named' grep -E '^    allocations: [0-9]+ -> [0-9]+$' "$out"
done_testing
