#!/bin/sh
# Marks of a program: in C and C++, position independent or not, and from a library; nothing where
# nothing is recorded.
# shellcheck disable=SC2154 # of lib.sh
. "$ACRE_TESTS/record/lib.sh"

for program in marks marks_fixed marks_cpp; do
    is "$program without a recording" 'done' "$("$RECORD_TOOLS/$program")"
    record marks --stacks none -- "$RECORD_TOOLS/$program"
    is "$program: its output" 'done' "$(cat "$tap_work/marks.out")"
    tap_run "$ACRE" info "$tap_work/marks.acre"
    check "$program: scopes" grep -Eq 'request: 10$' "$out"
    check "$program: nested scopes" grep -Eq 'element: 30$' "$out"
    check "$program: a purpose that acre has too" grep -Eq '^ *data +15 +1.46 KiB' "$out"
    check "$program: a purpose of its own" grep -Eq '^ *reply +15 +1.46 KiB' "$out"
done

done_testing
