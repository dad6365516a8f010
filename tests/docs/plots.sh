#!/bin/sh
# plots.sh ACRE RUN.json DIRECTORY: draws the figures of that run which the documents show into the
# directory, plot-NAME.svg each.
set -eu

for figure in ranking memory waste rounds; do
    "$1" plot --figure "$figure" --group 2 -o "$3/plot-$figure.svg" "$2"
done
"$1" plot --figure growth -o "$3/plot-growth.svg" "$2"
