#!/bin/sh
# acre advise: what it is asked, what it is given, and what there is to say where nothing is to be found.
. "$ACRE_TESTS/cli/lib.sh"

trace=$tap_work/chain.acre

# Command lines.
expect 2 'which trace' -- "$ACRE" advise
expect 2 "'--frob'" -- "$ACRE" advise --frob x.acre
expect 2 '--max-extra' -- "$ACRE" advise --max-extra much x.acre
expect 2 '--max-extra' -- "$ACRE" advise --max-extra -1 x.acre
expect 2 '--run-time' -- "$ACRE" advise --run-time soon x.acre
expect 2 '--run-time' -- "$ACRE" advise --run-time 0 x.acre
expect 2 "unknown backend 'moloc'" -- "$ACRE" advise --backends moloc x.acre
expect 2 '--rounds' -- "$ACRE" advise --rounds 0 x.acre
expect 2 '--touch' -- "$ACRE" advise --touch most x.acre
expect 2 '--time-budget decides' -- "$ACRE" advise --rounds 9 --time-budget 9s x.acre
expect 2 '--sample' -- "$ACRE" advise --sample 1 x.acre
expect 2 '--process' -- "$ACRE" advise --process 0 x.acre
expect 2 '8 recordings at most' -- "$ACRE" advise 1 2 3 4 5 6 7 8 9
expect 2 '--run: one for each recording' -- "$ACRE" advise --run true 1 2
expect 2 "'x' is no time such as" -- "$ACRE" advise --run-time 1s,x 1 2
expect_out 0 '--max-extra' -- "$ACRE" advise --help

# Files.
expect 4 'No such file' -- "$ACRE" advise --no-proof "$tap_work/none.acre"
expect 4 'directory' -- "$ACRE" advise --no-proof "$tap_work"
: >"$tap_work/empty.acre"
expect 5 'empty.acre' -- "$ACRE" advise --no-proof "$tap_work/empty.acre"
echo 'no trace' >"$tap_work/text.acre"
expect 5 'text.acre' -- "$ACRE" advise --no-proof "$tap_work/text.acre"

# A trace without call stacks: there is nothing to be looked for in.
tap_run "$SQUARE_CHAIN" --quiet --elements 100 --backends malloc --lifetimes weak --trace "$trace"
check 'traced' test "$tap_status" -eq 0
expect_out 0 'Cannot tell: .* births have no call stack' -- "$ACRE" advise "$trace"
expect_out 0 '"verdict": "cannot tell"' -- "$ACRE" advise --json "$trace"
expect 5 'text.acre' -- "$ACRE" advise --no-proof "$trace" "$tap_work/text.acre"
expect 5 'has no process 7' -- "$ACRE" advise --process 7 "$trace"
expect 3 'out of memory: more is needed than --max-memory allows' -- \
    "$ACRE" advise --max-memory 1M "$trace"

# Cut short it is advised on as far as it goes.
head -c 900 "$trace" >"$tap_work/cut.acre"
cut_short()
{
    tap_run "$ACRE" advise --no-proof "$tap_work/cut.acre"
    test "$tap_status" -eq 0 || { test "$tap_status" -eq 5 && test "$(tap_lines "$err")" -eq 1; }
}
check 'cut short' cut_short

expect_out 0 '^wrote ' -- "$ACRE" advise -o "$tap_work/page.html" "$trace"
check 'a page of nothing to be found' grep -q 'Cannot tell' "$tap_work/page.html"
expect 4 'page.html' -- "$ACRE" advise -o "$tap_work/none/page.html" "$trace"
if [ -w /dev/full ]; then
    full()
    {
        tap_status=0
        "$ACRE" advise "$trace" >/dev/full 2>"$err" || tap_status=$?
        test "$tap_status" -eq 4 && test "$(tap_lines "$err")" -eq 1
    }
    check 'output that does not arrive' full
fi

done_testing
