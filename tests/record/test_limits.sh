#!/bin/sh
# What cannot be recorded is said in one line, and is never the program's harm.
# shellcheck disable=SC2154 # of lib.sh
. "$ACRE_TESTS/record/lib.sh"

churn="$RECORD_CHURN 2000000 1000 3 1"
cd "$tap_work"

# stopped NAME REASON
stopped()
{
    is "$1: the program went on" 0 "$status"
    check "$1: calls were dropped" [ "$(field 10 "$1")" -gt 1000 ]
    is "$1: what was recorded and dropped is all" \
        "$(counted "$1")" "$(($(field 1 "$1") + $(field 10 "$1")))"
    is "$1: not complete" 0 "$(field 9 "$1")"
    check "$1: it is said" grep -q 'incomplete: .* events were dropped' "$1.err"
    check "$1: why is in the trace" sh -c "'$ACRE' info '$1.acre' 2>&1 | grep -q '$2'"
}

# shellcheck disable=SC2086 # a list
record limit --stacks none --limit 4M -- $churn
stopped limit 'the most bytes it may have'

# A limit on the length of files: nothing is written that would end the program with a signal.
# shellcheck disable=SC2086
(
    ulimit -f 8192
    record fsize --stacks none -- $churn
    figures fsize >fsize.figures
    echo "$status" >fsize.status
    counted fsize >fsize.counted
)
is 'a limit on files: the program went on' 0 "$(cat fsize.status)"
check 'a limit on files: the recording stopped' [ "$(cut -d ' ' -f 10 fsize.figures)" -gt 1000 ]

# A disk that is full: on one of its own, where that can be had.
if unshare -rm true 2>/dev/null; then
    mkdir small
    # shellcheck disable=SC2016 # for the inner shell
    unshare -rm sh -c '
        mount -t tmpfs -o size=4m small small && cd small || exit 1
        status=0
        "$1" record --stacks none -o full.acre -- "$2" 2000000 1000 3 1 >../out 2>../err || status=$?
        echo $status >../status
        ls >../names
        "$1" record --seal full.acre.raw -o ../full.acre 2>../sealed
    ' sh "$ACRE" "$RECORD_CHURN" || :
    is 'a full disk: the status' 125 "$(cat status)"
    check 'a full disk: the program went on' grep -Eq '^[0-9.]+$' out
    check 'a full disk: it is said' grep -q 'No space left on device; what was recorded is in .*/full.acre.raw' err
    is 'a full disk: nothing half-written' full.acre.raw "$(cat names)"
    check 'a full disk: sealed elsewhere, it says what was dropped' grep -q 'events were dropped' sealed
    is 'a full disk: unknown, replaced' '0 0' "$(figures full | cut -d ' ' -f 6,7)"
else
    skip 'a full disk' 'no mount of our own can be had here'
fi

# No room for addresses: the file is shorter.
# shellcheck disable=SC2086
(
    ulimit -v 4000000
    record space --stacks none -- $churn
    echo "$status $(field 9 space)" >space.status
)
is 'a limit on addresses: recorded whole' '0 1' "$(cat space.status)"

expect 127 "^acre record: no-such-program: No such file" -- "$ACRE" record -- no-such-program
expect 127 "^acre record: ./none: No such file" -- "$ACRE" record -- ./none
printf 'no program\n' >plain
expect 126 "^acre record: ./plain: Permission denied" -- "$ACRE" record -- ./plain
expect 125 'is linked statically: no recorder can be loaded' -- "$ACRE" record -- "$RECORD_TOOLS/static"
if [ -u /usr/bin/passwd ] && [ "$(id -u)" -ne 0 ]; then
    expect 125 'runs with the rights of its owner' -- "$ACRE" record -- passwd --help
else
    cp /bin/true owned
    if chown nobody owned 2>/dev/null && chmod u+s owned; then
        expect 125 'runs with the rights of its owner' -- "$ACRE" record -- ./owned
    else
        skip 'a program with the rights of its owner' 'none can be made'
    fi
fi
mkdir closed
chmod 500 closed
if ! (: >closed/try) 2>/dev/null; then
    expect 125 '^acre record: cannot make .*closed/x.acre.raw: Permission denied' -- \
        "$ACRE" record -o closed/x.acre true
fi
expect 125 '^acre record: cannot make .*absent/x.acre.raw: No such file' -- \
    "$ACRE" record -o absent/x.acre true
expect 2 'which program' -- "$ACRE" record
expect 2 "stacks is unwind, fp or none, not 'deep'" -- "$ACRE" record --stacks deep true
expect 2 "over is jemalloc, mimalloc" -- "$ACRE" record --over hoard true
expect 2 "^acre record: --limit: '7' is not a number of bytes, as in 64K, 2M, from 1048576 to" -- "$ACRE" record --limit 7 true
expect 125 'there is no recording' -- sh -c "mkdir none.raw; '$ACRE' record --seal none.raw"

# Making a trace takes a while.
if command -v python3 >/dev/null; then
    expect 0 'of . MiB, about .* left: making the trace' -- python3 \
        "$ACRE_TESTS/support/on_terminal.py" "$ACRE" record -o long.acre -- "$RECORD_CHURN" 300000
    tap_run "$ACRE" record --quiet -o long.acre -- "$RECORD_CHURN" 300000
    check 'no progress without a terminal' test ! -s "$err"
else
    skip 'progress' 'there is no python3'
fi

# A malloc in front of the recorder's, in the program itself.
record hidden --stacks none -- "$RECORD_TOOLS/own_malloc"
is 'own malloc: the program ran' 'has allocated' "$(cat hidden.out)"
check 'own malloc: it is said' grep -q 'malloc of .*own_malloc serves the program' hidden.err

# Under another checker the recorder does nothing, and says so.
if command -v valgrind >/dev/null; then
    record checked --stacks none -- valgrind -q --trace-children=yes true
    check 'under Valgrind: it is said' grep -q 'runs under Valgrind' checked.err
else
    skip 'under Valgrind' 'there is none'
fi

done_testing
