#!/bin/sh
# One round of every figure: too few for a verdict, enough for the table.
. "$ACRE_TESTS/cli/lib.sh"

expect_out 0 '^  Counting costs -?[0-9.]+ % of the forward loop on arena/region' -- \
    "$RECORDING_COST" --elements 100 --rounds 1
rows='(arena +(region|walked)|malloc +weak|jemalloc weak) +(forward|both)'
check 'eight rows of measured figures' sh -c '
    test "$(grep -Ec "^  $2 +[0-9.]+( +-?[0-9.]+){2}  too few rounds  " "$1")" -eq 8' sh "$out" "$rows"
done_testing
