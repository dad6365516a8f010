#!/bin/sh
# Measured verdicts on the same recordings agree: of twenty at least nineteen. One that is worth it by far,
# and one that has little to win.
. "$ACRE_TESTS/cli/lib.sh"

verdicts()
{
    for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        tap_run "$ACRE" advise --json --backends malloc,mimalloc --run "$PLANTED $1 2 $2" \
            --run "$PLANTED $1 4 $2" "$tap_work/one.acre" "$tap_work/two.acre"
        sed -n 's/^  "verdict": "\(.*\)",$/\1/p' "$out"
        : "$turn"
    done >"$tap_work/verdicts"
    sort "$tap_work/verdicts" | uniq -c | sort -rn >"$tap_work/counts"
    sed "s/^/# figure: $1: /" "$tap_work/counts"
}

agree()
{
    test "$(awk 'NR == 1 { print $1 }' "$tap_work/counts")" -ge 19
}

for scenario in 'kept_result 4000' 'strided 4000'; do
    # shellcheck disable=SC2086 # scenario and turns
    set -- $scenario
    for seed in 2 4; do
        name=$(test $seed -eq 2 && echo one || echo two)
        tap_run "$ACRE" record --quiet -o "$tap_work/$name.acre" "$PLANTED" "$1" $seed "$2"
        check "$1 $seed: recorded" test "$tap_status" -eq 0
    done
    verdicts "$1" "$2"
    check "$1: nineteen of twenty verdicts agree" agree
done

done_testing
