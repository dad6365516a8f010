#!/bin/sh
# Each benchmark binary: help, wrong parameters, a run, its JSON and its comparison with itself. No
# checker runs it: it wants leaks, and sizes that no machine has.
. "$ACRE_TESTS/cli/lib.sh"

work=$(mktemp -d)
run=$work/run.json

# workload PROGRAM NAME UNIT CELLS OPTION...: with small parameters, on two backends. UNIT is empty
# where none is told.
workload()
{
    program=$1 name=$2 unit=$3 cells=$4 title=${3:+ns/$3}
    title=${title:-us/iter}
    shift 4
    set -- --rounds 1 --iterations 2 --memory-ms 10 --backends malloc,arena "$@"
    expect_out 0 "^usage:" -- "$program" --help
    check "the help of $name has examples" grep -q '^examples:' "$out"
    check "its lines fit 86 columns, but for a long path" awk -v path="$program" '
        length > 86 && !index($0, path) { exit 1 }' "$out"
    expect_out 0 "$title +x limit" -- "$program" "$@"
    check "$name agrees with itself" grep -q '^  Results bit-identical' "$out"
    expect_out 0 "\"workload\": \"$name\"" -- "$program" "$@" --json -
    cp "$out" "$run"
    check "$name names its unit" grep -q "\"unit\": \"$unit\"" "$run"
    expect_out 0 "^B against A, $cells cells:.*Results identical. Exact counters equal.\$" -- \
        "$ACRE" compare --wide "$run" "$run"
    expect_out 0 '"seed"' -- "$ACRE" bench "$name" "$@" --json -
    expect_out 0 "$title" -- "$program" "$@" --in-process
}

# Strategies on malloc and arena: weak, walked, region, collector; of rings also one that leaks.
workload "$NODE_CHURN" node-churn node 8 --nodes 10 --graphs 2
check 'its children are given its parameters' test "$(grep -c '"peak_blocks": 20,' "$run")" -ge 8
workload "$CYCLES" cycles node 5 --rings 5
check 'rings of strong references leak, as they should' sh -c '
    "$1" --rounds 1 --rings 5 --backends malloc --lifetimes strong,collector >"$2" 2>&1 &&
        grep -q "malloc strong .*leaks .*by design" "$2" && ! grep "malloc collector .*leaks" "$2"' \
    sh "$CYCLES" "$work/leaks"
workload "$DEEP_CHAIN" deep-chain node 4 --nodes 100
workload "$WEAK_CHURN" weak-churn object 12 --objects 10
workload "$HANDOFF" handoff message 2 --messages 10 --batch 3
workload "$MLP" mlp sample 5 --hidden 3 --batch 20
workload "$RNN" rnn '' 10 --hidden 3 --longest 5 --truncate 0,2
check 'parts are told where there are some' test "$(grep -c '"title": "truncated: 2"' "$run")" -eq 5
workload "$TREE" tree node 10 --leaves 5 --trees 3

if [ -n "${SCRIPT:-}" ]; then
    workload "$SCRIPT" script item 15 --size 10
    for bad in 0 -1 1.5 10000001; do
        expect 2 '^script: --size: ' -- "$SCRIPT" "--size=$bad"
    done
    expect 2 "^script: --program: 'tree' is none of trees, words, records, tasks, json, all$" -- \
        "$SCRIPT" --program tree
    expect 2 "^script: lifetime 'strong' cannot run .*nothing would leak$" -- \
        "$SCRIPT" --lifetimes strong
    expect 2 "^script: lifetime 'collector' cannot run .*own collector" -- \
        "$SCRIPT" --lifetimes collector
    expect 6 "limit=256K/region failed: out of memory for the program 'json'$" -- \
        "$SCRIPT" --backends arena:chunk=64K,limit=256K --lifetimes region --program json \
        --rounds 1 --quiet
else
    expect_out 0 '^  script +not here: built without Lua' -- "$ACRE" list
    expect 2 "^acre bench: no workload 'script': built without Lua" -- "$ACRE" bench script
fi

for name in square-chain node-churn weak-churn cycles deep-chain handoff mlp rnn tree ${SCRIPT:+script}; do
    expect_out 0 "^  $name " -- "$ACRE" list
    expect_out 0 "^  $name " -- "$ACRE" bench --help
done

# told THREADS: children, and nobody but them, are told that BLAS is to have so many.
told()
{
    "$MLP" --backends "so:$TELLING_MALLOC" --lifetimes weak --rounds 1 --quiet --json /dev/null \
        2>"$work/told" && grep -qx "OPENBLAS_NUM_THREADS: $1" "$work/told" &&
        ! grep -v "OPENBLAS_NUM_THREADS: $1" "$work/told"
}

