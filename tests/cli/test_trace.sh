#!/bin/sh
# --trace and acre info: a trace from a benchmark to its table; what ends early, what is none, and what
# cannot be written.
. "$ACRE_TESTS/cli/lib.sh"

trace=$tap_work/chain.acre

expect_out 0 "^wrote $trace: [0-9]+ events, .*next: acre info $trace\$" -- \
    "$SQUARE_CHAIN" --elements 10 --trace "$trace"
expect_out 0 'square-chain under malloc/weak made [0-9,]+ allocations' -- "$ACRE" info "$trace"
check 'it is complete' grep -q '^  state  *complete$' "$out"
check 'everything was freed' sh -c 'tr "\n" " " <"$1" | tr -s " " | grep -q "Everything was freed"' \
    sh "$out"
check 'the command is there' grep -q '^  command  *square-chain --elements 10 --trace' "$out"
check 'the library is there' grep -q '^  allocator  *glibc' "$out"
check 'ten iterations' grep -q '^  iterations begun  *10$' "$out"
check 'its lines fit 100 columns' awk 'length > 100 && !/command|allocator/ { exit 1 }' "$out"

# Three chains of four variables and three functions, with two arrays' blocks each.
expect_out 0 '^  Function  *30 ' -- "$ACRE" info "$trace"
expect_out 0 '^  Variable  *40 ' -- "$ACRE" info "$trace"

# What leaks is what the rings keep: 5 rings of 2 in each of 10 iterations.
expect_out 0 '^wrote' -- "$CYCLES" --rings 5 --length 2 --backends pool --lifetimes strong \
    --trace "$tap_work/leak.acre"
expect_out 0 '^  node  *100 .* 100$' -- "$ACRE" info "$tap_work/leak.acre"
check 'and is told in words' sh -c 'tr "\n" " " <"$1" | tr -s " " | grep -q "Not freed: 100 blocks"' \
    sh "$out"

# Regions: a reset is one event; one each iteration, one to drain, one with the engine.
expect_out 0 '^wrote' -- "$NODE_CHURN" --nodes 100 --graphs 1 --backends arena --lifetimes region \
    --iterations 3 --trace "$tap_work/region.acre"
expect_out 0 '^  resets of a region  *4$' -- "$ACRE" info "$tap_work/region.acre"
check 'its name' grep -q '^ .* 1: iteration (even)$' "$out"
expect_out 0 '^  and 5 more$' -- sh -c '"$1" --elements 1 --iterations 15 --quiet --trace "$2" &&
    "$3" info "$2"' sh "$SQUARE_CHAIN" "$tap_work/long.acre" "$ACRE"
expect_out 0 '^  15  ' -- "$ACRE" info --wide "$tap_work/long.acre"

# Cut off: shown, status 1, and nothing about leaks.
head -c 900 "$trace" >"$tap_work/cut.acre"
expect_out 1 'incomplete: it is cut off in the middle of a block' -- "$ACRE" info "$tap_work/cut.acre"
check 'nothing is said of leaks' sh -c \
    'tr "\n" " " <"$1" | tr -s " " | grep -q "nothing is said of leaks" && ! grep -iq "not freed:" "$1"' \
    sh "$out"
# The trailer is 96 bytes.
head -c -96 "$trace" >"$tap_work/open.acre"
expect_out 1 'incomplete: its trailer is missing; the recording was cut off or goes on' -- \
    "$ACRE" info "$tap_work/open.acre"
expect 5 'cut.acre: cut off within its header' -- \
    sh -c 'head -c 20 "$2" >"$3" && exec "$1" info "$3"' sh "$ACRE" "$trace" "$tap_work/cut.acre"

# Damaged: what stands before it is shown, and the damage is an error.
{ cat "$trace" && echo; } >"$tap_work/damaged.acre"
tap_run "$ACRE" info "$tap_work/damaged.acre"
check 'a damaged trace: status 5' test "$tap_status" -eq 5
check 'one line on stderr' grep -q 'damaged.acre: damaged at byte [0-9]*: something stands behind' "$err"
check 'and a table' grep -q '^  allocations ' "$out"

