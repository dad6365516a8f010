#!/bin/sh
# acre advise with its proof: what is measured is not judged here, but what is said of it.
. "$ACRE_TESTS/cli/lib.sh"

record()
{
    tap_run "$ACRE" record --quiet -o "$tap_work/$1.acre" "$PLANTED" "$2" "$3" "$4"
    test "$tap_status" -eq 0
}
one=$tap_work/one.acre two=$tap_work/two.acre
check 'recorded' record one kept_result 2 100
check 'recorded again' record two kept_result 4 100

# advise OPTION... FILE...
advise()
{
    tap_run "$ACRE" advise --backends malloc,mimalloc "$@"
    check "advise $*" test "$tap_status" -eq 0
}

advise --rounds 8 --run-time 2ms "$one" "$two"
check 'the sentence comes first' out_says -E '^ (Worth it|Cannot tell yet): 1 region, reset 100 times, '
check 'it has the gain on malloc, and beside the best' \
    out_says -E 's? [0-9.]+ % of the run on malloc \[[-0-9.]+, [0-9.]+\]; (mimalloc alone saves|no other)'
check 'both recordings are played' out_says -E 'Played: [0-9,]+ calls of one.acre.* Played: [0-9,]+ calls of two.acre'
check 'as long as it was told' out_says -E 'The run is 2.00 ms; the calls on malloc are [0-9.]+ % of it'
check 'each allocator has a row' test "$(grep -cE '^ +(malloc|mimalloc) +[0-9]' "$out")" -eq 4
check 'what goes in' grep -q 'goes in.*parse' "$out"
check 'what stays, and why' out_says -E 'stays +[0-9]+ keep_result .* 100 % outlive it'

advise --rounds 1 --run-time 2ms --json "$one" "$two"
check 'one round has no interval' grep -q '"verdict": "cannot tell"' "$out"
check 'of a sample it is said' test "$(grep -c '"proof": {' "$out")" -eq 2

advise --rounds 1 --run-time 2ms --sample 1000 "$one"
check 'a sample is named' out_says -E 'Played: of a sample, the first [0-9,]+ calls of one.acre'
check 'one recording is a doubt' out_says -E 'Doubt: one recording alone'

# The program itself, timed in front of each round.
advise --rounds 1 --run "$PLANTED kept_result 2 100" "$one"
check 'the run is that of the program' out_says -E 'The run is [0-9.]+ [mu]s; the calls on malloc'
expect 6 "'false' ended with status 1" -- "$ACRE" advise --run false "$one"
expect 6 "'kill -9 .*' was ended by signal 9" -- "$ACRE" advise --run 'kill -9 $$' "$one"

# Large blocks are touched all over as well, where nobody asks for something else: of square-chain
# the arrays. A gibibyte in a visit is too much.
arrays()
{
    tap_run "$ACRE" record --quiet -o "$tap_work/$1.acre" "$SQUARE_CHAIN" --elements "$2" \
        --in-process --quiet --backends malloc --lifetimes weak --rounds 1 --memory-ms 0
    check "arrays of $2 elements recorded" test "$tap_status" -eq 0
}
arrays large 1000
arrays huge 4000000
advise --rounds 1 --json --run-time 100ms "$tap_work/large.acre"
check 'large blocks: it is told what a pass saves' grep -q '"pass_percent": [0-9.]*,' "$out"
advise --rounds 1 --run-time 100ms "$tap_work/large.acre"
check 'and for people' out_says -E 'read all of their bytes once takes [0-9.]+ % of the run, and saves -?[0-9.]+ %'
for options in '--touch first+last' '--touch all'; do
    # shellcheck disable=SC2086 # words
    advise --rounds 1 --json $options --run-time 100ms "$tap_work/large.acre"
    check "$options: nothing else is played" test "$(grep -c '"passes"' "$out")" -eq 0
done
advise --rounds 1 --json --run-time 1s "$tap_work/huge.acre"
check 'more than a gibibyte is not touched' test "$(grep -c '"passes"' "$out")" -eq 0
advise --rounds 1 --json --run-time 2ms "$one"
check 'small blocks are not' test "$(grep -c '"passes"' "$out")" -eq 0

# The same each time, wherever it lies.
same()
{
    tap_run "$ACRE" advise --no-proof --json "$one" "$two" && cp "$out" "$tap_work/first"
    tap_run "$ACRE" advise --no-proof --json "$one" "$two"
    cmp "$tap_work/first" "$out"
}
check 'without proof the same, byte for byte' same

# What is cut off is looked at as far as it goes.
head -c -96 "$one" >"$tap_work/cut.acre"
tap_run "$ACRE" advise --no-proof "$tap_work/cut.acre"
check 'a cut trace: advised' test "$tap_status" -eq 0
check 'it is said' grep -q 'cut.acre.*; what is there is looked at$' "$err"
check 'in one line' test "$(tap_lines "$err")" -eq 1
check 'and the region is found' out_says -E '1 region, reset [0-9]+ times'

# What a program that is built so asks for at its peak lies where it was said to lie.
peak_of()
{
    sed -n 's/^ *"'"$1"'": \([0-9]*\),*$/\1/p' "$out" | head -n 1
}

lies_between()
{
    check "$1: recorded as it is" record plain "$1" 3 200
    tap_run "$ACRE" advise --no-proof --json "$tap_work/plain.acre"
    plain=$(peak_of peak_bytes) planned=$(peak_of planned_peak_bytes) most=$(peak_of most_extra_bytes)
    tap_run "$ACRE" record --quiet -o "$tap_work/built.acre" "$PLANTED" "$1" 3 200 region
    tap_run "$ACRE" advise --no-proof --json "$tap_work/built.acre"
    built=$(peak_of peak_bytes)
    check "$1: the peak is no lower than predicted" test "$built" -ge "$planned"
    check "$1: nor higher" test "$built" -le $((plain + most))
}
for scenario in request seed_order nested kept_result grown_within; do
    lies_between $scenario
done

done_testing
