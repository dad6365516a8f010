#!/bin/sh
# Recorded threads, each on a thread of its own: a program that hands blocks on (relay.c).
. "$ACRE_TESTS/cli/lib.sh"

trace=$tap_work/relay.acre
alone=$tap_work/alone.acre
run=$tap_work/run.json
once="--rounds 1 --memory-ms 0 --visit-ms 1"

tap_run "$ACRE" record --quiet --stacks none -o "$trace" "$REPLAY_TOOLS/replay_relay"
check 'recorded' test "$tap_status" -eq 0

# The main thread, three that hand on, of which the first may have ended when the third begins, and
# short ones that follow each other.
# shellcheck disable=SC2086 # options
expect_out 0 '^replay  relay.acre, both ends touched, each thread on its own  1 round$' -- \
    "$ACRE" replay $once --threads recorded --backends malloc --json "$run" "$trace"
check 'many threads' test "$(played_count threads "$run")" -ge 100
check 'few at a time' test "$(played_count players "$run")" -ge 3 -a "$(played_count players "$run")" -le 8
check 'blocks are handed on' test "$(played_count handed_over "$run")" -ge 8000
check 'and waited for' test "$(played_count waits "$run")" -ge 100
check 'no wait is there twice' test "$(played_count waits "$run")" -le "$(played_count handed_over "$run")"
check 'the parameter is in the run' grep -q '"value": "recorded"' "$run"

# Both in one run, and what is for one thread is left out of one of them.
# shellcheck disable=SC2086
expect_out 0 '^replay  relay.acre, both ends touched  1 round$' -- \
    "$ACRE" replay $once --threads one,recorded --touch first+last --backends all "$trace"
check 'the other table' grep -q '^replay  relay.acre, both ends touched, each thread on its own' "$out"
check 'pool is in one of them' test "$(grep -c '^  pool  *[0-9]' "$out")" -eq 2 # time, and cold
check 'and says why' out_says -F ': recorded threads play at the same time, and the backend is not for several'
check 'contents were found' out_says -F 'Results bit-identical under all'

# Each touch; what is found is checked in each pass.
# shellcheck disable=SC2086
expect_out 0 'each thread on its own' -- \
    "$ACRE" replay $once --threads recorded --touch none,first,all --backends malloc "$trace"

# The sentence.
# shellcheck disable=SC2086
expect_out 0 'For this program' -- \
    "$ACRE" replay $once --rounds 8 --threads recorded --backends malloc,malloc-tuned "$trace"
check 'who played is said' out_says -F 'in the recorded order of hand-overs:'
check 'nothing of one thread' sh -c '! grep -q "played by one" "$1"' sh "$out"

# Whoever keeps books or guards plays it in one thread.
expect_out 0 'guarded: 1 cell, no misuse found' -- \
    "$ACRE" replay --threads recorded --guard --backends malloc "$trace"
expect_out 0 'malloc  *failed at allocation 20: out of memory, nothing leaked' -- \
    "$ACRE" replay --threads recorded --fault 20,forever --backends malloc "$trace"
expect_out 0 'each thread on its own' -- \
    "$ACRE" replay --threads recorded --in-process --visit-ms 1 --backends malloc "$trace"

# One thread is played by one.
expect_out 0 '^wrote' -- "$ACRE" bench square-chain --elements 10 --iterations 3 --trace "$alone"
# shellcheck disable=SC2086
expect_out 0 'each thread on its own' -- \
    "$ACRE" replay $once --rounds 8 --threads recorded --backends malloc,malloc-tuned --json "$run" "$alone"
check 'and it is said' out_says -F 'There is one thread, which was played by one.'
check 'no player' test "$(played_count players "$run")" -eq 0

# What is refused.
expect 2 "backend 'pool' cannot run .*: recorded threads play at the same time" -- \
    "$ACRE" replay --threads recorded --backends malloc,pool "$trace"
expect 2 '--region is planned for all calls in one order: leave out --threads recorded' -- \
    "$ACRE" replay --threads one,recorded --region make "$trace"
expect 2 "--threads: 'two' is none of one, recorded" -- "$ACRE" replay --threads two "$trace"
expect_out 0 '^    --threads WORD ' -- "$ACRE" replay --help

done_testing