# What recorders of other programs tell.
corpus=$ACRE_TESTS/fuzz/corpus_trace
expect_out 0 '^  inherited  *1 block, 100 B, from the process' -- "$ACRE" info "$corpus/sealed.acre"
check 'without what was inherited' grep -q '^  cat made 11 allocations of 1.11 KiB in all, with 28 calls in 61 min 54 s. At most 1.21 KiB ' "$out"
check 'its stacks' grep -q '^  call stacks  *6 frames in 1 module, by pointers$' "$out"
check 'what was called' grep -q '^  malloc  *14$' "$out"
check 'its threads' grep -q '^  *7  *8  *5  *560 B$' "$out"
check 'what it did' grep -q '^  it did  *fork 12$' "$out"
check 'what was not seen' grep -q '^  not seen  *brk$' "$out"
check 'no table of iterations' sh -c '! grep -q "^  iteration " "$1"' sh "$out"
expect_out 0 '^  scopes  *request: 1$' -- "$ACRE" info "$corpus/each_kind.acre"
expect_out 1 'incomplete: it was killed by signal 9, 3 events' -- "$ACRE" info "$corpus/packed.acre"
check 'what recording has cost' grep -q '^  cost  *5.00 us, by the recorder' "$out"

# Several processes in one file: their table, and the one with most events, or another.
cat "$trace" "$tap_work/region.acre" "$tap_work/leak.acre" >"$tap_work/three.acre"
expect_out 0 '^  process  *pid  *events  *it  *program$' -- "$ACRE" info "$tap_work/three.acre"
check 'a row for each' test "$(grep -c '^  [123] .* finished ' "$out")" -eq 3
check 'a mark at the largest' awk '
    /^  [123] .* finished / {
        is_marked = sub(/ \*/, "")
        gsub(/,/, "")
        if ($3 + 0 > most)
            most = $3 + 0
        if (is_marked)
            marked = $3 + 0
    }
    END { exit !(marked > 0 && marked == most) }' "$out"
expect_out 0 '^  command  *square-chain ' -- "$ACRE" info --process 1 "$tap_work/three.acre"
check 'that one is marked' grep -q '^  1 \* ' "$out"
check 'another is behind it' grep -q '^  behind it  *the trace of another process$' "$out"
expect_out 0 '^  command  *cycles ' -- sh -c '"$1" info --process "$("$1" info --process 3 "$2" |
    sed -n "s/^  3 \*  *\([0-9]*\) .*/\1/p")" "$2"' sh "$ACRE" "$tap_work/three.acre"
expect 5 'three.acre has no process 4: it has 3 processes' -- \
    "$ACRE" info --process 4 "$tap_work/three.acre"
expect 5 'chain.acre has no process 2: it has 1 process$' -- "$ACRE" info --process 2 "$trace"
expect_out 0 '^  command  *square-chain ' -- \
    sh -c 'cat "$2" | "$1" info /dev/stdin' sh "$ACRE" "$tap_work/three.acre"
expect 5 'process wants a file, and /dev/stdin is none' -- \
    sh -c 'cat "$2" | "$1" info --process 1 /dev/stdin' sh "$ACRE" "$tap_work/three.acre"
expect 2 "'x' is not a whole number from 1" -- "$ACRE" info --process x "$trace"
head -c -96 "$tap_work/three.acre" >"$tap_work/open.acre"
expect_out 1 '^  3 .* has no trailer ' -- "$ACRE" info --process 1 "$tap_work/open.acre"
expect_out 1 'the stream at byte [0-9]*: incomplete: its trailer' -- "$ACRE" info "$tap_work/open.acre"
{ cat "$trace" "$tap_work/leak.acre" && echo; } >"$tap_work/damaged.acre"
tap_run "$ACRE" info --process 1 "$tap_work/damaged.acre"
check 'a damaged list: status 5' test "$tap_status" -eq 5
check 'one line on stderr' grep -q 'the stream at byte [0-9]*: damaged at byte .* behind the trailer' "$err"
check 'and the process' grep -q '^  state  *complete$' "$out"

