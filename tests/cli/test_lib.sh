#!/bin/sh
# The helpers of lib.sh bite: what they must refuse is tried here, each in a shell of its own.
. "$ACRE_TESTS/cli/lib.sh"

# Nothing here is a program under test.
unset ACRE_WRAPPER

# verdict WANT SCRIPT: WANT is the first word of TAP's line, or the end of a test without one.
verdict()
{
    printf '. "$ACRE_TESTS/cli/lib.sh"\n%s\n' "$2" >"$tap_work/case"
    status=0
    sh "$tap_work/case" >"$tap_work/verdict" 2>&1 || status=$?
    case $1 in
    ok) test "$status" -eq 0 && grep -q '^ok 1 ' "$tap_work/verdict" ;;
    not) test "$status" -eq 1 && grep -q '^not ok 1 ' "$tap_work/verdict" ;;
    bail) test "$status" -eq 1 && grep -q '^Bail out!' "$tap_work/verdict" ;;
    *) false ;;
    esac && return
    echo "status $status"
    cat "$tap_work/verdict"
    return 1
}

accepts()
{
    check "accepts: $1" verdict ok "$2; done_testing"
}

refuses()
{
    check "refuses: $1" verdict not "$2; done_testing"
}

accepts 'status and one line' 'expect 2 "^bad: x$" -- sh -c "echo bad: x >&2; exit 2"'
accepts 'a line without its end' 'expect 2 bad -- sh -c "printf bad >&2; exit 2"'
refuses 'another status' 'expect 2 bad -- sh -c "echo bad >&2; exit 3"'
refuses 'success instead of failure' 'expect 2 bad -- sh -c "echo bad >&2"'
refuses 'another message' 'expect 2 good -- sh -c "echo bad >&2; exit 2"'
refuses 'no message' 'expect 2 "" -- sh -c "exit 2"'
refuses 'two lines' 'expect 2 bad -- sh -c "echo bad >&2; echo bad >&2; exit 2"'
refuses 'a second line without its end' 'expect 2 bad -- sh -c "printf \"bad\nmore\" >&2; exit 2"'
refuses 'something on stdout' 'expect 2 bad -- sh -c "echo x; echo bad >&2; exit 2"'
refuses 'a signal' 'expect 2 bad -- sh -c "echo bad >&2; kill -SEGV \$\$"'
refuses 'a program that is not there' 'expect 2 bad -- /nonexistent/program'
check 'a signal cannot be asked for' verdict bail 'expect 139 "" -- true; done_testing'
check 'a missing -- is noticed' verdict bail 'expect 0 "" true; done_testing'

accepts 'output' 'expect_out 0 "^b$" -- printf "a\nb\n"'
accepts 'no output where none is asked for' 'expect_out 0 "" -- true'
accepts 'no input' 'expect_out 0 "^0$" -- wc -c'
refuses 'other output' 'expect_out 0 "^c$" -- printf "a\nb\n"'
refuses 'output with a word on stderr' 'expect_out 0 a -- sh -c "echo a; echo b >&2"'
refuses 'output with another status' 'expect_out 0 a -- sh -c "echo a; exit 1"'
refuses 'a check that fails' 'check it false'
accepts 'a check that succeeds' 'check it true'
accepts 'what is skipped' 'skip it "for a reason"'

check 'an early end is a failure' verdict bail 'check it true; exit 0'
check 'a command that fails in between is a failure' verdict bail 'false; done_testing'

ACRE_WRAPPER=false
export ACRE_WRAPPER
refuses 'a success that the wrapper refuses' 'expect_out 0 a -- echo a'
unset ACRE_WRAPPER
done_testing
