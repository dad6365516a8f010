#!/bin/sh
# Measured verdicts on the same recordings agree: of twenty at least nineteen. Of a program that wins
# much, and of sed, which wins some points.
. "$ACRE_TESTS/cli/lib.sh"
cd "$tap_work" || exit 1

# words NUMBER: of the command, for the input of that number.
words()
{
    printf '%s\n' "$command" | sed "s/@/$1/g"
}

verdicts()
{
    for turn in $(seq 20); do
        tap_run "$ACRE" advise --json --backends malloc,mimalloc --run "$(words 2)" --run "$(words 4)" \
            2.acre 4.acre
        sed -n 's/^  "verdict": "\(.*\)",$/\1/p' "$out"
        : "$turn"
    done >verdicts
    sort verdicts | uniq -c | sort -rn >counts
    sed "s/^/# figure: $1: /" counts
}

agree()
{
    test "$(awk 'NR == 1 { print $1 }' counts)" -ge 19
}

# agreed NAME COMMAND: a line for the shell, with @ for the number of its input.
agreed()
{
    command=$2
    for input in 2 4; do
        tap_run sh -c "exec \"\$ACRE\" record --quiet -o $input.acre -- $(words $input)"
        check "$1 $input: recorded" test "$tap_status" -eq 0
    done
    verdicts "$1"
    check "$1: nineteen of twenty verdicts agree" agree
}

for input in 2 4; do
    "$ACRE_TESTS"/../bench/prediction/words.sh $((2000 + 2000 * input)) $input >lines$input
done
agreed kept_result "\"\$PLANTED\" kept_result @ 4000"
agreed sed "sed -E 's/w([0-9]+) w([0-9]+)/\\2-\\1/g' lines@"

done_testing
