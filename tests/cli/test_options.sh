#!/bin/sh
# Wrong command lines and files: one line that names the cause, a documented status, no file left.
. "$ACRE_TESTS/cli/lib.sh"

work=$(mktemp -d)
small='--elements 100 --rounds 1 --fill reuse --lifetimes weak --backends malloc'

expect 2 "unknown option '--frob'" -- "$SQUARE_CHAIN" --frob
expect 2 "unknown backend 'jemaloc' \(did you mean 'jemalloc'\?\)" -- \
    "$SQUARE_CHAIN" --backends jemaloc
for bad in 'arena:chunk=1' 'arena:chunk' 'arena:chunks=2M' 'malloc,arena:hugepages=1' so mimalloc:x \
    'arena:hugepages,hugepages' malloc,malloc 'arena:,malloc' all,malloc ''; do
    ! spared || continue
    expect 2 '--backends' -- "$SQUARE_CHAIN" --backends "$bad"
done
long=so:$(printf '/%.0s' $(seq 260))
for bad in "$long" "malloc,$long" "arena:chunk=2M,${long#so:}"; do
    ! spared || continue
    expect 2 'more than 255 characters|unknown' -- "$SQUARE_CHAIN" --backends "$bad"
done
expect 2 "unknown backend 'hugepages'" -- "$SQUARE_CHAIN" --backends malloc,hugepages
expect 2 "unknown lifetime 'weka'" -- "$SQUARE_CHAIN" --lifetimes weka
for bad in 0 -1 abc 1e30 '' 99999999999999999999 '1,,2' '100,100'; do
    ! spared || continue
    expect 2 '--elements' -- "$SQUARE_CHAIN" "--elements=$bad"
done
expect 2 "backend 'malloc' cannot run" -- "$SQUARE_CHAIN" --backends malloc --lifetimes region
expect 2 "'--rounds' needs a value" -- "$SQUARE_CHAIN" --rounds
expect 2 "unexpected argument 'x'" -- "$SQUARE_CHAIN" x
expect 2 '--order' -- "$SQUARE_CHAIN" --order sideways
expect 2 '--fill' -- "$SQUARE_CHAIN" --fill zeros
# shellcheck disable=SC2086 # a list of words
expect 4 "$work/none/run.json" -- "$SQUARE_CHAIN" $small --json "$work/none/run.json"
# shellcheck disable=SC2086
expect 4 "$work" -- "$SQUARE_CHAIN" $small --json "$work"
# shellcheck disable=SC2086
expect 4 '/dev/full' -- "$SQUARE_CHAIN" $small --quiet --json /dev/full
expect_out 0 '^usage:' -- "$SQUARE_CHAIN" --help
expect 2 "unknown option '--frob'" -- "$RECORDING_COST" --frob
expect 2 "'--rounds' needs a value" -- "$RECORDING_COST" --rounds
expect 2 "unexpected argument 'x'" -- "$RECORDING_COST" x
expect 2 "--elements: '1,2' is not a whole number" -- "$RECORDING_COST" --elements 1,2
expect 2 '--rounds' -- "$RECORDING_COST" --rounds 0
expect 2 '--seed' -- "$RECORDING_COST" --seed -1
expect_out 0 '^usage:' -- "$RECORDING_COST" --help
for bad in '' 'pool frob' '--align 24 pool' '--align 0 pool' frob arena:x; do
    ! spared || continue
    # shellcheck disable=SC2086 # a list of words
    expect 2 '^acre classes: ' -- "$ACRE" classes $bad
done
expect 6 'libnone' -- "$ACRE" classes so:/none/libnone.so
expect_out 0 'rounding on average' -- "$ACRE" classes pool
expect_out 0 '^usage:' -- "$ACRE" classes --help
expect 2 "unknown command 'frob'" -- "$ACRE" frob
expect 2 'which command' -- "$ACRE"
expect 2 "unknown workload 'frob'" -- "$ACRE" bench frob
expect_out 0 'libjemalloc.so.2' -- "$ACRE" list
# A sanitizer's malloc cannot be tuned.
check 'eleven backends are found' \
    awk '/^    found |mallopt refuses/ { found++ } END { exit found < 11 }' "$out"
# Settings are part of the name, whatever library is taken by its path.
tcmalloc=$(sed -n 's/^    found .*, \(.*libtcmalloc[^ ]*\).*/\1/p' "$out")
for named in 'arena:chunk=2M,hugepages' "so:$tcmalloc" jemalloc:dirty_decay_ms=-1; do
    expect_out 0 "\"backend\": ?\"$named\"" -- "$SQUARE_CHAIN" --elements 100 --rounds 1 \
        --iterations 2 --fill reuse --backends "$named" --json -
done
expect 6 '/none/libnone.so' -- "$SQUARE_CHAIN" --quiet --elements 100 --rounds 1 --fill reuse \
    --lifetimes weak --backends so:/none/libnone.so

# shellcheck disable=SC2086
expect_out 0 '"schema": ?"acre-run"' -- "$SQUARE_CHAIN" $small --json -
cp "$out" "$work/run.json"
check 'nothing but what was asked for is left' sh -c 'test "$(ls "$1")" = run.json' sh "$work"
expect_out 0 'no difference shown|too few rounds' -- \
    "$ACRE" compare "$work/run.json" "$work/run.json"
head -c 200 "$work/run.json" > "$work/cut.json"
echo '{"foreign": true}' > "$work/foreign.json"
expect 5 'cut.json' -- "$ACRE" compare "$work/run.json" "$work/cut.json"
expect 5 'foreign.json' -- "$ACRE" compare "$work/foreign.json" "$work/run.json"
expect 4 'missing.json' -- "$ACRE" compare "$work/missing.json" "$work/run.json"
expect 2 'wants two run files' -- "$ACRE" compare "$work/run.json"
expect 2 'which run' -- "$ACRE" report
expect 2 "unknown option '--frob'" -- "$ACRE" report --frob "$work/run.json"
expect 5 'foreign.json' -- "$ACRE" report "$work/foreign.json"
expect 4 'missing.json' -- "$ACRE" report "$work/missing.json"

# Closed or full standard output: an error with a sentence, never a signal.
# shellcheck disable=SC2086
expect 4 'standard output' -- sh -c '"$@" >/dev/full' sh "$SQUARE_CHAIN" $small
for command in '' list bench compare report; do
    # shellcheck disable=SC2086 # no word, or one
    expect 4 "^acre${command:+ $command}: cannot write standard output: No space" -- \
        sh -c '"$@" >/dev/full' sh "$ACRE" $command --help
done
expect 4 'cannot write standard output' -- sh -c '"$@" >/dev/full' sh "$SQUARE_CHAIN" --help
if [ "${ACRE_CHECKER:-}" != memcheck ]; then # whose own log takes the place of a closed one
    # shellcheck disable=SC2086
    expect 4 'standard output' -- sh -c '"$@" >&-' sh "$SQUARE_CHAIN" $small
    expect 4 'acre compare: cannot write standard output' -- sh -c '"$@" >&-' sh "$ACRE" compare "$work/run.json" \
        "$work/run.json"
    expect 4 'standard output' -- sh -c '"$@" >&-' sh "$ACRE" list
fi
rm -rf "$work"
done_testing
