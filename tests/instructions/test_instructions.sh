#!/bin/sh
# ./dev instructions: counts are the same each time, one instruction or one allocation more is
# noticed, and what cannot be compared is not. tests/mutants has programs that do more than they
# should.
. "$ACRE_TESTS/cli/lib.sh"

gate=$ACRE_TESTS/instructions/run.sh
baseline=$tap_work/baseline.txt
cells='node-churn/1/arena node-churn/1/malloc/weak weak-churn/4/pool'

# count BASELINE: all of it is printed as TAP, on standard output.
count()
{
    # shellcheck disable=SC2086 # a list of words
    "$gate" --baseline "$1" "$STEPS" $cells
}

# held BASELINE: what the first baseline counted is held against another.
held()
{
    awk '/^[a-z-]+\//' "$baseline" >"$tap_work/counted.txt"
    awk -v tools="$tools" -v whole=yes -f "$ACRE_TESTS/instructions/compare.awk" "$1" \
        "$tap_work/counted.txt"
}

# doctored SED: the baseline, as another program would have made it
doctored()
{
    sed "$1" "$baseline" >"$tap_work/doctored.txt"
    ! cmp -s "$baseline" "$tap_work/doctored.txt"
}

# column N CHANGE: the baseline, with another number in the N-th column of its first cell
column()
{
    awk -v n="$1" -v change="$2" '
        !done && $1 ~ "/" { $n += change; done = 1 }
        { print }' "$baseline" >"$tap_work/doctored.txt"
}

expect_out 0 '^node-churn/1/arena/region$' -- "$STEPS" --list
check 'each workload of one thread has cells' sh -c '
    for name in square-chain node-churn weak-churn cycles deep-chain; do
        grep -q "^$name/1/malloc/weak$" "$1" || exit 1
    done
    ! grep handoff "$1"' sh "$out"
expect_out 0 '^[0-9]+ [0-9]+ [0-9]+ [0-9]+ [0-9]+ 0 [0-9a-f]{16}$' -- "$STEPS" node-churn/1/malloc/weak
expect_out 0 '^usage:' -- "$STEPS" --help
expect 2 "^steps: no cell 'frob'" -- "$STEPS" frob
expect 2 '^steps: which cell' -- "$STEPS"
expect 2 "^steps: COUNT: '0' is not" -- "$STEPS" node-churn/1/malloc/weak 0
expect 2 "^instructions: unknown option '--frob'" -- "$gate" --frob
expect 2 '^instructions: which program' -- "$gate"
expect 2 "^instructions: no cell begins with 'frob'" -- "$gate" "$STEPS" frob
expect 2 '^instructions: --update counts all cells' -- "$gate" --update "$STEPS" node-churn

# shellcheck disable=SC2086
expect 0 '^instructions: wrote ' -- "$gate" --update --baseline "$baseline" "$STEPS" $cells
tools=$(sed -n 's/^# made with //p' "$baseline")
check 'four cells' test "$(grep -c '^[a-z-]*/' "$baseline")" -eq 4

# Another directory and another environment.
cd /
MUCH=$(printf '%01000d' 0)
export MUCH
expect_out 0 '^1\.\.4$' -- count "$baseline"
check 'nothing is fewer' sh -c '! grep fewer "$1"' sh "$out"

column 2 -1
expect_out 1 '^not ok 1 - node-churn/1/arena/region: .*; 0\.01 more than the' -- held "$tap_work/doctored.txt"
check 'the others are as they were' test "$(grep -c '^ok ' "$out")" -eq 3
column 2 1
expect_out 0 '^ok 1 - node-churn/1/arena/region: .*, 0\.01 fewer$' -- held "$tap_work/doctored.txt"
check 'and it is said what to do' grep -q '^# 1 cells take fewer instructions: renew' "$out"
for counter in '3 allocations' '4 frees' '6 requested' '7 peak' '8 leaked'; do
    for change in -1 1; do
        column "${counter% *}" "$change"
        expect_out 1 "^not ok 1 - node-churn/1/arena/region: .*; ${counter#* } -?[0-9]+ -> [0-9]+$" -- \
            held "$tap_work/doctored.txt"
    done
done

check 'another compiler' doctored 's/made with gcc [0-9.]*/made with gcc 11.1.0/; s/made with Debian/made with/'
expect_out 0 '^ok 5 - instructions # SKIP not comparable: the baseline was made with ' -- \
    held "$tap_work/doctored.txt"
check 'says nothing of instructions' sh -c '! grep "instructions an" "$1"' sh "$out"
check 'a cell that is missing' doctored '/^node-churn.1.malloc/d'
expect_out 1 '^not ok . - node-churn/1/malloc/weak is not in the baseline' -- held "$tap_work/doctored.txt"
check 'a cell that is no more' sh -c 'cp "$1" "$2" && echo "node-churn/9/pool/weak 1 1 1 1 1 1 1 1" >>"$2"' sh \
    "$baseline" "$tap_work/doctored.txt"
expect_out 1 '^not ok 5 - node-churn/9/pool/weak is in the baseline, and no cell any more' -- \
    held "$tap_work/doctored.txt"
check 'a line that is none' doctored '/^node-churn.1.malloc/s/ .*//'
expect_out 1 '^not ok 1 - line [0-9]* of the baseline is no cell' -- held "$tap_work/doctored.txt"
expect 2 '^instructions: /none/b cannot be read' -- count /none/b
done_testing
