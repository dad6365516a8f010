#!/bin/sh
# The pictures of the documents are those of today: their text is what the programs draw, what is
# written in them is what Graphviz makes of that text, and each is shown somewhere.
. "$ACRE_TESTS/cli/lib.sh"

docs=$(cd "$ACRE_TESTS/../docs" && pwd)

# words_of SVG: what can be read in it, and the names of its nodes and arrows; no coordinates, which
# depend on the fonts of a machine.
words_of()
{
    grep -oE '<(text|title)[ >].*' "$1" | sed 's/<[^>]*>//g' | sort
}

same_words()
{
    dot -Tsvg -o "$tap_work/fresh.svg" "$1"
    words_of "$tap_work/fresh.svg" >"$tap_work/fresh"
    words_of "${1%.dot}.svg" >"$tap_work/committed"
    test -s "$tap_work/fresh" && diff "$tap_work/committed" "$tap_work/fresh"
}

mkdir "$tap_work/drawn"
check 'the pictures can be drawn' \
    "$ACRE_TESTS/docs/pictures.sh" "$EXAMPLE_FIGURES" "$SQUARE_CHAIN" "$tap_work/drawn"
for text in "$tap_work/drawn"/*.dot; do
    name=$(basename "$text" .dot)
    check "$name is drawn as it is stored" diff "$docs/figures/$name.dot" "$text"
    check "$name.svg shows this" same_words "$docs/figures/$name.dot"
    check "$name is shown, and described" grep -qE "!\[[^]]{20,}\]\(figures/$name\.svg\)" "$docs"/*.md
done
stored=$(ls "$docs/figures" | wc -l)
check 'there are no others' test "$stored" -eq "$((2 * $(ls "$tap_work/drawn" | wc -l)))"
done_testing
