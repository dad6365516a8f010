#!/bin/sh
# Each canary is caught, and for its own reason: what the checker says names the defect. In a run
# without a checker each one exits with 1 and says nothing of the kind.
# shellcheck disable=SC2154 # out and err are lib.sh's
. "$ACRE_TESTS/cli/lib.sh"

case ${ACRE_CHECKER:-} in
memcheck) checker=memcheck ;;
*) if [ "$CANARY_ASAN" = 1 ]; then checker=asan; else checker=none; fi ;;
esac

# caught STATUS REGEX COMMAND...: REGEX sees what was said as one line.
caught()
{
    want=$1 regex=$2
    shift 2
    tap_run "$@"
    cat "$out" >>"$err"
    tr '\n' ' ' <"$err" >"$tap_work/said"
    test "$tap_status" -eq "$want" && tap_match "$regex" "$tap_work/said" && return
    echo "exit status $tap_status, not $want, or nothing matches $regex:"
    cat "$err"
    return 1
}

left_early()
{
    ACRE_WRAPPER='' ACRE_CHECKER='' "$CANARY_MTEST" --filter canary/leaves_early >"$err" 2>&1 &&
        return 1
    cat "$err"
    grep -q 'canary::leaves_early left with exit(0) before its end' "$err"
}

# canary WHAT MEMCHECK-REGEX ASAN-REGEX COMMAND...; a regex of - means: beyond that checker.
canary()
{
    what=$1 memcheck=$2 asan=$3
    shift 3
    case $checker in
    memcheck) regex=$memcheck ;;
    asan) regex=$asan ;;
    none) regex=- ;;
    esac
    if [ "$regex" = - ]; then
        check "$what: nobody promises to catch it" caught 1 '' "$@"
    else
        check "$what: caught by $checker" caught 42 "$regex" "$@"
    fi
}

canary 'heap overflow' 'Invalid read of size 1' 'heap-buffer-overflow' "$CANARY" heap-overflow
canary 'use after free' 'Invalid read of size 1' 'heap-use-after-free' "$CANARY" use-after-free
canary 'leak' 'definitely lost' 'LeakSanitizer: detected memory leaks' "$CANARY" leak
canary 'uninitialised' 'depends on uninitialised value' - "$CANARY" uninitialised

# The programs of tests/misuse, as they are and behind the recorder.
table=$ACRE_TESTS/misuse/table.txt
row() # WORD: of $name
{
    awk -v name="$name" -v word="$1" '/^[a-z]/ { here = $0 == name }
        here && $1 == word { sub(/^ *[a-z]+ +/, ""); print }' "$table"
}
for name in $(grep '^[a-z]' "$table"); do
    for memory in bare recorded; do
        if [ "$name" = nothing ]; then
            [ "$checker" = none ] || check "$memory: $name" caught 0 '' "$MISUSE$name" $memory
        elif [ "$checker" = none ] || [ "$(row $checker)" != - ]; then
            canary "$memory: $name" "$(row memcheck)" "$(row asan)" "$MISUSE$name" $memory
        else
            check "$memory: $name is beyond $checker" caught 0 '' "$MISUSE$name" $memory
        fi
    done
done
if [ "$CANARY_UBSAN" = 1 ]; then
    check 'signed overflow: caught by UBSan' \
        caught 42 'signed integer overflow' "$CANARY" signed-overflow
else
    check 'signed overflow: nobody promises to catch it' caught 1 '' "$CANARY" signed-overflow
fi

check 'guard: a test that leaves with exit(0) fails' left_early
# The guard itself, not the wrapper's logs, names the guilty test; Criterion exits with 1.
if [ "$checker" != none ]; then
    guard=$CANARY_MTEST
    case $checker in
    memcheck)
        leaks='canary::leaks leaked [0-9]+ byte'
        overflows='canary::overflows: memcheck reported 1 error'
        ;;
    asan)
        leaks='canary::leaks leaked, see'
        overflows='heap-buffer-overflow'
        ;;
    esac
    # Without the wrapper's verdict: its status 42 would say nothing of the guard's.
    if [ "$checker" = memcheck ]; then
        set -- valgrind -q --trace-children=yes --log-file="$tap_work/guard"
        unset ACRE_WRAPPER
    else
        set --
    fi
    check 'guard: names the leaking test' caught 1 "$leaks" \
        "$@" "$guard" --filter canary/leaks
    check 'guard: the overflowing test fails' caught 1 "$overflows" \
        "$@" "$guard" --filter canary/overflows
    check 'guard: the clean test passes' caught 0 '' "$@" "$guard" --filter canary/is_clean
fi

done_testing
