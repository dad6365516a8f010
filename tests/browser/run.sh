#!/bin/sh
# run.sh BUILD: pages of runs and of recorded programs that are made here, in headless Chromium; prints TAP. ACRE_SHOTS names a
# directory for screenshots. Numbers of such short runs mean nothing: it is the pages that are looked at.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$1 acre=$1/acre
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP
export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384

make()
{
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 20 "$work/log" >&2
        echo "Bail out! $1 failed"
        exit 1
    fi
}

chain()
{
    make "$build/bench/square-chain" --quiet "$@"
}

short='--elements 100,1000 --fill reuse --age 1 --rounds 14 --memory-ms 50 --visit-ms 2 --backends malloc,jemalloc,arena'
make "$acre" bench all --rounds 2 --iterations 2 --visit-ms 1 --memory-ms 20 --backends malloc,arena \
    --quiet --json "$work/all.json"
# shellcheck disable=SC2086 # a list of words
chain $short --json "$work/one.json"
# shellcheck disable=SC2086 # a list of words
chain $short --json "$work/two.json"
chain --elements 64 --fill reuse --rounds 2 --iterations 70000 --memory-ms 5000 --backends malloc,arena \
    --lifetimes weak,region --json "$work/million.json"

node - "$work" <<'END'
const { readFileSync, writeFileSync } = require("node:fs");
const work = process.argv[2], run = JSON.parse(readFileSync(`${work}/one.json`, "utf8"));
const hostile = "</script><script>hacked=1</script><img src=x onerror=hacked=1>\"'`&<!--{a|b}";
for (const cell of run.cells) {
    if (cell.key.backend === "jemalloc")
        cell.key.backend = hostile;
    for (const parameter of cell.key.parameters)
        parameter.title += hostile.slice(0, 40);
    for (const purpose of cell.recorded?.purposes ?? [])
        purpose.name += hostile;
}
run.command = hostile;
run.machine.push({ name: hostile, value: hostile });
for (const library of run.libraries)
    library.version = hostile;
writeFileSync(`${work}/hostile.json`, JSON.stringify(run));
END

for run in all one million hostile; do
    make "$acre" report "$work/$run.json" -o "$work/$run.html"
done
make "$acre" report "$work/one.json" "$work/two.json" -o "$work/compared.html"
"$acre" compare --wide "$work/one.json" "$work/two.json" >"$work/compared.txt" || :

# Recorded: a process and its child, a million events, names that would like to be markup.
cat >"$work/work.py" <<'END'
import json, re, sys
kept = [json.loads('{"a": [1, {"b": "%d"}], "c": "%s"}' % (i, "x" * (i % 300))) for i in range(3000)]
for i in range(int(sys.argv[1])):
    re.sub("[ab]+", "c", "abba" * (i % 40))
END
python=$(python3 -c 'import sys; print(sys.executable)')
evil="$work/<script>hacked=1</script>\"\`&'<img src=x onerror=hacked=1>"
mkdir -p "$evil"
make cc -O1 -fno-optimize-sibling-calls -DFIRST='"\"</script><img src=x onerror=hacked=1>\""' \
    -DLONG="\"$(printf '%04096d' 0 | tr 0 f)\"" -o "$evil/app" "$here/hostile.c"
make "$acre" record -o "$work/processes.acre" sh -c "'$python' '$work/work.py' 2000; true"
PYTHONMALLOC=malloc make "$acre" record -o "$work/events.acre" "$python" "$work/work.py" 60000
make "$acre" record -o "$work/evil.acre" "$evil/app"
for trace in processes events evil; do
    make "$acre" report "$work/$trace.acre" -o "$work/$trace.html"
    "$acre" info --json --top 1000000 "$work/$trace.acre" >"$work/$trace.info.json"
    "$acre" info "$work/$trace.acre" >"$work/$trace.txt"
done

# Replayed: the calls of that process on other allocators.
make "$acre" replay --quiet --rounds 9 --visit-ms 10 --memory-ms 50 --backends malloc,mimalloc,pool \
    --json "$work/replayed.json" "$work/processes.acre"
