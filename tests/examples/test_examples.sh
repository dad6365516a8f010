#!/bin/sh
# The programs print exactly what the documents show of them, and are what is shown.
. "$ACRE_TESTS/cli/lib.sh"

for name in refcount chain ring weak square_loop operator; do
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
shown add-an-operator.md 'prints: operator' > "$out"
check 'what the operator prints is shown' cmp "$ACRE_TESTS/examples/operator.txt" "$out"
shown add-an-operator.md 'file: sin.c' > "$out"
check 'the operator is shown whole' cmp "$ACRE_TESTS/examples/sin.c" "$out"

# The figures; what they show is looked at in docs/test_pictures.sh.
for name in $("$EXAMPLE_FIGURES"); do
    expect_out 0 '^digraph' -- "$EXAMPLE_FIGURES" "$name"
done
done_testing
