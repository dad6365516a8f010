#!/bin/sh
# acre replay: from a trace to the answer, its file, and what cannot be played.
. "$ACRE_TESTS/cli/lib.sh"

trace=$tap_work/chain.acre
run=$tap_work/run.json
once="--rounds 1 --memory-ms 0 --visit-ms 1"

expect_out 0 '^wrote' -- "$SQUARE_CHAIN" --elements 10 --fill reuse --iterations 3 --trace "$trace"

# shellcheck disable=SC2086 # options
expect_out 0 '^replay  chain.acre, both ends touched  1 round$' -- \
    "$ACRE" replay $once --backends malloc,pool --json "$run" "$trace"
check 'contents were found on both' grep -q 'bit-identical under all 2 recorded strategies' "$out"
check 'a pass of a fresh process' grep -q '^  cold (the first 1 pass of a fresh process):$' "$out"
check 'the line that repeats it' out_says -F "repeat acre replay $once --backends malloc,pool"
check 'as many births as were recorded' sh -c '
    births=$("$1" info "$2" | tr -d , | awk "\$1 == \"allocations\" { print \$2 }")
    grep -q "\"births\": $births\>" "$3" && [ "$births" -gt 40 ]' sh "$ACRE" "$trace" "$run"
check 'and as many deaths' grep -q "\"deaths\": $(sed -n 's/.*"births": \([0-9]*\),/\1/p' "$run")," "$run"
expect_out 0 '^replay  chain.acre, both ends touched  1 round$' -- "$ACRE" report "$run"

# The answer, where there are rounds enough; the run time that was said is the one of the share.
# shellcheck disable=SC2086
expect_out 0 'For this program' -- \
    "$ACRE" replay $once --rounds 8 --run-time 3600 --backends malloc,pool "$trace"
check 'the share is that of an hour' out_says -F 'of 3600 s)'
check 'nothing is promised beyond the calls' out_says -F \
    'what else depends on where blocks lie is not bounded by this'

# Each touch is a table of its own.
# shellcheck disable=SC2086
expect_out 0 '^replay  chain.acre, all touched ' -- \
    "$ACRE" replay $once --touch none,all --backends malloc "$trace"
check 'the other one too' grep -q '^replay  chain.acre, nothing touched ' "$out"

# Behind guard rails.
expect_out 0 'guarded: 2 cells, no misuse found' -- \
    "$ACRE" replay --guard --touch all --backends malloc,pool "$trace"
expect_out 0 'malloc  *failed at allocation 20: out of memory, nothing leaked' -- \
    "$ACRE" replay --fault 20,forever --backends malloc "$trace"

# A replay is a program whose calls can be traced, and played again.
expect_out 0 '^wrote' -- "$ACRE" replay --backends malloc --trace "$tap_work/again.acre" "$trace"
# shellcheck disable=SC2086
expect_out 0 '^replay  again.acre' -- "$ACRE" replay $once --backends malloc "$tap_work/again.acre"

# What is cut off is played as far as it goes.
head -c -96 "$trace" >"$tap_work/cut.acre"
# shellcheck disable=SC2086
tap_run "$ACRE" replay $once --backends malloc "$tap_work/cut.acre"
check 'a cut trace: status 0' test "$tap_status" -eq 0
check 'it is said' grep -q 'its trailer is missing.*; what is there is played$' "$err"
check 'and played' grep -q '^  malloc ' "$out"

# What is refused.
expect 2 "which trace\?" -- "$ACRE" replay
expect 2 "unexpected argument 'two'" -- "$ACRE" replay one two
expect 2 '--lifetimes: of a recorded program only the calls are known' -- \
    "$ACRE" replay --lifetimes weak "$trace"
expect 2 '--draw: of a recorded program' -- "$ACRE" replay --draw x.svg "$trace"
expect 2 '--touch' -- "$ACRE" replay --touch much "$trace"
expect 2 "--run-time: 'soon' is no time" -- "$ACRE" replay --run-time soon "$trace"
expect 2 "--run-time is for 'acre replay' only" -- "$SQUARE_CHAIN" --run-time 1s
expect 2 "backend 'arena' cannot run" -- "$ACRE" replay --backends arena "$trace"
expect 4 'none.acre: No such file or directory' -- "$ACRE" replay "$tap_work/none.acre"
expect 4 'cannot write' -- "$ACRE" replay --json "$tap_work/no/run.json" "$trace"
expect 5 'not a trace' -- "$ACRE" replay "$run"
expect 5 'it is cut off in the middle of a block' -- \
    "$ACRE" replay "$ACRE_TESTS/fuzz/corpus_trace/cut.acre"
expect 5 'has no process 3: it has 1 process' -- "$ACRE" replay --process 3 "$trace"
expect 3 'the program cannot be mapped' -- "$ACRE" replay --program 99
expect_out 0 '^usage: acre replay \[options\] FILE.acre$' -- "$ACRE" replay --help
check 'nothing of lifetimes' sh -c '! grep -q "lifetimes\|--draw" "$1"' sh "$out"

done_testing
