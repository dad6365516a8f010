#!/bin/sh
# acre classes: the table, and the staircase as a script and as Gnuplot draws it.
. "$ACRE_TESTS/cli/lib.sh"

pictures=$tap_work/pictures
mkdir "$pictures"
# has LINE: the script has it as it stands.
has()
{
    check "the script says: $1" grep -qxF -e "$1" "$pictures/pool.gnuplot"
}

expect_out 0 'lost to rounding on average' -- "$ACRE" classes pool
expect_out 0 "^wrote $pictures/pool.gnuplot$" -- \
    "$ACRE" classes --align 64 --draw "$pictures/pool.gnuplot" pool
has "name0 = 'pool'"
has "set title 'What requests get, aligned to 64 B'"
has '1 16'
has '16 16'
has '17 32'
has '4194304 4194304'
check 'no point twice' sh -c 'test -z "$(grep -E "^[0-9]+ [0-9]+$" "$1" | uniq -d)"' sh \
    "$pictures/pool.gnuplot"

# Every class of malloc to 128 KiB is a multiple of 16: thousands, of which a picture can show few.
expect_out 0 '^ +128 KiB +4096 ' -- "$ACRE" classes --draw "$pictures/two.gnuplot" malloc pool
check 'two backends, each with its waste' sh -c \
    'test "$(grep -Ec "^waste[01] = .*% of a block wasted on average, at worst" "$1")" -eq 2' sh \
    "$pictures/two.gnuplot"
check 'at most four points in each of 704 columns, twice' sh -c 'test "$(grep -Ec "^[0-9]+ [0-9]+$" "$1")" -le 5632' sh \
    "$pictures/two.gnuplot"

for kind in svg png pdf; do
    expect_out 0 "^wrote $pictures/two.$kind$" -- \
        "$ACRE" classes --draw "$pictures/two.$kind" malloc pool
done
check 'the picture is XML' python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag.endswith("}svg"), root.tag
text = " ".join("".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text"))
assert "What requests get, aligned to 16 B" in text, text
assert "pool: 5.6 % of a block wasted on average, at worst 46.9 %, for 17 B" in text, text
' "$pictures/two.svg"
check 'a PNG' sh -c 'head -c 4 "$1" | tail -c 3 | grep -q PNG' sh "$pictures/two.png"
check 'a PDF' sh -c 'head -c 4 "$1" | grep -q %PDF' sh "$pictures/two.pdf"

# A name is text for Gnuplot, whatever is in it.
expect_out 0 '^mimalloc: .*libmimalloc' -- "$ACRE" classes mimalloc
odd="$tap_work/it's {_\"lib\"^2} .so"
cp "$(sed -n 's/^mimalloc: [^,]*, \(.*\) (build.*/\1/p' "$out")" "$odd"
expect_out 0 '^wrote' -- "$ACRE" classes --draw "$pictures/odd.svg" "so:$odd"
check 'the name is there as it is' python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
text = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]
assert any(sys.argv[2] in line for line in text), text
' "$pictures/odd.svg" "$odd"
rm "$pictures/odd.svg"

expect 2 'which backend' -- "$ACRE" classes --draw a.svg
expect 2 "--draw: 'a.jpg' is none of FILE.svg" -- "$ACRE" classes --draw a.jpg pool
expect 2 "--draw: '-' is none of" -- "$ACRE" classes --draw - pool
expect 2 "unknown backend 'frob'" -- "$ACRE" classes pool frob
expect 4 "cannot write $tap_work/none/a.svg: No such" -- \
    "$ACRE" classes --draw "$tap_work/none/a.svg" pool

# Without Gnuplot, and with one that fails: a sentence behind the table, and the old picture stays.
cp "$pictures/two.svg" "$tap_work/before.svg"
mkdir "$tap_work/bin"
# undrawn REGEX
undrawn()
{
    expect 4 "$1" -- env PATH="$tap_work/bin" /bin/sh -c '"$@" >/dev/null' sh \
        "$ACRE" classes --draw "$pictures/two.svg" pool
}
undrawn "cannot write .*two.svg: the program 'gnuplot' is not there \(.*gnuplot-nox"
printf '#!/bin/sh\necho >&2\necho "no such luck" >&2\nexit 3\n' >"$tap_work/bin/gnuplot"
chmod +x "$tap_work/bin/gnuplot"
undrawn 'two.svg: gnuplot ended with status 3: no such luck$'
check 'the old picture is there' cmp "$tap_work/before.svg" "$pictures/two.svg"
check 'nothing else is left' test "$(ls "$pictures" | tr '\n' ' ')" = \
    'pool.gnuplot two.gnuplot two.pdf two.png two.svg '
done_testing
