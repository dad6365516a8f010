#!/bin/sh
# acre history: what is added stays, whoever else adds and whoever is killed; a step is noticed.
. "$ACRE_TESTS/cli/lib.sh"

base=$tap_work/history.db

expect 4 'cannot use .*history\.db: No such file or directory' -- "$ACRE" history show --db "$base"
expect 2 'which command\? there are add, show, check and plot' -- "$ACRE" history
expect 2 "unknown command 'frob'" -- "$ACRE" history frob
expect 2 'add: which run\?' -- "$ACRE" history add --db "$base"
expect 2 "show: unexpected argument 'x'" -- "$ACRE" history show x
expect 2 'plot: where to\? -o FILE.svg' -- "$ACRE" history plot
expect 2 "-o: 'a.jpg' is none of FILE.svg" -- "$ACRE" history plot -o a.jpg
expect 2 "--last: '0' is not" -- "$ACRE" history plot --last 0 -o a.svg
expect 2 '--metric: there are x-limit and time' -- "$ACRE" history check --metric peak
expect 2 "--run: '0' is not a whole number" -- "$ACRE" history check --run 0
expect 4 'cannot read /nonexistent' -- "$ACRE" history add --db "$base" /nonexistent
expect 5 'no run was added yet' -- "$ACRE" history check --db "$base"
expect 5 'not a run' -- "$ACRE" history add --db "$base" /dev/null
expect 5 'not a history, or damaged' -- "$ACRE" history show --db "$ACRE_TESTS/cli/lib.sh"
expect 4 'cannot use /proc/history.db' -- "$ACRE" history add --db /proc/history.db /dev/null
expect_out 0 '^examples:' -- "$ACRE" history --help

# Runs as if measured one after another: x limits have a noise of 3 %; in the last three the arena is
# 10 % slower.
expect_out 0 '' -- "$SQUARE_CHAIN" --elements 100 --iterations 2 --rounds 8 --fill reuse --memory-ms 0 \
    --backends malloc,arena --lifetimes weak,region --quiet --json "$tap_work/run.json"
check 'runs are made up' python3 - "$tap_work" <<'END'
import json, random, sys
work = sys.argv[1]
run = json.load(open(work + "/run.json"))
random.seed(7)
for number in range(34):
    run["started"] = "2026-01-%02dT00:00:%02dZ" % (1 + number // 60, number % 60)
    for cell in run["cells"]:
        slow = 1.1 if number > 30 and cell["key"]["backend"] == "arena" else 1.0
        cell["x_limit"] = [slow * random.gauss(2, 0.06)] * len(cell["x_limit"])
    json.dump(run, open("%s/%02d.json" % (work, number), "w"))
END

add() # NUMBER...
{
    for number; do
        set -- "$@" "$tap_work/$number.json"
        shift
    done
    "$ACRE" history add --db "$base" --commit "c$number" "$@"
}

# shellcheck disable=SC2046 # a list of numbers
add $(seq -w 00 04) >"$out"
check 'each is told' test "$(grep -c '^stored .* as run [1-5] of ' "$out")" -eq 5
expect_out 0 'too few runs: 4 before it, 5 wanted' -- "$ACRE" history check --db "$base"
expect_out 0 '^found .*00.json as run 1 of ' -- "$ACRE" history add --db "$base" "$tap_work/00.json"
# shellcheck disable=SC2046
add $(seq -w 05 30) >"$out"
expect_out 0 '^  *31  2026-01-01T00:00:30Z  c30 ' -- "$ACRE" history show --db "$base"
expect_out 0 '^Run 31 against those before it, distance to the limit: 2 ' -- "$ACRE" history check --db "$base"
check 'nothing has changed' test "$(grep -cE 'slower|faster' "$out")" -eq 0
flagged=0
for number in 31 32 33; do
    add "$number" >"$out"
    "$ACRE" history check --db "$base" >"$out" || flagged=$((flagged + 1))
done
check 'a step is noticed within three runs' test "$flagged" -gt 0
expect_out 1 'arena/region .* 1\.[01][0-9]x slower \[' -- "$ACRE" history check --db "$base"
check 'only what has become slower' test "$(grep -c 'x slower' "$out")" -eq 1
expect_out 1 '^\| arena/region \|' -- "$ACRE" history check --db "$base" --markdown
expect_out 0 '' -- "$ACRE" history check --db "$base" --run 30
expect_out 0 '^Run 34 against those before it, time:' -- \
    "$ACRE" history check --db "$base" --metric time

# The same as a picture: a line a strategy, a tick a run, and the commits that have room.
expect_out 0 "^wrote $tap_work/curves.svg$" -- \
    "$ACRE" history plot --db "$base" -o "$tap_work/curves.svg"
check 'the picture is XML, and says what it shows' python3 - "$tap_work/curves.svg" <<'END'
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
texts = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]
for word in ("arena/region", "malloc/weak", "c33", "runs 1 to 34", " cores", "time of the limit"):
    assert any(word in text for text in texts), (word, texts)
END
expect_out 0 '^34 [12]\.[0-9]+ [12]\.[0-9]+ [12]\.[0-9]+$' -- "$ACRE" history plot --db "$base" -o -
check 'every run is there, of both strategies' test "$(grep -cE '^[0-9]+ [0-9.]+ [0-9.]+ [0-9.]+$' "$out")" -eq 68
expect_out 0 'runs 29 to 30\.' -- "$ACRE" history plot --db "$base" --run 30 --last 2 -o -
check 'two of them' test "$(grep -cE '^[0-9]+ [0-9.]+ [0-9.]+ [0-9.]+$' "$out")" -eq 4
expect_out 0 'time of an iteration \((ns|us)\), log scale' -- \
    "$ACRE" history plot --db "$base" --metric time --width 84 -o -
