#!/bin/sh
# --draw: pictures of what a workload has alive and of what leaked, as text and as Graphviz draws it.
. "$ACRE_TESTS/cli/lib.sh"

pictures=$tap_work/pictures
mkdir "$pictures"
draw()
{
    expect_out 0 '' -- "$SQUARE_CHAIN" --quiet --elements 10 "$@"
}
# drawn COUNT REGEX: so many lines of the text match.
drawn()
{
    check "$1 lines have $2" test "$(grep -Ec -e "$2" "$out")" -eq "$1"
}

draw --draw - --backends malloc
drawn 11 '^  n[0-9]+ \['
drawn 3 'style=dashed.*label=<outputs>'
drawn 1 '^  v0 \[.*<b>y</b>'
drawn 1 '^  v1 \[.*<b>x</b>'
drawn 0 'garbage|outside|subgraph'
cp "$out" "$tap_work/malloc"

# Where the memory comes from does not show, but for the title.
draw --draw - --backends jemalloc
check 'the same objects on jemalloc' sh -c 'sed s/malloc/jemalloc/ "$1" | cmp - "$2"' sh \
    "$tap_work/malloc" "$out"
draw --draw - --backends arena --lifetimes region
drawn 1 'label=<<b>iteration \(even\)</b>, bulk: 11 objects>'
drawn 11 '^  n[0-9]+ \['

# What leaks: the ten graphs of step 16, each object marked.
draw --draw - --backends pool --lifetimes strong
drawn 110 '^  n[0-9]+ \[.*count [12], garbage'
drawn 0 'dashed|outside'
drawn 1 'what leaked in 10 iterations.*garbage only \(110 objects\)'

expect_out 0 "^wrote $pictures/chain.svg$" -- "$SQUARE_CHAIN" --draw "$pictures/chain.svg"
check 'the picture is XML' python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag.endswith("}svg"), root.tag
text = [node.text for node in root.iter() if node.tag.endswith("}text")]
assert text.count("Square") == 3 and "after iteration 1" in " ".join(text), text
' "$pictures/chain.svg"
draw --draw "$pictures/chain.dot" --backends malloc
check 'a file has the text that - shows' cmp "$tap_work/malloc" "$pictures/chain.dot"
draw --draw "$pictures/chain.png"
draw --draw "$pictures/chain.pdf"
check 'a PNG' sh -c 'head -c 4 "$1" | tail -c 3 | grep -q PNG' sh "$pictures/chain.png"
check 'a PDF' sh -c 'head -c 4 "$1" | grep -q %PDF' sh "$pictures/chain.pdf"

expect 2 "--draw: 'chain.jpg' is neither - nor" -- "$SQUARE_CHAIN" --draw chain.jpg
expect 2 "--draw: '.svg' is neither" -- "$SQUARE_CHAIN" --draw .svg
expect 2 "--draw: '' is neither" -- "$SQUARE_CHAIN" --draw ''
expect 2 "'--draw' needs a value" -- "$SQUARE_CHAIN" --draw
expect 4 "cannot write $tap_work/none/a.svg: No such" -- "$SQUARE_CHAIN" --draw "$tap_work/none/a.svg"
expect 4 'cannot write standard output: No space' -- \
    sh -c '"$@" >/dev/full' sh "$SQUARE_CHAIN" --draw -

# Without Graphviz, and with one that fails: a sentence, and the old picture stays.
cp "$pictures/chain.svg" "$tap_work/before.svg"
mkdir "$tap_work/bin"
expect 4 "cannot write .*chain.svg: the program 'dot' is not there \(.*graphviz" -- \
    env PATH="$tap_work/bin" "$SQUARE_CHAIN" --draw "$pictures/chain.svg"
expect_out 0 "^wrote $pictures/chain.dot$" -- \
    env PATH="$tap_work/bin" "$SQUARE_CHAIN" --draw "$pictures/chain.dot"
printf '#!/bin/sh\necho "no such luck" >&2\necho more >&2\nexit 3\n' >"$tap_work/bin/dot"
chmod +x "$tap_work/bin/dot"
expect 4 'chain.svg: dot ended with status 3: no such luck$' -- \
    env PATH="$tap_work/bin" "$SQUARE_CHAIN" --draw "$pictures/chain.svg"
check 'the old picture is there' cmp "$tap_work/before.svg" "$pictures/chain.svg"
check 'nothing else is left' test "$(ls "$pictures" | tr '\n' ' ')" = \
    'chain.dot chain.pdf chain.png chain.svg '
done_testing
