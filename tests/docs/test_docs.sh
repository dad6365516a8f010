#!/bin/sh
# What the documents say is so: links, commands, options, paths, names, the fields of a run, and the
# shape of the measured blocks. Then the same on trees with one fault each, which must be found.
# shellcheck disable=SC2016 # backticks of Markdown
. "$ACRE_TESTS/cli/lib.sh"

root=$(cd "$ACRE_TESTS/.." && pwd)
faults=$ACRE_TESTS/docs/faults.sh

if [ -z "${SCRIPT:-}" ]; then
    skip 'the documents' 'they tell of a workload that was built without Lua'
    done_testing
fi
expect_out 0 '' -- "$faults" "$root"

# The README's commands, on a small run.
cd "$tap_work"
for run in before after; do
    expect_out 0 '  wrote '"$run"'\.json' -- "$SQUARE_CHAIN" --elements 10 --rounds 1 --json $run.json
done
expect_out 0 'Results identical' -- "$ACRE" compare before.json after.json

# Both ways: what a run has is documented, and nothing else is.
expect_out 0 '^wrote' -- "$SQUARE_CHAIN" --elements 10 --trace chain.acre
expect_out 0 'wrote replay.json' -- \
    "$ACRE" replay --rounds 1 --memory-ms 0 --backends malloc --json replay.json chain.acre
cat before.json replay.json | grep -o '"[a-z_]*":' | tr -d '":' | sort -u >emitted
sed -n '/^## Top level/,/^## Writing/p' "$root/docs/run-format.md" | grep -o '`[a-z_]*`' |
    tr -d '`' | sort -u >documented
check 'the fields of a run are those of run-format.md' diff emitted documented