make "$acre" report "$work/replayed.json" -o "$work/replayed.html"

# Advised, with its proof: a program of which it is known what could live in a region.
make cc -O2 -g -fno-builtin -fno-omit-frame-pointer -fno-optimize-sibling-calls -pthread -o "$work/planted" \
    "$here"/../advise/planted_*.c
for seed in 2 4; do
    make "$acre" record -o "$work/planted$seed.acre" "$work/planted" kept_result $seed
done
make "$acre" advise --rounds 6 --run-time 2ms --backends malloc,mimalloc -o "$work/advised.html" "$work/planted2.acre" \
    "$work/planted4.acre"
make "$acre" advise --no-proof -o "$work/unproved.html" "$work/planted2.acre" "$work/planted4.acre"
"$acre" advise --no-proof --json "$work/planted2.acre" "$work/planted4.acre" >"$work/unproved.json"
"$acre" advise --no-proof "$work/planted2.acre" "$work/planted4.acre" >"$work/unproved.txt"

# The sentence as the terminal has it: the first paragraph below the title.
answer()
{
    awk -v RS= -v wanted="$2" 'NR == wanted { gsub(/[ \n]+/, " "); sub(/^ /, ""); print; exit }' "$1"
}
for run in all one million hostile replayed; do
    "$acre" report "$work/$run.json" >"$work/$run.txt" || :
done

node - "$work" "$(answer "$work/all.txt" 2)" "$(answer "$work/one.txt" 2)" "$(answer "$work/million.txt" 2)" \
    "$(answer "$work/hostile.txt" 2)" "$(answer "$work/compared.txt" 1)" "$(answer "$work/processes.txt" 2)" \
    "$(answer "$work/events.txt" 1)" "$(answer "$work/evil.txt" 1)" "$evil/app" \
    "$(answer "$work/replayed.txt" 2)" "$(sed -n '/Cannot tell/,/measured/p' "$work/unproved.txt" | tr -s ' \n' '  ' | sed 's/^ //; s/ $//')" <<'END'
const { writeFileSync } = require("node:fs");
const [work, all, one, million, hostile, compared, processes, events, evil, path, replayed, advised] =
    process.argv.slice(2);
const page = (kind, answer, checks, views) => ({ kind, answer, checks, views, page: `${work}/${kind}.html`, runs: [`${work}/${kind}.json`],
                                                 printed: `${work}/compared.txt` });
const recorded = (kind, answer, checks, more) => ({ kind, answer, checks, page: `${work}/${kind}.html`, info: `${work}/${kind}.info.json`, ...more });
writeFileSync(`${work}/pages.json`, JSON.stringify([
    page("all", all, ["useKeyboard", "timePaint"]),
    page("one", one, ["checkAnswer", "useKeyboard", "timePaint"], [[1024, "light"], [2560, "dark"]]),
    page("compared", compared, ["checkVerdicts", "timePaint"]),
    page("million", million, ["useKeyboard", "timePaint"], [[1024, "light"]]),
    page("hostile", hostile, ["checkHostile"], [[1024, "light"]]),
    page("replayed", replayed, ["checkPlayed", "timePaint"], [[1024, "light"]]),
    { kind: "advised", checks: ["timePaint"], page: `${work}/advised.html` },
    { kind: "unproved", answer: advised, checks: ["checkAdvice", "timePaint"], page: `${work}/unproved.html`, json: `${work}/unproved.json` },
    recorded("processes", processes, ["checkInfo", "useFlame", "useSites", "timePaint"]),
    recorded("events", events, ["checkInfo", "useFlame", "timePaint"], { events: 1e6, views: [[1024, "light"], [2560, "dark"]] }),
    recorded("evil", evil, ["checkHostileNames", "useFlame"], { names: [path], views: [[1024, "light"], [1024, "dark"]] }),
]));
END
node "$here/pages.mjs" "$work/pages.json"
