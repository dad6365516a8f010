#!/bin/sh
# The seed's programs print exactly what the tutorial shows of them.
. "$ACRE_TESTS/cli/lib.sh"

for name in refcount chain ring weak square_loop; do
    eval "program=\$EXAMPLE_$(echo $name | tr a-z A-Z)"
    expect_out 0 '' -- "$program"
    check "$name prints its text" cmp "$ACRE_TESTS/examples/$name.txt" "$out"
done
tutorial=$ACRE_TESTS/../docs/tutorial.md
shown()
{
    awk -v name="<!-- prints: $1 -->" '$0 == name { on = 1; next }
        on && /^```/ { if (inside) exit; inside = 1; next } inside' "$tutorial"
}
for name in refcount chain ring weak square_loop; do
    shown $name > "$out"
    check "the tutorial shows $name as it is" cmp "$ACRE_TESTS/examples/$name.txt" "$out"
done

# The figures; what they show is looked at in docs/test_pictures.sh.
for name in $("$EXAMPLE_FIGURES"); do
    expect_out 0 '^digraph' -- "$EXAMPLE_FIGURES" "$name"
done
done_testing
