#!/bin/sh
# The pictures of the documents are those of today: their text is what the programs draw, what is
# written in them is what Graphviz makes of that text, and each is shown somewhere. So is the plot,
# with the figures of the libraries that are here, and those of a stored run.
. "$ACRE_TESTS/cli/lib.sh"

docs=$(cd "$ACRE_TESTS/../docs" && pwd)

# words_of SVG: what can be read in it, and the names of its nodes and arrows; no coordinates, which
# depend on the fonts of a machine.
words_of()
{
    grep -oE '<(text|title)[ >].*' "$1" | sed 's/<[^>]*>//g' | sort
}

# same_words FRESH COMMITTED
same_words()
{
    words_of "$1" >"$tap_work/fresh"
    words_of "$2" >"$tap_work/committed"
    test -s "$tap_work/fresh" && diff "$tap_work/committed" "$tap_work/fresh"
}

# is_shown NAME: somewhere in the documents, with words for whoever cannot see it.
is_shown()
{
    grep -qE "!\[[^]]{20,}\]\(figures/$1\.svg\)" "$docs"/*.md
}

mkdir "$tap_work/drawn"
check 'the pictures can be drawn' \
    "$ACRE_TESTS/docs/pictures.sh" "$EXAMPLE_FIGURES" "$SQUARE_CHAIN" "$tap_work/drawn"
for text in "$tap_work/drawn"/*.dot; do
    name=$(basename "$text" .dot)
    check "$name is drawn as it is stored" diff "$docs/figures/$name.dot" "$text"
    dot -Tsvg -o "$tap_work/fresh.svg" "$docs/figures/$name.dot"
    check "$name.svg shows this" same_words "$tap_work/fresh.svg" "$docs/figures/$name.svg"
    check "$name is shown, and described" is_shown "$name"
done
stored=$(ls "$docs/figures" | wc -l)
check 'the staircase can be drawn' \
    "$ACRE" classes --draw "$tap_work/classes.svg" malloc jemalloc mimalloc tcmalloc
check 'classes.svg has its figures' same_words "$tap_work/classes.svg" "$docs/figures/classes.svg"
check 'the staircase is shown, and described' is_shown classes
mkdir "$tap_work/plots"
check 'the figures of a run can be drawn' \
    "$ACRE_TESTS/docs/plots.sh" "$ACRE" "$docs/figures/plot.json" "$tap_work/plots"
for plot in "$tap_work/plots"/*.svg; do
    name=$(basename "$plot" .svg)
    check "$name.svg has its figures" same_words "$plot" "$docs/figures/$name.svg"
    check "$name is shown, and described" is_shown "$name"
done
check 'there are no others' test "$stored" -eq \
    "$((2 * $(ls "$tap_work/drawn" | wc -l) + 2 + $(ls "$tap_work/plots" | wc -l)))"
done_testing
