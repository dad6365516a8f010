# Helpers for tests that record programs. $RECORD_TOOLS has the programs of this directory.
#
#   record NAME [OPTION...] -- COMMAND...   records it into $tap_work/NAME.acre, its standard output and
#                                           error in NAME.out and NAME.err; sets $status
#   counted NAME    calls that a preload of its own has counted in that run
#   field N NAME    the N-th of the figures of recorded.c: 1 calls, 2 births, 3 deaths, 4 resizes,
#                   5 refused, 6 unknown, 7 replaced, 8 streams, 9 complete, 10 dropped
#
# shellcheck shell=sh
. "$ACRE_TESTS/cli/lib.sh"

record()
{
    recorded_name=$1
    shift
    recorded_options=
    while [ "$1" != -- ]; do
        recorded_options="$recorded_options $1"
        shift
    done
    shift
    rm -rf "$tap_work/$recorded_name".*
    mkdir "$tap_work/$recorded_name.counts"
    status=0
    # shellcheck disable=SC2086 # a list
    COUNT_DIRECTORY=$tap_work/$recorded_name.counts LD_PRELOAD=$RECORD_COUNT \
        "$ACRE" record --quiet $recorded_options -o "$tap_work/$recorded_name.acre" -- "$@" \
        >"$tap_work/$recorded_name.out" 2>"$tap_work/$recorded_name.err" </dev/null || status=$?
}

counted()
{
    "$RECORD_TOOLS/counted" "$tap_work/$1.counts"
}

figures()
{
    "$RECORD_TOOLS/recorded" "$tap_work/$1.acre"
}

field()
{
    figures "$2" | cut -d ' ' -f "$1"
}

# is WHAT WANTED GOT
is()
{
    if [ "$2" = "$3" ]; then
        tap_pass "$1"
    else
        tap_fail "$1" "wanted $2, got $3"
    fi
}

# Every call that was counted is in the trace, nothing was freed that was not seen, nothing is left over.
recorded_whole()
{
    is "$1: every call is recorded" "$(counted "$1")" "$(field 1 "$1")"
    is "$1: unknown, replaced" "0 0" "$(figures "$1" | cut -d ' ' -f 6,7)"
    is "$1: nothing was dropped" 0 "$(field 10 "$1")"
    check "$1: the raw recording is gone" [ ! -e "$tap_work/$1.acre.raw" ]
}