# shape FILE MARKER [COLUMNS]: of the measured block behind the marker. How many columns a table has
# room for depends on the numbers in it; COLUMNS are those at its left that are always there.
shape()
{
    awk -v marker="<!-- measured: $2 -->" '$0 == marker { on = 1; next }
        on && /^```/ { if (inside) exit; inside = 1; next } inside' "$root/$1" |
        awk -f "$ACRE_TESTS/docs/shape.awk" | cut -d '|' -f "1-$((${3:-98} + 1))" | sort >committed
    awk -f "$ACRE_TESTS/docs/shape.awk" "$out" | cut -d '|' -f "1-$((${3:-98} + 1))" | sort >fresh
    test -s committed && diff committed fresh
}

expect_out 0 '' -- "$SQUARE_CHAIN" --fill reuse --rounds 8 --memory-ms 0
check 'README.md shows what a run prints' shape README.md 'square-chain --fill reuse' 5
expect_out 0 '' -- "$RECORDING_COST" --rounds 2
check 'docs/bench.md shows what a run prints' shape docs/bench.md recording-cost

# Numbers do not matter for the shape, so small ones do.
expect_out 0 '' -- "$NODE_CHURN" --shape chain --graphs 2 --nodes 10 --rounds 2 --memory-ms 0
check 'docs/workloads.md shows node-churn' shape docs/workloads.md \
    'node-churn --shape chain --graphs 1000 --rounds 12 --iterations 3' 2
expect_out 0 '' -- "$WEAK_CHURN" --mode upgrade --rounds 2 --memory-ms 0
check 'docs/workloads.md shows upgrades' shape docs/workloads.md 'weak-churn --mode upgrade' 2
expect_out 0 '' -- "$WEAK_CHURN" --mode death --rounds 2 --memory-ms 0
check 'docs/workloads.md shows deaths' shape docs/workloads.md 'weak-churn --mode death' 2
expect_out 0 '' -- "$CYCLES" --rounds 2 --memory-ms 0
check 'docs/workloads.md shows cycles' shape docs/workloads.md cycles 2
expect_out 0 '' -- "$DEEP_CHAIN" --nodes 1000 --rounds 2 --memory-ms 0
check 'docs/workloads.md shows deep-chain' shape docs/workloads.md deep-chain 2
waste='--backends all --lifetimes weak,region --fill reuse --rounds 1 --wide'
# shellcheck disable=SC2086 # options
expect_out 0 '' -- "$SQUARE_CHAIN" $waste
check 'docs/waste.md shows what a run prints' shape docs/waste.md "square-chain $waste" 5
small='--elements 1,2,3,4,5 --fill reuse --rounds 1 --lifetimes weak,walked,region --backends all'
for direction in '' '--backward '; do
    # shellcheck disable=SC2086 # options
    expect_out 0 '' -- "$SQUARE_CHAIN" $direction $small
    sed '/^by /,/^  =:/!d' "$out" >ranks
    cp ranks "$out"
    check "docs/ranks.md shows ranks $direction" shape docs/ranks.md "square-chain $direction--elements 100,1000,10000,100000,1000000 --fill reuse --rounds 25 --lifetimes weak,walked,region --backends all | ranks" 0
done
expect_out 0 '' -- "$HANDOFF" --rounds 2 --memory-ms 0
check 'docs/workloads.md shows handoff' shape docs/workloads.md handoff 2
expect_out 0 '' -- "$MLP" --rounds 2
check 'docs/workloads.md shows mlp' shape docs/workloads.md mlp 2
expect_out 0 '' -- "$RNN" --hidden 10 --rounds 2
check 'docs/workloads.md shows rnn' shape docs/workloads.md 'rnn --hidden 10' 2
expect_out 0 '' -- "$TREE" --inputs new --leaves 10 --rounds 2
check 'docs/workloads.md shows tree' shape docs/workloads.md 'tree --inputs new --leaves 10' 2
expect_out 0 '' -- "$SCRIPT" --program trees --rounds 2
check 'docs/workloads.md shows script' shape docs/workloads.md 'script --program trees' 2

# A tree with faults of every kind, which are all found, and nothing else.
mkdir tree
ln -s "$root"/* "$root/.ci" tree
rm tree/docs tree/README.md
cp -r "$root/docs" "$root/README.md" tree
: >expected

# broken FILE SED FAULT
broken()
{
    sed "$2" "tree/$1" >edited
    check "there is a place for: $3" sh -c '! cmp -s edited "$1"' sh "tree/$1"
    cp edited "tree/$1"
    echo "$1: $3" >>expected
}

broken README.md 's/(docs\/tutorial\.md)/(docs\/tutorail.md)/' 'dead link: docs/tutorail.md'
broken README.md 's/^\.\/dev test /.\/dev tests /' 'no such command: ./dev tests'
broken README.md 's/`\.\/dev soak`/`.\/dev saok`/' 'no such command: ./dev saok'
broken README.md 's/build\/acre list /build\/acre lists /' 'no such command: acre lists'
broken README.md 's/--json before/--jason before/' \
    '--jason is no option: ./dev bench --jason before.json'
broken README.md 's/bench square-chain --help/bench square-chian --help/' \
    'no such workload: square-chian'
broken docs/compare.md 's/`--wide`/`--wild`/' 'no program has the option --wild'
broken docs/compare.md 's/--common all-/--comon all-/' \
    '--comon is no option: acre compare --comon all-backends.json malloc.json'
broken docs/statistics.md 's/report\/stats\.c/report\/stat.c/' 'no such file: report/stat.c'
broken docs/design.md 's/`acre_gradient_for`/`acre_gradient_before`/' \
    'no such name: acre_gradient_before'
broken docs/bench.md 's/measured: recording-cost/measured: recording-cost --fast/' \
    '--fast is no option: recording-cost --fast'
expect_out 1 '' -- "$faults" tree
sort expected >sorted
check 'every fault is found, and no other' sh -c 'sort "$1" | diff sorted -' sh "$out"

# renew.sh puts in what the program prints, up to its results, and touches nothing else.
printf '#!/bin/sh\necho "  new $*"\necho "  Results same."\necho "by $*"\necho "  =: ties"\necho machine\n' >square-chain
chmod +x square-chain
printf 'a\n<!-- measured: square-chain --wide -->\n```text\nold\n```\nb\n' >doc.md
printf 'a\n<!-- measured: square-chain --wide -->\n```text\n  new --wide\n  Results same.\n```\nb\n' >want
printf '<!-- measured: square-chain --a | ranks -->\n```text\n```\n' >>doc.md
printf '<!-- measured: square-chain --a | ranks -->\n```text\nby --a\n  =: ties\n```\n' >>want
check 'renew.sh renews' "$ACRE_TESTS/docs/renew.sh" . doc.md
check 'and leaves the rest' diff want doc.md
done_testing
