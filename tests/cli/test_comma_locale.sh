#!/bin/sh
# The comma locale shows a comma, so that a test under it means something.
. "$ACRE_TESTS/cli/lib.sh"

with_comma=$ACRE_TESTS/support/comma_locale.sh

LC_ALL=C
export LC_ALL
expect_out 0 '^1\.5$' -- "$DECIMAL_POINT"
unset LC_ALL
expect_out 0 '^1,5$' -- "$with_comma" "$DECIMAL_POINT"
# Kept now, and without a place to keep it.
expect_out 0 '^1,5$' -- "$with_comma" "$DECIMAL_POINT"
unset ACRE_LOCALES
expect_out 0 '^1,5$' -- "$with_comma" "$DECIMAL_POINT"
check 'the exit status is the command'"'"'s' sh -c '"$1" sh -c "exit 7"; test $? -eq 7' \
    sh "$with_comma"
check 'no locale to be had is a hard error' sh -c '
    PATH=$2:$PATH; export PATH; "$1" true 2>/dev/null; test $? -eq 99' \
    sh "$with_comma" "$ACRE_TESTS/cli/broken"
done_testing
