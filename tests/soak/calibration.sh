#!/bin/sh
# calibration.sh [RUNS [PERCENT]]: do verdicts keep their promise with real rounds? One cell is measured
# twice in each round of a run (the noise floor), as it is and with the second measurement PERCENT slower
# (--plant), in RUNS runs each, in turn. A verdict that alike ones differ is wrong; at most 1 of 100 may be.
# A planted step has to be found, or called too noisy, and never be taken for no difference in more than 1
# of 100. Chance is allowed for: three standard deviations. How many small steps are found is the machine's
# noise; that steps are found at all is shown by one ten times as large, in every fifth run. TAP.
. "$ACRE_TESTS/cli/lib.sh"

runs=${1:-100} percent=${2:-3}
counts=$tap_work/counts
: >"$counts"

# verdict_of FILE: of the noise floor.
verdict_of()
{
    "$ACRE" report "$1" | tr -s '\n ' ' ' |
        sed -n 's/.*measured twice a round: [^,]*, [^,]*, \([a-z ]*\).*/\1/p' | sed 's/ $//'
}

# measure KIND OPTION...: one run, and a line of the counts.
measure()
{
    kind=$1
    shift
    "$SQUARE_CHAIN" --elements 1000 --iterations 2 --fill reuse --backends malloc --lifetimes weak \
        --rounds 20 --memory-ms 0 --seed "$run" --quiet --json "$tap_work/run.json" "$@" || return 1
    echo "$kind $(verdict_of "$tap_work/run.json")" >>"$counts"
}

# count KIND VERDICT
count()
{
    grep -c "^$1 $2" "$counts" || :
}

# at_most NUMBER: 1 of 100 of the runs, and three standard deviations.
at_most()
{
    awk -v number="$1" -v runs="$runs" \
        'BEGIN { exit !(number <= runs * 0.01 + 3 * sqrt(runs * 0.01 * 0.99)) }'
}

run=0
while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    measure alike && measure planted --plant "$percent" || break
    [ "$((run % 5))" -ne 0 ] || measure large --plant "$((10 * percent))" || break
done

for kind in alike planted large; do
    echo "# figure: $kind: $(count $kind slower) slower, $(count $kind faster) faster," \
        "$(count $kind 'no difference') no difference shown, $(count $kind 'too noisy') too noisy"
done
check 'every run was made and has a verdict' \
    test "$(grep -cE '^(alike|planted) (slower|faster|no difference|too noisy)' "$counts")" -eq "$((2 * runs))"
check 'alike: at most 1 of 100 differs' \
    at_most "$(($(count alike slower) + $(count alike faster)))"
check "a step of $percent %: at most 1 of 100 is taken for none, or for the opposite" \
    at_most "$(($(count planted 'no difference') + $(count planted faster)))"
check "a step of $((10 * percent)) % is found" \
    at_most "$((runs / 5 - $(count large slower)))"
done_testing
