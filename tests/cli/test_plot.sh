#!/bin/sh
# acre plot: the figures of a run as files that open, with its names as they are, whatever they are.
. "$ACRE_TESTS/cli/lib.sh"

pictures=$tap_work/pictures
mkdir "$pictures"
cd "$pictures"

# words FILE.svg WORD...: it is XML, and each word is in one of its texts.
words()
{
    python3 - "$@" <<'END'
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag.endswith("}svg"), root.tag
texts = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]
for word in sys.argv[2:]:
    assert any(word in text for text in texts), (word, texts)
END
}

expect_out 0 '^examples:' -- "$ACRE" plot --help
expect 2 'which run\?' -- "$ACRE" plot
expect 2 'where to\? -o FILE.svg' -- "$ACRE" plot run.json
expect 2 "-o: 'run.jpg' is none of FILE.svg" -- "$ACRE" plot -o run.jpg run.json
expect 2 "one run at a time, 'b.json' is a second" -- "$ACRE" plot -o run.svg a.json b.json
expect 2 "--figure: there are ranking, .*, no 'pie'" -- "$ACRE" plot --figure pie -o run.svg a.json
expect 2 "--width: '59' is not a whole number from 60 to 1000" -- \
    "$ACRE" plot --width 59 -o run.svg a.json
expect 2 "--group: '0' is not" -- "$ACRE" plot --group 0 -o run.svg a.json
expect 4 'cannot read none.json' -- "$ACRE" plot -o run.svg none.json
expect 5 'not a run' -- "$ACRE" plot -o run.svg /dev/null

expect_out 0 '' -- "$SQUARE_CHAIN" --elements 100,1000 --iterations 2 --rounds 8 --fill reuse \
    --memory-ms 20 --backends malloc,arena --quiet --json run.json
expect_out 0 '^wrote out-ranking-1.svg$' -- "$ACRE" plot -o out.svg run.json
check 'every figure of each group, and one of both' test "$(cat "$out" | tr '\n' ' ')" = \
    "$(for name in ranking-1 ranking-2 memory-1 memory-2 waste-1 waste-2 growth-1 rounds-1 rounds-2; do
        printf 'wrote out-%s.svg ' "$name"
    done)"
check 'the ranking' words out-ranking-2.svg arena/region malloc/weak 'time / time of the limit' \
    'square-chain: 1,000 elements, depth 3, forward' 'Medians of 8 rounds' 'malloc/strong (leaks)'
check 'memory' words out-memory-1.svg arena/walked 'held: taken from the system' 'memory (bytes)'
check 'waste' words out-waste-1.svg malloc/strong 'kept free' 'held when most is live'
check 'growth' words out-growth-1.svg arena/region limit 'elements (number), log scale' \
    'time of an iteration / elements'
check 'rounds' words out-rounds-1.svg 'malloc/weak, median' round
check 'nothing else is left' test "$(ls | grep -cv '^out-[a-z]*-[12].svg$')" -eq 1

expect_out 0 '^wrote one.svg$' -- "$ACRE" plot --figure ranking --group 2 -o one.svg run.json
check 'one figure has the name that was given' cmp one.svg out-ranking-2.svg
expect_out 0 '^wrote both-2.gnuplot$' -- "$ACRE" plot --figure rounds -o both.gnuplot run.json
expect_out 0 '^wrote it-growth.gnuplot$' -- "$ACRE" plot --group 1 -o it.gnuplot run.json
expect_out 0 '^set multiplot$' -- "$ACRE" plot --figure growth -o - run.json
expect 2 'standard output has room for one figure' -- "$ACRE" plot -o - run.json
expect 5 'no such group among its 2' -- "$ACRE" plot --group 3 -o a.svg run.json
expect 5 'no such group' -- "$ACRE" plot --workload mlp -o a.svg run.json
expect 5 "nothing for 'growth', which wants times at several sizes" -- \
    "$ACRE" plot --figure growth --group 2 -o a.svg run.json
expect 4 'cannot write none/a-ranking-1.svg: No such' -- "$ACRE" plot -o none/a.svg run.json

# As wide as was asked for: 84 mm are 238 points.
expect_out 0 '^wrote narrow-rounds-2.pdf$' -- "$ACRE" plot --width 84 -o narrow.pdf run.json
expect_out 0 '^wrote narrow-rounds-2.png$' -- "$ACRE" plot --width 84 -o narrow.png run.json
for name in ranking memory waste growth rounds; do
    check "$name-1.png" sh -c 'head -c 4 "$1" | tail -c 3 | grep -q PNG' sh "narrow-$name-1.png"
    if command -v pdftoppm >/dev/null && command -v pdfinfo >/dev/null; then
        check "$name-1.pdf opens" pdftoppm -r 50 "narrow-$name-1.pdf" page
        check "$name-1.pdf is as wide as a column" sh -c \
            'pdfinfo "$1" | grep -Eq "^Page size: *238 x "' sh "narrow-$name-1.pdf"
    else
        skip "$name-1.pdf opens" 'poppler-utils is not here'
    fi
done
if command -v rsvg-convert >/dev/null; then
    for name in ranking-1 memory-1 waste-1 growth-1 rounds-1; do
        check "$name.svg opens" rsvg-convert -o page.png "out-$name.svg"
    done
else
    skip 'SVG opens' 'librsvg2-bin is not here'
fi

# Whatever a run is called is text for Gnuplot and for SVG.
check 'a hostile run' python3 - <<'END'
import json
run = json.load(open("run.json"))
name = "`touch pwned`'.system(\"touch pwned\").'\n!touch pwned\nset output 'pwned'\n@ARG1 {/*9 a_b^c} <&> \\ \u202e"
for cell in run["cells"]:
    key = cell["key"]
    key["workload"] = name
    key["unit"] = "`touch pwned`"
    cell["units_per_iteration"] = 7
    for parameter in key["parameters"]:
        parameter["title"] = parameter["name"] + name
    if key["backend"] == "arena":
        key["backend"] = "<&>`touch pwned`'\n{a_b}"
    if key["lifetime"] == "strong":
        cell["failure"] = name
json.dump(run, open("hostile.json", "w"))
END
for kind in svg png pdf; do
    expect_out 0 "^wrote hostile-growth-1.$kind$" -- "$ACRE" plot -o hostile.$kind hostile.json
done
check 'no name was run' test ! -e pwned
for name in ranking memory waste growth rounds; do
    check "names are as they were, in $name" words hostile-$name-1.svg \
        "<&>\`touch pwned\`'?{a_b}/" "\`touch pwned\`'.system(\"touch pwned\").'?!touch"
done
check 'the unit as well' words hostile-growth-1.svg 'time per `touch pwned` ('

# Without Gnuplot: a sentence, and the old picture stays.
mkdir bin
cp one.svg before.svg
expect 4 "cannot write one.svg: the program 'gnuplot' is not there" -- \
    env PATH="$pictures/bin" "$ACRE" plot --figure ranking --group 2 -o one.svg run.json
check 'the old picture is there' cmp one.svg before.svg
done_testing
