#!/bin/sh
# The programs print exactly what the documents show of them, and are what is shown.
. "$ACRE_TESTS/cli/lib.sh"

for name in refcount chain ring weak square_loop operator backend; do
    eval "program=\$EXAMPLE_$(echo $name | tr a-z A-Z)"
    expect_out 0 '' -- "$program"
    check "$name prints its text" cmp "$ACRE_TESTS/examples/$name.txt" "$out"
done
# shown DOCUMENT MARKER: the block behind it.
shown()
{
    awk -v name="<!-- $2 -->" '$0 == name { on = 1; next }
        on && /^```/ { if (inside) exit; inside = 1; next } inside' "$ACRE_TESTS/../docs/$1"
}
for name in refcount chain ring weak square_loop; do
    shown tutorial.md "prints: $name" > "$out"
    check "the tutorial shows $name as it is" cmp "$ACRE_TESTS/examples/$name.txt" "$out"
done
# whole DOCUMENT PROGRAM FILE: what a document about a file of one's own shows.
whole()
{
    shown "$1" "prints: $2" > "$out"
    check "what the $2 prints is shown" cmp "$ACRE_TESTS/examples/$2.txt" "$out"
    shown "$1" "file: $3" > "$out"
    check "the $2 is shown whole" cmp "$ACRE_TESTS/examples/$3" "$out"
}
whole add-an-operator.md operator sin.c
whole add-a-backend.md backend buffer.c

# The figures; what they show is looked at in docs/test_pictures.sh.
for name in $("$EXAMPLE_FIGURES"); do
    expect_out 0 '^digraph' -- "$EXAMPLE_FIGURES" "$name"
done
done_testing
