#!/bin/sh
# The canary of threads is caught, and for its race; without a checker it leaves with 1.
# shellcheck disable=SC2154 # out and err are lib.sh's
. "$ACRE_TESTS/cli/lib.sh"

# caught STATUS REGEX: REGEX sees what was said.
caught()
{
    tap_run "$CANARY_RACE"
    cat "$out" >>"$err"
    test "$tap_status" -eq "$1" && tap_match "$2" "$err" && return
    echo "exit status $tap_status, not $1, or nothing matches $2:"
    cat "$err"
    return 1
}

if [ "${ACRE_CHECKER:-}" = helgrind ]; then
    check 'a race: caught by helgrind' caught 42 'Possible data race .* by thread'
elif [ "$CANARY_TSAN" = 1 ]; then
    check 'a race: caught by ThreadSanitizer' caught 42 'data race .* in sin_race'
else
    check 'a race: nobody promises to catch it' caught 1 ''
fi
check 'without it there is nothing to catch' sh -c '
    ${ACRE_WRAPPER:+"$ACRE_WRAPPER"} "$1" nothing >"$2" 2>&1 && test ! -s "$2"' \
    sh "$CANARY_RACE" "$tap_work/nothing"
done_testing
