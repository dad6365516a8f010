#!/bin/sh
# Under a locale with a decimal comma every output is the same to the byte.
. "$ACRE_TESTS/cli/lib.sh"

with_comma=$ACRE_TESTS/support/comma_locale.sh
work=$(mktemp -d)

expect_out 0 '^1,5$' -- "$with_comma" "$DECIMAL_POINT"
expect_out 0 'acre-run' -- "$SQUARE_CHAIN" --elements 100 --rounds 1 --json -
cp "$out" "$work/run.json"
expect_out 0 '' -- "$ACRE" compare "$work/run.json" "$work/run.json"
cp "$out" "$work/plain"
expect_out 0 '' -- "$with_comma" "$ACRE" compare "$work/run.json" "$work/run.json"
check 'compare prints the same' cmp "$work/plain" "$out"
expect_out 0 '"seed"' -- "$with_comma" "$SQUARE_CHAIN" --elements 100 --rounds 1 --json -
check 'no number of the JSON has a comma' sh -c '! grep -qE "[0-9],[0-9]+[,\"]" "$1"' sh "$out"
expect_out 0 'x limit' -- "$with_comma" "$SQUARE_CHAIN" --elements 100 --rounds 1
check 'no number of the table has a comma' sh -c '! grep -qE "[0-9],[0-9]{1,2}( |x|$)" "$1"' sh \
    "$out"
rm -rf "$work"
done_testing
