#!/bin/sh
# --guard and --fault of the benchmark binaries: what they say, and what they leave with.
. "$ACRE_TESTS/cli/lib.sh"

# clean PROGRAM OPTION...: every backend that is here and every lifetime, and nothing is found.
clean()
{
    expect_out 0 '^guarded: [0-9]+ cells, no misuse found$' -- "$@" --guard --backends all
    check 'each of them finished' sh -c '! grep -E "failed|FAILED" "$1"' sh "$out"
    check 'backends of all kinds' sh -c 'grep -q "arena  *region" "$1" && grep -q "reap  *walked" "$1"' \
        sh "$out"
    expect_out 0 '^with faults: [0-9]+ cells, nothing leaked$' -- "$@" --fault 9 --backends all
    check 'each of them failed' sh -c '! grep finished "$1" &&
        grep -q "failed at allocation 9: out of memory, nothing leaked$" "$1"' sh "$out"
}

clean "$SQUARE_CHAIN" --elements 50 --fill reuse --backward
clean "$NODE_CHURN" --nodes 20
clean "$CYCLES" --rings 5
clean "$WEAK_CHURN" --objects 20
clean "$DEEP_CHAIN" --nodes 50

expect_out 0 '^  a guard keeps what is dead for 1 reset; allocation 12 and all after it fail$' -- \
    "$ACRE" bench node-churn --nodes 20 --guard=1 --fault 12,forever --backends pool
expect_out 0 '^    pool  weak  *failed after allocation [0-9,]+: out of memory, nothing leaked$' -- \
    "$NODE_CHURN" --nodes 200 --fault budget=5K --backends pool
expect_out 0 '^    pool  weak  *finished: [0-9,]+ allocations, none failed$' -- \
    "$NODE_CHURN" --nodes 20 --fault 100000 --backends pool
expect_out 0 '^    malloc  strong  *finished: [0-9,]+ allocations$' -- \
    "$CYCLES" --rings 5 --guard --backends malloc --lifetimes strong

# What the document shows, as in tests/examples.
shown='square-chain --guard --fault 17 --elements 100 --fill reuse --backends arena'
# shellcheck disable=SC2086 # its options
expect_out 0 '^guarded' -- "$SQUARE_CHAIN" ${shown#square-chain }
check 'docs/bench.md shows that' sh -c '
    awk -v name="<!-- prints: $3 -->" "\$0 == name { on = 1; next }
        on && /^\`\`\`/ { if (inside) exit; inside = 1; next } inside" "$2" | diff "$1" -' \
    sh "$out" "$ACRE_TESTS/../docs/bench.md" "$shown"

for bad in 0 -1 x '' 1.5; do
    expect 2 "^node-churn: --guard: '$bad' is not" -- "$NODE_CHURN" "--guard=$bad"
done
for bad in 0 -1 x '' 17,17 forever budget= budget=0 budget=64X 17,budget 99999999999999999999; do
    expect 2 '^node-churn: --fault: ' -- "$NODE_CHURN" --fault "$bad"
done
expect 2 '^node-churn: --guard: nothing is measured, .*--json' -- "$NODE_CHURN" --guard --json -
expect 2 '^node-churn: --fault: nothing is drawn' -- "$NODE_CHURN" --fault 1 --draw -

# Misuse is the failure of its cell, in the guard's own words; what it dies of is told as well.
block="block 0x[0-9a-f]+ \(40 bytes, align 16, node\) of '"
misusing() # BACKEND LIFETIME DEFECT REGEX
{
    expect 6 "^misusing: $1/$2 failed: $4" -- "$MISUSING" --guard --quiet --backends "$1" \
        --lifetimes "$2" --defect "$3"
}
aborted='killed by signal 6 \(Aborted\): acre guard:'
misusing arena region overrun "$aborted overrun: ${block}arena, iteration \(even\)': byte 40 \
overwritten; allocated as #[0-9]+ in scope 3; likely cause: a loop or a copy that runs past the end$"
misusing malloc weak overrun "$aborted overrun: ${block}malloc, pinned': byte 40 overwritten; "
misusing malloc weak stale-write "$aborted write after free: ${block}malloc, pinned': byte 8 \
overwritten; allocated as #[0-9]+ in scope 2; freed after #[0-9]+ in scope 2; "
misusing pool region stale-write "$aborted write after reset: ${block}pool, iteration \(even\)': \
byte 8 overwritten; allocated as #[0-9]+ in scope 2; dropped by reset 4 after #[0-9]+ in scope 3; "
fault='killed by signal 11 \(Segmentation fault\): acre guard: use after reset:'
misusing arena region stale-read "$fault ${block}arena, iteration \(even\)': read or written at byte \
8; allocated as #[0-9]+ in scope 2; dropped by reset 4 after #[0-9]+ in scope 3; "
misusing arena walked stale-write "$fault ${block}arena, iteration \(even\)': read or written at byte 8; "
misusing tbbmalloc weak leak 'leaked: 0 objects, 400 bytes$'
expect_out 0 '^guarded: ' -- "$MISUSING" --guard --backends all
# What nobody catches without a guard: the arena has given the memory out again.
expect_out 0 '^with faults: ' -- "$MISUSING" --fault 10000 --backends arena --defect stale-write
done_testing