expect 5 'not a trace: the file is empty' -- "$ACRE" info /dev/null
expect 5 'not a trace: it does not begin like one' -- "$ACRE" info "$0"
expect 4 'none.acre: No such file' -- "$ACRE" info "$tap_work/none.acre"
expect 4 'Is a directory' -- "$ACRE" info "$tap_work"
expect 2 'which trace' -- "$ACRE" info
expect 2 "wants one trace, 'b' is a second" -- "$ACRE" info a b
expect 2 "unknown option '--frob'" -- "$ACRE" info --frob
expect_out 0 '^usage: acre info' -- "$ACRE" info --help
check 'the help has examples' grep -q '^examples:' "$out"
expect 4 '^acre info: cannot write standard output: No space' -- \
    sh -c '"$@" >/dev/full' sh "$ACRE" info "$trace"

# Files that cannot be written, or not to the end: one line, status 4, the workload undisturbed.
expect 4 "cannot write $tap_work/none/a.acre: No such file" -- \
    "$SQUARE_CHAIN" --trace "$tap_work/none/a.acre"
expect 4 'cannot write /dev/full: No space left on device' -- "$SQUARE_CHAIN" --trace /dev/full
large='--nodes 1000 --graphs 5 --iterations 12'
# shellcheck disable=SC2086 # options
expect 4 'cannot write .*small.acre: the most bytes that it may have were reached; [0-9]+ of' -- \
    "$NODE_CHURN" $large --trace "$tap_work/small.acre" --trace-limit 256K
expect_out 1 'reached the most bytes it may have, [0-9]+ events were' -- \
    "$ACRE" info "$tap_work/small.acre"
check 'the limit is kept' test "$(wc -c <"$tap_work/small.acre")" -le 262144
if [ "${ACRE_CHECKER:-}" != memcheck ]; then # whose log would be limited as well
    # shellcheck disable=SC2086
    expect 4 'cannot write .*full.acre: File too large; [0-9]+ of' -- \
        prlimit --fsize=150000 "$NODE_CHURN" $large --trace "$tap_work/full.acre"
    expect_out 1 'could not be written \(File too large\)' -- "$ACRE" info "$tap_work/full.acre"
fi

expect 2 '^square-chain: --trace: the name is empty$' -- "$SQUARE_CHAIN" --trace ''
expect 2 "'--trace' needs a value" -- "$SQUARE_CHAIN" --trace
for bad in '' 0 1 100K 1X abc -1 99999999999999999999; do
    expect 2 '^square-chain: --trace-limit: ' -- "$SQUARE_CHAIN" --trace a --trace-limit "$bad"
done
expect 2 '^square-chain: --trace: nothing is measured, so --json' -- \
    "$SQUARE_CHAIN" --trace a --json b
expect 2 '^square-chain: --trace: nothing is drawn' -- "$SQUARE_CHAIN" --trace a --draw b.svg
expect 2 '^square-chain: --guard: nothing is traced' -- "$SQUARE_CHAIN" --trace a --guard
expect 2 '^square-chain: --stats-dir: nothing is recorded' -- "$SQUARE_CHAIN" --trace a --stats-dir b
expect 6 'failed: ' -- "$NODE_CHURN" --nodes 20000 --backends arena:chunk=64K,limit=256K \
    --lifetimes region --trace "$tap_work/short.acre"
expect_out 0 'arena:chunk=64K,limit=256K/region made' -- "$ACRE" info "$tap_work/short.acre"
check 'what was refused is in it' grep -q '^  refused allocations  *1$' "$out"
done_testing
