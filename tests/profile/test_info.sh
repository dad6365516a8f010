#!/bin/sh
# acre info and acre diff of recorded programs: where memory comes from, what leaked and what only
# looks so, and what is said where nothing can be.
# shellcheck disable=SC2154 # of lib.sh
. "$ACRE_TESTS/cli/lib.sh"

cd "$tap_work"
leaky=$PROFILE_TOOLS/profile_leaky

# words: the output as one line, as a sentence may be broken anywhere.
words()
{
    tr '\n' ' ' <"$out" | tr -s ' '
}

says()
{
    check "$1" sh -c 'printf "%s" "$1" | grep -q "$2"' sh "$(words)" "$1"
}

says_not()
{
    check "not: $1" sh -c '! printf "%s" "$1" | grep -q "$2"' sh "$(words)" "$1"
}

record()
{
    name=$1
    shift
    tap_run "$ACRE" record --quiet -o "$name.acre" "$@"
}

# Clean -------------------------------------------------------------------------------------------

for program in profile_clean profile_clean_cpp; do
    if [ ! -x "$PROFILE_TOOLS/$program" ]; then
        skip "$program" 'there is no C++'
        continue
    fi
    record clean "$PROFILE_TOOLS/$program"
    expect_out 0 '^  state  *complete$' -- "$ACRE" info clean.acre
    check "$program: no leak" sh -c \
        'printf "%s" "$1" | grep -Eq "Everything was freed|Nothing leaked: what was not freed"' sh "$(words)"
    says_not 'Not freed:'
    says_not 'not known for whom'
    check 'its lines fit 100 columns' awk 'length > 100 && !/command|executable|allocator/ { exit 1 }' "$out"
done

# Leaky -------------------------------------------------------------------------------------------

record leaky "$leaky" 7
expect_out 0 '^  remember  *336 B  *336 B  *7$' -- "$ACRE" info --sort leaked leaky.acre
says 'profile_leaky made [0-9,]* allocations of .* in all, with [0-9,]* calls in'
says 'At most .* were live, in [0-9,]* blocks, .* after its start'
says 'Not freed: 10 blocks of 3.36 KiB'
check 'who called it' grep -Eq '^    leaky.c:[0-9]+ < load:[0-9]+ < main:[0-9]+$' "$out"
check 'by its caller, not strdup' grep -Eq '^  main  *5 B  *5 B  *1$' "$out"
check 'in a thread' grep -Eq '^  work  *100 B  *100 B  *1$' "$out"
check 'what was resized is where it was born' sh -c '! grep -q "^  grow " "$1"' sh "$out"
check 'four places' test "$(grep -Ec '^  [a-z_]+  .* [KMi]*B +[0-9.]+ [KMi]*B +[0-9]+$' "$out")" -eq 4
expect_out 0 '^  scratch  *0 B  *200 B  *1  *100 %$' -- "$ACRE" info --sort short leaky.acre
check 'one order, one table' test "$(grep -c '^  by ' "$out")" -eq 1
expect_out 0 '^  and [0-9]+ more$' -- "$ACRE" info --sort calls --top 1 leaky.acre
expect_out 0 '^      load .*leaky.c:[0-9]+$' -- "$ACRE" info --sort leaked --stacks leaky.acre
expect_out 0 '^  by blocks that live shortly ' -- "$ACRE" info leaky.acre
check 'and what leaked' grep -q '^  not freed ' "$out"
expect_out 0 '^ "acre_info": 1,$' -- "$ACRE" info --json leaky.acre
if command -v python3 >/dev/null; then
    check 'JSON that says the same' python3 - "$out" <<'PYTHON'
import json, sys
info = json.load(open(sys.argv[1]))
assert info["state"] == "complete" and info["leaks"]["blocks"] == 10
remember = next(s for s in info["leaks"]["sites"] if s["function"] == "remember")
assert remember["not_freed_blocks"] == 7 and remember["not_freed_bytes"] == 336
assert [f["function"] for f in remember["stack"][:3]] == ["remember", "load", "main"]
assert info["points"][-1][0] == info["lasted_ns"]
assert max(p[1] for p in info["points"]) == info["total"]["peak_bytes"]
assert sum(s["bytes"] for s in info["sites"]) == info["total"]["bytes"]
assert len(info["threads"]) == 2
PYTHON
else
    skip 'JSON that says the same' 'there is no python3'
fi
check 'JSON of an incomplete trace knows no leaks' sh -c \
    'head -c -96 leaky.acre >cut.acre; "$1" info --json cut.acre | grep -q "^ \"leaks\": null,"' sh "$ACRE"

# Files of code that have moved.
mkdir -p root"$tap_work"
cp "$leaky" moved && record moved ./moved && mv moved root"$tap_work"/moved
expect_out 0 '^  moved\+0x[0-9a-f]+  ' -- "$ACRE" info --sort leaked moved.acre
expect_out 0 '^  remember  *336 B' -- "$ACRE" info --sort leaked --symbols none --symbols root moved.acre