expect 5 'no such group in which' -- "$ACRE" history plot --db "$base" --workload mlp -o -
expect 5 'no such group in which' -- "$ACRE" history plot --db "$base" --group 2 -o -

# A counter that grew.
check 'a counter grows' python3 - "$tap_work" <<'END'
import json, sys
work = sys.argv[1]
run = json.load(open(work + "/30.json"))
run["started"] = "2026-02-01T00:00:00Z"
run["cells"][0]["recorded"]["allocations"] += 1
json.dump(run, open(work + "/grown.json", "w"))
END
"$ACRE" history add --db "$base" "$tap_work/grown.json" >"$out"
expect_out 1 '^ *[0-9]+ in run 34, [0-9]+ now\.' -- "$ACRE" history check --db "$base"

# What stands in a name is shown, not obeyed.
"$ACRE" history add --db "$tap_work/hostile.db" --commit "$(printf '<b>\033[31m|\n"')" \
    "$tap_work/00.json" >"$out"
expect_out 0 '<b>\?\[31m\|\?"' -- "$ACRE" history show --db "$tap_work/hostile.db"
(cd "$tap_work" && "$ACRE" history add --db quoted.db --commit "\`>pwned\`'" 00.json >"$out")
expect_out 0 "label '\`>pwned\`''' at" -- "$ACRE" history plot --db "$tap_work/quoted.db" -o -
expect_out 0 '^wrote' -- "$ACRE" history plot --db "$tap_work/quoted.db" -o "$tap_work/quoted.svg"
check 'a commit is not run' test ! -e pwned
check 'a run of another machine' python3 - "$tap_work" <<'END'
import json, sys
run = json.load(open(sys.argv[1] + "/01.json"))
run["machine"] = [dict(fact, value="another") for fact in run["machine"]]
json.dump(run, open(sys.argv[1] + "/another.json", "w"))
END
"$ACRE" history add --db "$tap_work/quoted.db" "$tap_work/another.json" "$tap_work/02.json" >"$out"
expect_out 0 'runs 2 to 2\.' -- "$ACRE" history plot --db "$tap_work/quoted.db" --run 2 -o -
expect_out 0 'runs 1 to 3\.' -- "$ACRE" history plot --db "$tap_work/quoted.db" -o -
check 'without that of the other machine' test "$(grep -cE '^[0-9]+ [0-9.]+ [0-9.]+ [0-9.]+$' "$out")" -eq 4
expect_out 0 '\\<b\\>\?\\\[31m\\\|\?"' -- "$ACRE" history show --markdown --db "$tap_work/hostile.db"

# A file that may not grow: told, and nothing half-written.
full=$tap_work/full.db
status=0
(ulimit -f 8 && exec "$ACRE" history add --db "$full" "$tap_work/00.json") >"$out" 2>"$err" || status=$?
check 'a file that may not grow is told' test "$status" -eq 4
check 'in one line that says why' test "$(grep -cE '^acre history: cannot use .*: (disk I/O error|database or disk is full)$' "$err")" -eq 1
expect 5 'an empty file: no run was added yet' -- "$ACRE" history show --db "$full"
expect_out 0 '^stored .* as run 1 of ' -- "$ACRE" history add --db "$full" "$tap_work/00.json"

# Two that write at the same time, and a third that is killed in the middle, again and again.
base=$tap_work/shared.db
writer() # NUMBER...
{
    for number; do
        "$ACRE" history add --db "$base" "$tap_work/$number.json"
    done >>"$tap_work/told.$1" 2>>"$tap_work/complaints"
}
# shellcheck disable=SC2046
writer $(seq -w 00 11) &
one=$!
# shellcheck disable=SC2046
writer $(seq -w 12 23) &
two=$!
killed=0
for number in 24 25 26 27 28 29 30 31 32 33; do
    "$ACRE" history add --db "$base" "$tap_work/$number.json" >>"$tap_work/told.killed" \
        2>>"$tap_work/complaints" &
    sleep "0.00$((number % 10 * 2))"
    kill -9 $! 2>/dev/null && killed=$((killed + 1))
    wait $! 2>/dev/null || :
done
wait "$one" "$two"
check 'nobody complained' test ! -s "$tap_work/complaints"
"$ACRE" history show --db "$base" >"$out"
lost=0
cat "$tap_work"/told.* >"$tap_work/told"
while read -r _ file _ _ id _; do
    seconds=$(basename "$file" .json)
    grep -Eq "^ *$id  2026-01-01T00:00:${seconds}Z " "$out" || lost=$((lost + 1))
done <"$tap_work/told"
check 'nothing that was reported as stored is lost' test "$lost" -eq 0
check 'both writers were done' test "$(cat "$tap_work/told.00" "$tap_work/told.12" | grep -c '^stored')" -eq 24
check 'the file is sound' python3 - "$base" <<'END'
import sqlite3, sys
base = sqlite3.connect(sys.argv[1])
assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
# As a whole or not at all: every run has its cells.
assert base.execute("SELECT count(*) FROM run WHERE (SELECT count(*) FROM cell WHERE run = run.id)"
                    " <> 2").fetchone() == (0,)
END
echo "# figure: $killed of 10 writers killed"
done_testing
