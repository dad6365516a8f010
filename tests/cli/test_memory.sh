#!/bin/sh
# Memory over time, pauses and aged heaps of whole runs: in the JSON, in wide tables, compared.
. "$ACRE_TESTS/cli/lib.sh"

run=$tap_work/run.json

# A staircase of known steps is what the sampler sees, from outside.
expect_out 0 '' -- "$STAIRCASE" --backends malloc,pool --lifetimes weak --quiet --json "$run"
check 'the timeline is the staircase' python3 "$ACRE_TESTS/bench/staircase.py" "$run"

# A table for people.
expect_out 0 '^  resident +start +most +at iteration +end +drained +later ' -- \
    "$ACRE" report --wide "$run"
check 'a line for each strategy' grep -Eq \
    '^  pool/weak .* [0-9,]+ of [0-9,]+ .* [0-9.]+ MiB +[0-9.]+ MiB +[0-9.]+ +[0-9.]+$' "$out"
check 'and a sentence' grep -q 'A second after all was dropped malloc/weak keeps least' "$out"
check 'with the longest pauses in the table above' grep -Eq 'p99 us +max us$' "$out"
expect_out 0 '^  Memory over time and pauses, one visit a cell: no verdicts\.$' -- \
    "$ACRE" compare --wide "$run" "$run"
check 'both runs under each other' sh -c '
    test "$(grep -Ec "^  (malloc|pool)/weak  [AB] .* of " "$1")" -eq 4' sh "$out"
expect_out 0 '' -- "$ACRE" compare "$run" "$run"
check 'but only when asked for' sh -c '! grep -q "Memory over time" "$1"' sh "$out"

# Files of the format before have none of it.
sed -e 's/"version": 7/"version": 3, "workload": "staircase", "unit": ""/' \
    -e 's/"memory":/"melody":/' -e 's/"pauses":/"causes":/' "$run" >"$tap_work/old.json"
expect_out 0 'Exact counters equal\.$' -- "$ACRE" compare --wide "$tap_work/old.json" "$run"
check 'and nothing is said of it' sh -c '! grep -q "Memory over time" "$1"' sh "$out"
sed 's/"memory":/"melody":/' "$run" >"$tap_work/cut.json"
expect 5 'cells\[0\]: no "memory"$' -- "$ACRE" report "$tap_work/cut.json"

# A curve on a terminal that can show it, and nowhere else.
for locale in C.UTF-8 C; do
    check "a terminal under $locale" sh -c 'LC_ALL=$3 script -qec "\"$1\" report --wide $2" \
        /dev/null </dev/null >"$4"' sh "$ACRE" "$run" "$locale" "$tap_work/$locale"
done
# How many of its steps are seen, and so drawn, is the scheduler's.
check 'the staircase is drawn' grep -Eq '^  malloc/weak.* (▁|▂|▃).*█' "$tap_work/C.UTF-8"
check 'with plain letters elsewhere' sh -c '! LC_ALL=C grep -q "[^ -~[:cntrl:]]" "$1"' sh \
    "$tap_work/C"

expect_out 0 '"memory": null' -- "$SQUARE_CHAIN" --rounds 1 --elements 10 --fill reuse \
    --backends malloc --lifetimes weak --memory-ms 0 --json -
for bad in -1 x '' 0.3 3600001; do
    expect 2 '^square-chain: --memory-ms: ' -- "$SQUARE_CHAIN" "--memory-ms=$bad"
done

# Aged heaps: the same work, in another heap.
aged="--rounds 1 --iterations 3 --elements 100 --fill reuse --lifetimes weak,region \
    --backends malloc,pool,arena --age 2 --memory-ms 10"
for name in one two; do
    # shellcheck disable=SC2086 # options
    expect_out 0 '' -- "$SQUARE_CHAIN" $aged --quiet --json "$tap_work/$name.json"
done
check 'books and results are those of clean heaps' sh -c '
    python3 "$1" "$2" >"$3"' sh "$ACRE_TESTS/bench/aged.py" "$tap_work/one.json" "$tap_work/held"
check 'and litter is the same each time' sh -c '
    python3 "$1" "$2" | diff - "$3"' sh "$ACRE_TESTS/bench/aged.py" "$tap_work/two.json" \
    "$tap_work/held"
# shellcheck disable=SC2086
expect_out 0 '' -- "$SQUARE_CHAIN" $aged --seed 2 --quiet --json "$tap_work/three.json"
check 'but for another seed' sh -c '! python3 "$1" "$2" | diff - "$3" >/dev/null' sh \
    "$ACRE_TESTS/bench/aged.py" "$tap_work/three.json" "$tap_work/held"
expect_out 0 '^Aged heaps against clean ones: 100 elements, depth 3, forward, x reused, ' -- \
    "$ACRE" report "$tap_work/one.json"
check 'side by side' grep -Eq \
    '^  malloc/weak  +age 2  +[0-9.]+  +[0-9.]+  too few \([0-9]+\)  ' "$out"
check 'in a group of their own as well' grep -q '^square-chain .*, order seed, age 2  1 round$' \
    "$out"
expect_out 0 'Results identical. Exact counters equal\.$' -- \
    "$ACRE" compare "$tap_work/one.json" "$tap_work/two.json"
# shellcheck disable=SC2086
expect_out 0 'age 2, occupancy 10 %' -- "$SQUARE_CHAIN" $aged --age-occupancy 10

for bad in -1 x '' 1001 1,1; do
    expect 2 '^square-chain: --age: ' -- "$SQUARE_CHAIN" "--age=$bad"
done
for bad in -1 x '' 101 50,60; do
    expect 2 '^square-chain: --age-occupancy: ' -- "$SQUARE_CHAIN" "--age-occupancy=$bad"
done
for mode in --in-process '--draw -' --guard '--fault 3'; do
    # shellcheck disable=SC2086
    expect 2 '^square-chain: --age: only a whole run ages heaps' -- "$SQUARE_CHAIN" $mode --age 1
done
# A heap that cannot be aged is a cell that failed, and no other.
expect 6 'pool:limit=256K/weak failed: out of memory$' -- "$SQUARE_CHAIN" --rounds 1 \
    --elements 100 --fill reuse --backends pool:limit=256K --lifetimes weak --age 1 --quiet

# What a child is told by nobody else is one line as well.
expect 2 '^square-chain: --gauge: ' -- "$SQUARE_CHAIN" --child memory --gauge x
expect 2 '^square-chain: --age-load: ' -- "$SQUARE_CHAIN" --child cold --age 1 --age-load 1,x
expect_out 0 '"timeline": \[\]' -- "$SQUARE_CHAIN" --child memory --elements 10 --backends malloc \
    --lifetimes weak --gauge 77
done_testing