# Nothing can be said -----------------------------------------------------------------------------

record killed "$leaky" 7 kill
expect_out 1 'killed by signal 9' -- "$ACRE" info killed.acre
says 'It was killed by signal 9: what is live where the trace ends may have been freed later'
says 'nothing is said of leaks'
says_not 'Not freed:'
says_not 'leaked allocated blocks'
expect_out 1 'nothing is said of leaks|said of$' -- "$ACRE" info --sort leaked killed.acre
says_not 'remember'
expect 3 '^acre info: out of memory: more is needed than --max-memory allows, 1.00 MiB$' -- \
    "$ACRE" info --max-memory 1M leaky.acre

# Differences -------------------------------------------------------------------------------------

record more "$leaky" 12
expect_out 0 '^  No difference: both make [0-9,]+ blocks of .* in all' -- "$ACRE" diff leaky.acre leaky.acre
check 'and no table' test "$(wc -l <"$out")" -le 2
expect_out 0 '^  remember  *336 B  *576 B  *\+240 B  *\+71.4 %$' -- "$ACRE" diff leaky.acre more.acre
says 'B allocates .* more than A: .* instead of'
check 'nothing else has changed' test "$(grep -c '%$' "$out")" -eq 1
expect_out 0 '^  remember  *12  *7  *-5  *-41.7 %$' -- "$ACRE" diff --sort calls more.acre leaky.acre
says 'less than A'
record none "$leaky" 0
expect_out 0 '^  remember  *336 B  *-  *-336 B  *gone$' -- "$ACRE" diff --sort leaked leaky.acre none.acre
says '1 place is gone'
expect_out 0 '^  remember  *-  *336 B  *\+336 B  *new$' -- "$ACRE" diff --sort peak none.acre leaky.acre
expect_out 1 'B is not complete' -- "$ACRE" diff leaky.acre killed.acre
expect 3 '^acre diff: out of memory: more' -- "$ACRE" diff --max-memory 1M leaky.acre more.acre

cat none.acre leaky.acre >before.acre && cat none.acre more.acre >after.acre
expect_out 0 '^  remember  *336 B  *576 B ' -- "$ACRE" diff --process 2 before.acre after.acre
expect_out 0 '^  No difference' -- "$ACRE" diff --process 1 before.acre after.acre
expect 5 'acre diff: leaky.acre has no process 2: it has 1 process$' -- \
    "$ACRE" diff --process 2 before.acre leaky.acre
expect 5 'acre diff: --process wants a file, and /dev/null is none$' -- \
    "$ACRE" diff --process 1 /dev/null leaky.acre

# Progress ----------------------------------------------------------------------------------------

record long "$leaky" 1100000
escape=$(printf '\033')
expect_out 0 'made 1,100,' -- "$ACRE" info long.acre
check 'no progress without a terminal' test ! -s "$err"
if command -v python3 >/dev/null; then
    for command in 'info' 'diff leaky.acre' 'export --format collapsed' 'report -o long.html'; do
        # shellcheck disable=SC2086 # a command and its options
        expect 0 "^.${escape}\[K1 of 1 million events, about .* left: long.acre" -- \
            python3 "$ACRE_TESTS/support/on_terminal.py" "$ACRE" $command long.acre
        check "$command: taken back" sh -c 'tail -c 4 "$1" | od -An -c | grep -Eq "\\\\r +033 +\\[ +K$"' sh "$err"
    done
    tap_run python3 "$ACRE_TESTS/support/on_terminal.py" "$ACRE" info leaky.acre
    check 'no progress of a short trace' test ! -s "$err"
else
    skip 'progress' 'there is no python3'
fi

# Command lines -----------------------------------------------------------------------------------

expect 2 "--sort is peak, bytes, calls, short or leaked, not 'size'" -- "$ACRE" info --sort size a
expect 2 "'0' is not a whole number from 1" -- "$ACRE" info --top 0 a
for bad in '' 1 4X -2M 1M,; do
    expect 2 "^acre info: --max-memory: '$bad' is not a number of bytes" -- "$ACRE" info --max-memory "$bad" a
done
expect 2 "unknown option '--frob'" -- "$ACRE" diff --frob
expect 2 "--process: '0' is not a whole number from 1" -- "$ACRE" diff --process 0 a b
expect 2 "wants two traces, 'a' is one" -- "$ACRE" diff a
expect 2 "wants two traces, 'c' is a third" -- "$ACRE" diff a b c
expect 2 'which traces' -- "$ACRE" diff
expect 4 'none: No such file' -- "$ACRE" diff leaky.acre none
expect 4 'none: No such file' -- "$ACRE" diff none leaky.acre
expect 5 'not a trace' -- "$ACRE" diff "$0" leaky.acre
expect_out 0 '^usage: acre diff' -- "$ACRE" diff --help
check 'the help has examples' grep -q '^examples:' "$out"
done_testing
