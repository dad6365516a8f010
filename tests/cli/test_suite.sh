#!/bin/sh
# acre bench all: every workload in one run, its JSON and its comparison; what it refuses. No checker
# runs it: it takes the sizes that are measured.
. "$ACRE_TESTS/cli/lib.sh"

all=$tap_work/all.json one=$tap_work/one.json
small='--rounds 1 --visit-ms 1 --iterations 1 --backends malloc,arena'

# shellcheck disable=SC2086 # a list of words
expect_out 0 '^[0-9]+ workloads, [0-9]+ cases  1 round$' -- "$ACRE" bench all $small --json "$all"
check 'each workload has a row, and none a table of its own' sh -c '
    for name in square-chain node-churn weak-churn cycles deep-chain handoff; do
        grep -Eq "^  $name  .* (malloc|arena)/" "$1" || exit 1
    done
    ! grep "us/iter" "$1"' sh "$out"
check 'the sentence is first, and too few rounds are said to be that' sh -c '
    sed -n 3,4p "$1" | tr -s "\n " " " | grep -q "^ Over [0-9]* cases .*Against malloc: too few rounds ("' sh "$out"
check 'what was left out is told of its workload' \
    grep -q '^  Left out: malloc/collector, arena/collector of weak-churn: no object refers' "$out"
check 'nothing leaks by design' sh -c '! grep leaks "$1"' sh "$out"
check 'a visit is of its own workload' sh -c '
    test "$(grep -c "\"workload\": \"deep-chain\"" "$1")" -gt 2 &&
        ! grep "\"failure\": \"" "$1"' sh "$all"
expect_out 0 '^weak-churn  upgrade, 1,000 objects$|^weak-churn  upgrade, 1,000 objects  1 round$' -- \
    "$ACRE" report --wide "$all"
check 'the summary comes before the tables' sh -c '
    test "$(sed -n "/^[0-9]* workloads, /=" "$1")" -lt "$(sed -n "/^cycles  /=" "$1" | head -n 1)"' \
    sh "$out"
check 'each table has the unit of its workload' sh -c '
    grep -q "ns/node" "$1" && grep -q "ns/object" "$1" && grep -q "ns/message" "$1"' sh "$out"
expect_out 0 'Results identical\. Exact counters equal\.$' -- "$ACRE" compare "$all" "$all"

# One workload alone is comparable with itself among all.
expect_out 0 '' -- "$ACRE" bench deep-chain --nodes 100000 --rounds 1 --visit-ms 1 --iterations 1 \
    --backends malloc,arena --quiet --json "$one"
expect_out 0 '^B against A, 4 cells: 4 too few rounds\. Results identical\. Exact counters equal\.$' -- \
    "$ACRE" compare --common "$all" "$one"
expect 5 'the runs differ in cells: only A has arena/region of cycles \(1,000 rings' -- \
    "$ACRE" compare "$all" "$one"
# As it would have been written before, with the workload at the top.
sed -e 's/"version": 7/"version": 3, "workload": "deep-chain", "unit": "node"/' \
    -e '/^ *"workload": "deep-chain",$/d' -e '/^ *"unit": "node",$/d' "$one" >"$tap_work/three.json"
check 'its keys have neither' sh -c '
    test "$(grep -c "\"workload\"" "$1")" -eq 1 && test "$(grep -c "\"unit\"" "$1")" -eq 1' \
    sh "$tap_work/three.json"
expect_out 0 'Exact counters equal\.$' -- "$ACRE" compare "$tap_work/three.json" "$one"
expect_out 0 '^deep-chain  100,000 nodes  1 round$' -- "$ACRE" report "$tap_work/three.json"

# Behind a guard each cell of each workload once.
expect_out 0 '^guarded: [0-9]+ cells, no misuse found$' -- "$ACRE" bench all --guard --iterations 2 \
    --backends arena --lifetimes region
check 'by workload' grep -q '^  handoff  1,000 messages, batches of 64$' "$out"

# A time budget is one for all of them; too short a one leaves the fewest rounds that there may be.
expect_out 0 '^[0-9]+ workloads, [0-9]+ cases  8 rounds$' -- "$ACRE" bench all --time-budget 0.1s \
    --visit-ms 1 --memory-ms 0 --iterations 1 --backends arena --lifetimes region
check 'and it is said' grep -q '8 rounds (as many as its verdicts wanted in 0\.1 s)' "$out"
expect 2 '^acre bench all: --time-budget decides how many rounds there are' -- \
    "$ACRE" bench all --rounds 9 --time-budget 90s

# A cell that fails is named with its workload.
expect 6 '^[a-z]+-?[a-z]+: arena:chunk=64K,limit=1M/region failed: .*out of memory' -- "$ACRE" bench all \
    --rounds 1 --visit-ms 1 --iterations 1 --lifetimes region --backends arena:chunk=64K,limit=1M --quiet
expect_out 0 '^usage: .* all \[options\]$' -- "$ACRE" bench all --help

for option in '--draw x.svg' --in-process '--child cold'; do
    # shellcheck disable=SC2086 # an option, and what it takes
    expect 2 "^acre bench all: ${option%% *} is for one workload" -- "$ACRE" bench all $option
done
expect 2 '^acre bench all: --elements is an option of square-chain; ' -- \
    "$ACRE" bench all --elements=100
expect 2 '^acre bench all: --nodes is an option of node-churn; ' -- "$ACRE" bench all --nodes 5
expect 2 "^acre bench all: unknown option '--frob'" -- "$ACRE" bench all --frob
expect 2 "^acre bench all: unexpected argument 'cycles'" -- "$ACRE" bench all cycles
expect 2 "^acre bench all: unknown backend 'frob'" -- "$ACRE" bench all --backends frob
expect 2 "^acre bench all: backend 'malloc' cannot run under any lifetime asked for: " -- \
    "$ACRE" bench all --backends malloc --lifetimes region
expect 2 "^acre bench all: lifetime 'weak' cannot run on any backend asked for: " -- \
    "$ACRE" bench all --backends arena --lifetimes weak,region
expect 4 '^acre bench all: cannot write /none/x.json: ' -- "$ACRE" bench all --json /none/x.json
for bad in 0 -1 x '' 60001 0.5; do
    expect 2 "^square-chain: --visit-ms: '$bad' is not a whole number from 1 to 60000$" -- \
        "$SQUARE_CHAIN" "--visit-ms=$bad"
done
done_testing
