#!/bin/sh
# acre export: from a program that is recorded to the files of other tools, whose figures are the program's own.
. "$ACRE_TESTS/cli/lib.sh"

trace=$tap_work/app.acre exported=$tap_work/exported

tap_run "$ACRE" record --quiet -o "$trace" -- "$ALLOCATING"
check 'the program is recorded' test "$tap_status" -eq 0

# weight REGEX: of the stacks of $out that match.
weight()
{
    awk -v wanted="$1" '$0 ~ wanted { sum += $NF } END { printf "%d\n", sum }' "$out"
}

expect_out 0 '^.*main;parse;node_new ' -- "$ACRE" export --format collapsed --metric bytes "$trace"
check 'bytes of nodes' test "$(weight 'parse;node_new ')" -eq $((5002 * 48))
check 'bytes of one that is inlined into main' test "$(weight 'main;node_new ')" -eq 48
check 'bytes of what grew' test "$(weight 'main;grow ')" -eq 200000
expect_out 0 '' -- "$ACRE" export --format collapsed "$trace"
check 'the peak is the block that grew' test "$(weight 'main;grow ')" -eq 200000
check 'nothing else of ours lived then' test "$(weight 'node_new ')" -eq 0
expect_out 0 '' -- "$ACRE" export --format collapsed --metric calls "$trace"
check 'calls' test "$(weight 'node_new ') $(weight ';grow ')" = '5003 2'
expect_out 0 '' -- "$ACRE" export --format collapsed --metric leaked "$trace"
check 'three nodes were not freed' test "$(weight 'node_new ')" -eq 144
expect_out 0 '' -- "$ACRE" export --format collapsed --metric short "$trace"
check 'the others died soon' test "$(weight 'node_new ')" -eq 240000

for format in collapsed dhat massif speedscope; do
    expect_out 0 "^wrote $exported: [0-9,]+ call stacks that allocated; for " -- \
        "$ACRE" export --format $format -o "$exported" "$trace"
    expect_out 0 '' -- "$ACRE" export --format $format "$trace"
    check "$format: standard output is the same" cmp "$out" "$exported"
    expect_out 0 '' -- "$ACRE_TESTS/support/comma_locale.sh" "$ACRE" export --format $format "$trace"
    check "$format: whatever the locale" cmp "$out" "$exported"
done
for format in pprof sqlite; do
    expect_out 0 "^wrote $exported.$format: " -- "$ACRE" export --format $format -o "$exported.$format" "$trace"
    expect_out 0 '' -- "$ACRE" export --format $format -o - "$trace"
    check "$format: standard output is the same" cmp "$out" "$exported.$format"
    expect 2 "$format is no text: --output FILE says where it goes" -- "$ACRE" export --format $format "$trace"
done

# The queries that docs/export.md shows.
if command -v sqlite3 >/dev/null; then
    awk '/^```sql$/ { query++; on = 1; next } /^```$/ { on = 0 } on { print >(work "/query." query) }' work="$tap_work" \
        "$ACRE_TESTS/../docs/export.md"
    check 'there are six queries at least' test -s "$tap_work/query.6"
    for query in "$tap_work"/query.*; do
        expect_out 0 '.' -- sqlite3 "$exported.sqlite" ".read $query"
    done
else
    skip 'queries' 'sqlite3 is not there'
fi

# What is not whole: written as far as it is, status 1, nothing of leaks.
head -c -96 "$trace" >"$tap_work/cut.acre"
tap_run "$ACRE" export --format collapsed --metric calls "$tap_work/cut.acre"
check 'a cut trace: status 1' test "$tap_status" -eq 1
check 'it says why, in one line' grep -q 'cut.acre: incomplete' "$err"
check 'and has all there is' test "$(weight 'node_new ') $(tap_lines "$err")" = '5003 1'
expect 1 'cut.acre: incomplete' -- "$ACRE" export --format collapsed --metric leaked "$tap_work/cut.acre"
tap_run "$ACRE" export --format speedscope "$tap_work/cut.acre"
check 'no profile of leaks' sh -c 'grep -q "short-lived bytes" "$1" && ! grep -q "not freed" "$1"' sh "$out"

# Memory in regions: no call stacks, and a trace all the same.
expect_out 0 '^wrote' -- "$NODE_CHURN" --nodes 100 --graphs 1 --iterations 3 --trace "$tap_work/churn.acre"
expect_out 0 '^\(no call stack\) [0-9]+$' -- "$ACRE" export --format collapsed --metric bytes "$tap_work/churn.acre"

expect 2 'which trace\? .acre record. makes one' -- "$ACRE" export
expect 2 'which --format\? .acre export --help. lists them' -- "$ACRE" export "$trace"
expect 2 "--format: there are collapsed, .* and sqlite, no 'xml'" -- "$ACRE" export --format xml "$trace"
expect 2 "--metric is peak, .* not 'most'" -- "$ACRE" export --format collapsed --metric most "$trace"
expect 2 '--metric is for collapsed: dhat has every figure' -- "$ACRE" export --format dhat --metric peak "$trace"
expect 2 "wants one trace, 'b' is a second" -- "$ACRE" export --format dhat a b
expect 2 "--output: 'b.acre' has the name of a trace" -- "$ACRE" export --format dhat -o b.acre "$trace"
expect 2 "unknown option '--frob'" -- "$ACRE" export --frob
expect 5 'app.acre has no process 99: it has 1 process$' -- "$ACRE" export --format dhat --process 99 "$trace"
expect 5 'not a trace: it does not begin like one' -- "$ACRE" export --format dhat "$0"
expect 4 'none.acre: No such file' -- "$ACRE" export --format dhat "$tap_work/none.acre"
expect_out 0 '^usage: acre export' -- "$ACRE" export --help
expect_out 0 '' -- "$ACRE" export --format dhat --process 1 "$trace"
expect_out 0 'main;grow ' -- "$ACRE" export --format collapsed --symbols "$tap_work" --symbols / "$trace"

# A full disk, a directory that is not there: one line, status 4, and nothing is left.
for format in collapsed dhat massif pprof speedscope sqlite; do
    expect 4 'cannot write /dev/full: No space left on device$' -- "$ACRE" export --format $format -o /dev/full "$trace"
    expect 4 'cannot write .*/none/x: No such file' -- "$ACRE" export --format $format -o "$tap_work/none/x" "$trace"
done
expect 4 '^acre export: cannot write standard output: No space' -- \
    sh -c '"$@" >/dev/full' sh "$ACRE" export --format dhat "$trace"
check 'no temporary file is left' sh -c '! ls "$1" | grep -q tmp-' sh "$tap_work"
done_testing
