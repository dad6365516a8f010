#!/bin/sh
# Pages of runs, and of recorded programs, on the command line: what is written, where, and what is refused. What is in them is
# looked at by the test `page`, and in a browser by tests/browser.
. "$ACRE_TESTS/cli/lib.sh"

a=$tap_work/a.json b=$tap_work/b.json other=$tap_work/other.json page=$tap_work/page.html

measure() # FILE WORKLOAD OPTION...
{
    file=$1 program=$2
    shift 2
    expect_out 0 '' -- "$program" --rounds 1 --iterations 1 --memory-ms 0 --visit-ms 1 --backends malloc,arena \
        --lifetimes weak,region --quiet --json "$file" "$@"
}
measure "$a" "$SQUARE_CHAIN" --elements 100 --fill reuse
measure "$b" "$SQUARE_CHAIN" --elements 100,200 --fill reuse
measure "$other" "$NODE_CHURN" --shape chain --nodes 10

# The text of the element with that id.
text_of() # ID FILE
{
    sed -n "s/^<[a-z0-9]* id=\"$1\">\(.*\)<\/[a-z0-9]*>\$/\1/p" "$2"
}

expect_out 0 "^wrote $page" -- "$ACRE" report "$a" -o "$page"
check 'the answer stands in the page' sh -c '
    "$ACRE" report "$1" | tr -s "\n " "  " | grep -qF "$2"' sh "$a" "$(text_of answer "$page")"
check 'it is one file, and whole' sh -c '
    test "$(tail -n 1 "$1")" = "</html>" && ! grep -Eq "(src|href)=\"(http|/)" "$1"' sh "$page"
expect_out 0 "^wrote $page" -- "$ACRE" report --output "$page" "$a" "$b"
check 'two runs are compared by the cells that both have' \
    test "$(text_of answer "$page")" = "$("$ACRE" compare --common "$a" "$b" | sed -n 1p)"
expect_out 0 "^wrote $page" -- "$ACRE" report -o "$page" "$a" "$b" "$a"
expect 5 'the runs have no cell in common: . has ' -- "$ACRE" report "$a" "$other" -o "$page"
expect 5 'not a run' -- "$ACRE" report /dev/null -o "$page"
expect 4 'cannot read /nonexistent' -- "$ACRE" report "$a" /nonexistent -o "$page"
check 'a page that was there stays when another cannot be made' grep -q '</html>' "$page"

expect 2 "--output: 'page\.txt' is no name that ends with \.html, and --export is not given" -- \
    "$ACRE" report "$a" -o page.txt
expect 2 "--output: '\.html' is no name that ends" -- "$ACRE" report "$a" -o .html
expect 2 "'-o' needs a value|-o.*" -- "$ACRE" report "$a" -o
expect 4 'cannot write /nonexistent/page\.html: No such file or directory' -- \
    "$ACRE" report "$a" -o /nonexistent/page.html
ln -s /dev/full "$tap_work/full.html"
expect 4 'cannot write .*full\.html: No space left on device' -- "$ACRE" report "$a" -o "$tap_work/full.html"

# With what `acre compare` is asked for besides.
rm "$page"
expect_out 0 "^wrote $page" -- "$ACRE" compare "$a" "$a" -o "$page"
check 'the page of a comparison has its sentence' \
    test "$(text_of answer "$page")" = "$("$ACRE" compare "$a" "$a" | sed -n 1p)"
expect_out 0 "^wrote $page" -- "$ACRE" compare --before "$a" "$b" --after "$b" "$a" --common -o "$page"
python3 - "$a" "$tap_work/more.json" <<'END'
import json, sys
run = json.load(open(sys.argv[1]))
for cell in run["cells"]:
    cell["recorded"]["allocations"] *= 2
json.dump(run, open(sys.argv[2], "w"))
END
expect_out 1 "^wrote $page" -- "$ACRE" compare --fail-above 3 "$a" "$tap_work/more.json" -o "$page"
check 'a regression is in its page' grep -q 'REGRESSION above 3 %' "$page"
expect 2 "--output: 'page\.txt' does not end with \.html" -- "$ACRE" compare "$a" "$b" -o page.txt
expect 5 'the runs differ in cells' -- "$ACRE" compare "$a" "$b" -o "$tap_work/none.html"
# Recorded programs.
trace=$tap_work/app.acre cut=$tap_work/cut.acre
"$ACRE" record -o "$trace" sh -c '"$1" list; :' sh "$ACRE" >"$tap_work/record.out" 2>&1
expect_out 0 "^wrote $page" -- "$ACRE" report "$trace" -o "$page"
check 'the sentence of acre info stands in the page' sh -c '
    "$ACRE" info "$1" | tr -s "\n " "  " | grep -qF "$2"' sh "$trace" "$(text_of answer "$page")"
expect_out 0 "^wrote $page" -- "$ACRE" report --process 1 --symbols / "$trace" -o "$page"
check 'one process is chosen as acre info chooses it' sh -c '
    "$ACRE" info --process 1 "$1" | tr -s "\n " "  " | grep -qF "$2"' sh "$trace" "$(text_of answer "$page")"
"$ACRE" record -o "$tap_work/one.acre" "$ACRE" list >"$tap_work/record.out" 2>&1
head -c "$(($(wc -c <"$tap_work/one.acre") - 20))" "$tap_work/one.acre" >"$cut"
expect_out 1 "^wrote $page" -- "$ACRE" report "$cut" -o "$page"
check 'of a trace that is cut nothing is said of leaks' sh -c 'grep -q "nothing is said of leaks" "$1"' sh "$page"
expect 2 "'.*app\.acre' is a recorded program: -o PAGE\.html makes a page of it, 'acre info' prints" -- "$ACRE" report "$trace"
expect 2 'is a recorded program: -o PAGE' -- "$ACRE" report --export csv "$trace" -o "$tap_work/none.csv"
expect 2 'is a recorded program, which has a page of its own' -- "$ACRE" report "$a" "$trace" -o "$tap_work/none.html"
expect 2 "are about recorded programs, and '.*' is none" -- "$ACRE" report --process 1 "$a" -o "$tap_work/none.html"
expect 5 'has no process 99: it has . processes' -- "$ACRE" report --process 99 "$trace" -o "$tap_work/none.html"
expect 3 'more is needed than --max-memory allows' -- "$ACRE" report --max-memory 1M "$trace" -o "$tap_work/none.html"
expect 4 'cannot write /nonexistent/page\.html' -- "$ACRE" report "$trace" -o /nonexistent/page.html

check 'nothing is left behind' sh -c '! ls "$1" | grep -E "none|tmp"' sh "$tap_work"

done_testing
