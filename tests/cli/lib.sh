# Helpers for tests of command line programs, in sh, reported as TAP. Use:
#
#   . "$ACRE_TESTS/cli/lib.sh"
#   expect 2 "unknown option '--frob'" -- "$ACRE" --frob
#   expect_out 0 '^arena ' -- "$ACRE" list
#   done_testing
#
# expect STATUS REGEX -- COMMAND...      the exit status is STATUS, stderr is exactly one line and
#                                        REGEX (extended) matches it, stdout is empty
# expect_out STATUS REGEX -- COMMAND...  the exit status is STATUS, stderr is empty and REGEX
#                                        matches a line of stdout
# check WHAT COMMAND...                  the command, often a function, succeeds
# out_says [-E | -F] PATTERN             $out has it, however lines are broken and words spaced (grep)
# played_count KEY RUN                   of a run file: a number of what was played
# skip WHAT REASON                       not tried, and why
# spared                                 true for three of four calls under memcheck, where each program
#                                        takes a second: for alike cases, which the sanitizers all see
#
# A status of 128 or more is a signal and never what a test wants. An empty REGEX matches whatever
# there is, nothing included. After each expect the outputs are in the files $out and $err.
# Commands of expect and expect_out read no input and run through ACRE_WRAPPER, if set; other
# programs under test are started as tap_run PROGRAM..., which sets tap_status.
#
# Reasons go to stderr, since Meson shows only that of a test that failed.
#
# shellcheck shell=sh
set -eu

tap_number=0
tap_failures=0
tap_finished=no
tap_work=$(mktemp -d)
# shellcheck disable=SC2034 # for the tests
out=$tap_work/out err=$tap_work/err

# A test that ends before done_testing has failed, whatever it exits with.
tap_leave()
{
    tap_status=$?
    rm -rf "$tap_work"
    if [ "$tap_finished" = no ]; then
        echo "Bail out! the test ended early, with status $tap_status"
        exit 1
    fi
    exit "$tap_status"
}
trap tap_leave EXIT
trap 'exit 143' INT TERM HUP

# What TAP cannot have in a name: line ends, and the # of a directive.
tap_name()
{
    printf '%s' "$*" | tr '\n#' '  ' | cut -c 1-160
}

tap_pass()
{
    tap_number=$((tap_number + 1))
    echo "ok $tap_number - $(tap_name "$1")"
}

# tap_fail NAME REASON
tap_fail()
{
    tap_number=$((tap_number + 1))
    tap_failures=$((tap_failures + 1))
    echo "not ok $tap_number - $(tap_name "$1")"
    echo "# $(tap_name "$1"): $(tap_name "$2")" >&2
}

tap_show()
{
    sed "s/^/#   $1: /" "$2" | head -n 40 >&2
}

# tap_run COMMAND...: leaves tap_status, $out and $err.
tap_run()
{
    tap_status=0
    ${ACRE_WRAPPER:+"$ACRE_WRAPPER"} "$@" </dev/null >"$out" 2>"$err" || tap_status=$?
}

# tap_lines FILE: how many lines, counting a last one that has no end.
tap_lines()
{
    awk 'END { print NR }' "$1"
}

# tap_match REGEX FILE
tap_match()
{
    test -z "$1" || grep -Eq -e "$1" "$2"
}

out_says()
{
    tr '\n' ' ' <"$out" | tr -s ' ' | grep -q "$@"
}

played_count()
{
    sed -n '/"played"/,/}/s/.*"'"$1"'": \([0-9]*\),*/\1/p' "$2"
}

# tap_judge KIND STATUS REGEX -- COMMAND...
tap_judge()
{
    tap_kind=$1 tap_want=$2 tap_regex=$3
    if [ "$4" != -- ] || [ "$tap_want" -ge 128 ]; then
        echo "Bail out! wrong use of $tap_kind: $*"
        exit 1
    fi
    shift 4
    tap_what="$tap_kind $tap_want: $*"
    tap_run "$@"
    tap_why=
    if [ "$tap_status" -ge 128 ]; then
        tap_why="killed by signal $((tap_status - 128))"
    elif [ "$tap_status" -ne "$tap_want" ]; then
        tap_why="exit status $tap_status, not $tap_want"
    elif [ "$tap_kind" = expect ] && [ -s "$out" ]; then
        tap_why='stdout is not empty'
    elif [ "$tap_kind" = expect ] && [ "$(tap_lines "$err")" -ne 1 ]; then
        tap_why="$(tap_lines "$err") lines on stderr, not 1"
    elif [ "$tap_kind" = expect ] && ! tap_match "$tap_regex" "$err"; then
        tap_why="stderr does not match $tap_regex"
    elif [ "$tap_kind" = expect_out ] && [ -s "$err" ]; then
        tap_why='stderr is not empty'
    elif [ "$tap_kind" = expect_out ] && ! tap_match "$tap_regex" "$out"; then
        tap_why="stdout does not match $tap_regex"
    fi
    if [ -z "$tap_why" ]; then
        tap_pass "$tap_what"
    else
        tap_fail "$tap_what" "$tap_why"
        tap_show stdout "$out"
        tap_show stderr "$err"
    fi
}

tap_spared=0
spared()
{
    [ "${ACRE_CHECKER:-}" = memcheck ] || return 1
    tap_spared=$((tap_spared + 1))
    [ $((tap_spared % 4)) -ne 0 ]
}

expect()
{
    tap_judge expect "$@"
}

expect_out()
{
    tap_judge expect_out "$@"
}

check()
{
    tap_what=$1
    shift
    if "$@" >"$tap_work/check" 2>&1; then
        tap_pass "$tap_what"
    else
        tap_fail "$tap_what" "failed: $*"
        tap_show output "$tap_work/check"
    fi
}

skip()
{
    tap_number=$((tap_number + 1))
    echo "ok $tap_number - $(tap_name "$1") # SKIP $2"
}

done_testing()
{
    tap_finished=yes
    echo "1..$tap_number"
    if [ "$tap_failures" -ne 0 ]; then
        exit 1
    fi
    exit 0
}
