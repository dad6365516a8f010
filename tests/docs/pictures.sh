#!/bin/sh
# pictures.sh FIGURES SQUARE_CHAIN DIRECTORY: writes the text of every picture that the documents
# show into the directory, NAME.dot each, drawn from the objects of the two programs as they run.
set -eu

for name in $("$1"); do
    "$1" "$name" >"$3/$name.dot"
done
"$2" --draw "$3/regions.dot" --quiet --backends arena --lifetimes region --fill reuse --backward \
    --depth 1
