#!/bin/sh
# How many rounds there are: asked for, or as many as a time budget and the verdicts want; and a
# difference that was planted.
. "$ACRE_TESTS/cli/lib.sh"

run=$tap_work/run.json
small='--elements 100 --iterations 2 --fill reuse --backends malloc,arena --lifetimes weak,region --quiet'

# rounds_of FILE: asked for or made.
rounds_of()
{
    sed -n 's/^ *"rounds": \([0-9]*\),$/\1/p' "$1"
}

# values_of SERIES FILE: how many values the first one of that name has.
values_of()
{
    awk -v name="\"$1\"" 'index($0, name) { on = 1; next } on && /\]/ { print n + 0; exit } on { n++ }' "$2"
}

for bad in '' 0 -1 1e3 nan 90x 'min' 1.2.3 9999999999 8d 0x3 '1 s' 1,5 605000; do
    expect 2 "--time-budget: '$bad' is no time such as 90s, 2min or 0.5h" -- \
        "$SQUARE_CHAIN" --time-budget "$bad"
done
expect 2 '--time-budget decides how many rounds there are' -- \
    "$SQUARE_CHAIN" --rounds 9 --time-budget 90s
for bad in '' -3 101 x 3%; do
    expect 2 "--plant: '$bad' is no percentage such as 3 or 2.5, at most 100" -- \
        "$SQUARE_CHAIN" --plant "$bad"
done

# Too short a budget: the fewest rounds that there may be; the file tells the budget.
# shellcheck disable=SC2086 # options
expect_out 0 '' -- "$SQUARE_CHAIN" $small --time-budget 0.001min --json "$run"
check 'at least eight rounds' test "$(rounds_of "$run")" -eq 8
for series in ns_per_iteration self_log_ratio self_x_limit_log_ratio; do
    check "and as many values of $series" test "$(values_of $series "$run")" -eq 8
done
check 'the budget is in the file' grep -q '"time_budget_seconds": 0\.05999\|"time_budget_seconds": 0\.06' "$run"
expect_out 0 '8 rounds \(as many as its verdicts wanted in 0\.1 s\), seed 1' -- "$ACRE" report "$run"
expect_out 0 'Too few rounds for a verdict: 8 measured, 11 needed\.' -- "$ACRE" report "$run"

# Nothing to decide: one strategy.
expect_out 0 '' -- "$SQUARE_CHAIN" --elements 100 --iterations 2 --fill reuse --backends arena \
    --lifetimes region --quiet --time-budget 10min --json "$run"
check 'without a verdict to be given eight rounds do' test "$(rounds_of "$run")" -eq 8

# A slowdown of the size of the whole loop is found by the noise floor.
# shellcheck disable=SC2086 # options
expect_out 0 '' -- "$SQUARE_CHAIN" $small --rounds 8 --plant 100 --json "$run"
expect_out 0 'The two should not differ and do|twice a round: [12]\.[0-9]+ .*slower' -- \
    "$ACRE" report "$run"
check 'the command line tells of it' grep -q '"command": ".*--plant 100' "$run"
done_testing
