#!/bin/sh
# What if this were a region? A program whose answer is known, recorded and played under plans.
. "$ACRE_TESTS/cli/lib.sh"

trace=$tap_work/requests.acre
run=$tap_work/run.json
once="--rounds 1 --memory-ms 0 --visit-ms 1 --backends malloc"

# played WHAT ABSORBED RESETS MOVED OPTION...
played()
{
    what=$1 absorbed=$2 resets=$3 moved=$4
    shift 4
    # shellcheck disable=SC2086 # options
    tap_run "$ACRE" replay $once --json "$run" "$@" "$trace"
    check "$what: played" test "$tap_status" -eq 0
    check "$what: the contents are found" out_says -F 'Results bit-identical under all 2 recorded strategies'
    check "$what: births in regions" test "$(played_count absorbed "$run")" -eq "$absorbed"
    check "$what: resets" test "$(played_count resets "$run")" -eq "$resets"
    check "$what: who outlives them" test "$(played_count moved_out "$run")" -eq "$moved"
}

tap_run "$ACRE" record --quiet -o "$trace" "$REPLAY_TOOLS/replay_requests"
check 'recorded' test "$tap_status" -eq 0

# 2,000 requests of 50 to 99 nodes and as many texts; a kept block each fiftieth. The end resets once more.
played parse 298000 2001 0 --region parse
played request 298040 2001 40 --region handle_request --reset-at parse
played rotation 298040 2002 40 --region handle_request --reset-at parse --rotation 2
check 'a table of both' grep -q '^  malloc  *region ' "$out"
check 'the price is small' test "$(played_count planned_peak_bytes "$run")" -lt $(($(played_count peak_bytes "$run") + 65536))

reap_peak()
{
    test "$(played_count reap "$run")" -eq 1 && test "$(played_count planned_peak_bytes "$run")" -eq "$(played_count peak_bytes "$run")"
}
played reap 298000 2001 0 --region parse --reap
check 'a reap has the room of single blocks back' reap_peak

expect 5 "no call stack of .*requests.acre passes 'nothing'" -- \
    "$ACRE" replay --region nothing --backends malloc "$trace"
expect 5 "passes 'none'" -- "$ACRE" replay --region parse --reset-at none --backends malloc "$trace"
expect 2 '--rotation: of which --region' -- "$ACRE" replay --rotation 2 "$trace"
expect 2 '--reap: of which --region' -- "$ACRE" replay --reap "$trace"
expect 2 '--reset-at: of which --region' -- "$ACRE" replay --reset-at parse "$trace"
expect 2 '--rotation' -- "$ACRE" replay --region parse --rotation 3 "$trace"
expect 2 "--region is for 'acre replay' only" -- "$ACRE" bench square-chain --region parse

done_testing