if [ -n "${TELLING_MALLOC:-}" ]; then # not with a sanitizer
    unset OPENBLAS_NUM_THREADS
    check 'children have one thread of BLAS' told 1
    export OPENBLAS_NUM_THREADS=2
    check 'or as many as the environment says' told 2
    unset OPENBLAS_NUM_THREADS
fi

# Nonsense, and too much of it: one line that names the option.
for bad in 0 -1 abc 1e30 '' 99999999999999999999 '1,,2' '7,7' 1.5 ' 1'; do
    expect 2 '^node-churn: --nodes: ' -- "$NODE_CHURN" "--nodes=$bad"
    expect 2 '^cycles: --length: ' -- "$CYCLES" "--length=$bad"
    expect 2 '^weak-churn: --objects: ' -- "$WEAK_CHURN" "--objects=$bad"
    expect 2 '^deep-chain: --nodes: ' -- "$DEEP_CHAIN" "--nodes=$bad"
    expect 2 '^handoff: --batch: ' -- "$HANDOFF" "--batch=$bad"
    expect 2 '^mlp: --hidden: ' -- "$MLP" "--hidden=$bad"
    expect 2 '^rnn: --longest: ' -- "$RNN" "--longest=$bad"
    expect 2 '^tree: --leaves: ' -- "$TREE" "--leaves=$bad"
done
expect 2 "^node-churn: --graphs: '1000001' is not a whole number from 1 to 1000000$" -- \
    "$NODE_CHURN" --graphs 1000001
expect 2 "^node-churn: --shape: 'tree' is none of chain, dag, both$" -- "$NODE_CHURN" --shape tree
expect 2 "^weak-churn: --mode: '' is none of create, upgrade, death, table, all$" -- \
    "$WEAK_CHURN" --mode create,,death
expect 2 "^mlp: --batch: '301' is not a whole number from 1 to 300$" -- "$MLP" --batch 301
expect 2 "^rnn: --truncate: '501' is not a whole number from 0 to 500$" -- "$RNN" --truncate 501
expect 2 "^tree: --leaves: '1' is not a whole number from 2 to 1000000$" -- "$TREE" --leaves 1
expect 2 "^tree: --inputs: 'old' is none of new, kept, both$" -- "$TREE" --inputs old
expect 2 '^weak-churn: --mode: death stands there twice$' -- "$WEAK_CHURN" --mode death,death
expect 2 "^cycles: unknown option '--nodes'" -- "$CYCLES" --nodes 3
expect 2 "^node-churn: unknown option '--elements'" -- "$NODE_CHURN" --elements 3
expect 2 "^node-churn: lifetime 'strong' cannot run .*the same as weak$" -- \
    "$NODE_CHURN" --lifetimes strong
expect 2 "^weak-churn: lifetime 'collector' cannot run .*nothing to collect$" -- \
    "$WEAK_CHURN" --lifetimes collector
expect 2 "^deep-chain: backend 'arena' cannot run under any lifetime asked for" -- \
    "$DEEP_CHAIN" --backends arena --lifetimes weak
expect 2 "^handoff: backend 'pool' cannot run .*freed by another thread" -- \
    "$HANDOFF" --backends pool --lifetimes weak
expect 2 "^handoff: backend 'mimalloc-heap' cannot run .*handed over to another thread" -- \
    "$HANDOFF" --backends mimalloc-heap --lifetimes region
expect 6 'limit=256K/region failed: out of memory for a message of [0-9]* bytes$' -- \
    "$HANDOFF" --backends arena:chunk=64K,limit=256K --batch 1000 --rounds 1 --quiet

# No memory is a failure of the cell. More than any machine has: told before anything is built.
for program in "$CYCLES --rings" "$WEAK_CHURN --mode upgrade --objects"; do
    # shellcheck disable=SC2086 # a program and its options
    expect 6 'malloc/weak failed: out of memory$' -- $program 1000000000000 --rounds 1 --quiet \
        --backends malloc --lifetimes weak
done

# A file of the format before this one is told from one that is broken.
sed 's/"version": 7/"version": 1/' "$run" >"$work/old.json"
expect 5 'old\.json: version: a run of version 1, .* an older acre wrote it; make the run again$' -- \
    "$ACRE" compare "$work/old.json" "$run"
rm -rf "$work"
done_testing
