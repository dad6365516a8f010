#!/bin/sh
# acre import: a program that heaptrack records, as a trace; its figures are those that heaptrack prints.
. "$ACRE_TESTS/cli/lib.sh"

trace=$tap_work/app.acre

# figure COLUMN: of the trace, as heaptrack writes bytes.
figure()
{
    sqlite3 "$tap_work/base" "SELECT $1 FROM process" |
        awk '{ if ($1 < 1000) print $1 "B"; else if ($1 < 1000000) printf "%.2fK\n", $1 / 1000; else printf "%.2fM\n", $1 / 1000000 }'
}

printed()
{
    sed -n "s/^$1: //p" "$tap_work/printed"
}

# Of a process with a malloc of its own heaptrack sees nothing; this one has the C library's.
if command -v heaptrack >/dev/null && command -v heaptrack_print >/dev/null &&
    heaptrack --raw -o "$tap_work/app" "$ALLOCATING" >"$tap_work/log" 2>&1 &&
    heaptrack -o "$tap_work/read" "$ALLOCATING" >>"$tap_work/log" 2>&1; then
    raw=$(ls "$tap_work"/app.raw.*)
    expect_out 0 "^[0-9,]+ allocations in $trace \(.*\); next: acre info $trace\$" -- "$ACRE" import -o "$trace" "$raw"
    heaptrack_print -f "$(ls "$tap_work"/read.*)" >"$tap_work/printed" 2>"$tap_work/complaint"
    calls=$(sed -n 's/^calls to allocation functions: \([0-9]*\) .*/\1/p' "$tap_work/printed")
    expect_out 0 '' -- "$ACRE" export --format sqlite -o "$tap_work/base" "$trace"
    if command -v sqlite3 >/dev/null; then
        check 'calls are those that heaptrack counts' \
            test "$(sqlite3 "$tap_work/base" 'SELECT blocks FROM process')" = "$calls"
        check 'and so is the peak' test "$(figure peak_bytes)" = "$(printed 'peak heap memory consumption')"
        check 'and what was not freed' test "$(figure live_bytes)" = "$(printed 'total memory leaked')"
    else
        skip 'figures' 'sqlite3 is not there'
    fi
    tap_run "$ACRE" export --format collapsed --metric bytes "$trace"
    check 'functions have their names' grep -q 'main;parse;node_new [0-9]*$' "$out"
    check 'and their bytes' \
        test "$(awk '/node_new / { sum += $NF } END { print sum }' "$out")" -eq $((5003 * 48))
else
    skip 'a recording' 'heaptrack is not there, or cannot record'
fi

printf 'v 10400 3\nx 2 /a\nX a\nI 1 1\n+ 8 0 10\n- 10\nc 0\nR 1\n' >"$tap_work/whole"
expect_out 0 '^1 allocations in ' -- "$ACRE" import -o "$trace" "$tap_work/whole"
head -c 31 "$tap_work/whole" >"$tap_work/cut"
expect 1 'cut: line 5: it is cut off there$' -- "$ACRE" import -o "$trace" "$tap_work/cut"
{ cat "$tap_work/whole" && echo 'garbage'; } >"$tap_work/damaged"
expect 5 'damaged: line 9: not what heaptrack writes$' -- "$ACRE" import -o "$trace" "$tap_work/damaged"
expect 5 'not a recording of heaptrack.s, which begins with its version$' -- "$ACRE" import -o "$tap_work/no.acre" "$0"
check 'nothing was made of it' test ! -e "$tap_work/no.acre"
expect 2 'which recording\? .heaptrack --raw. makes one' -- "$ACRE" import
expect 2 '-o FILE says where the trace goes' -- "$ACRE" import "$tap_work/whole"
expect 2 "the trace would replace '.*/whole', which it is made of" -- "$ACRE" import -o "$tap_work/./whole" "$tap_work/whole"
expect 2 "wants one recording, 'b' is a second" -- "$ACRE" import -o c a b
expect 2 "unknown option '--frob'" -- "$ACRE" import --frob
expect 4 'cannot read .*/none: No such file' -- "$ACRE" import -o "$trace" "$tap_work/none"
expect 4 'cannot write .*/none/x.acre: No such file' -- "$ACRE" import -o "$tap_work/none/x.acre" "$tap_work/whole"
expect 4 'cannot write /dev/full: No space left' -- "$ACRE" import -o /dev/full "$tap_work/whole"
expect_out 0 '^usage: acre import' -- "$ACRE" import --help
done_testing
