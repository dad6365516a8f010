#!/bin/sh
# Call stacks are those that the C library tells the program itself: through recursion, libraries,
# coroutines, handlers of signals on stacks of their own, and threads; with frame pointers and without.
# shellcheck disable=SC2154 # of lib.sh
. "$ACRE_TESTS/record/lib.sh"

# agree PROGRAM STACKS
agree()
{
    record stacks --stacks "$2" -- "$RECORD_TOOLS/$1" "$tap_work/told"
    said=$("$RECORD_TOOLS/stacks_agree" "$tap_work/stacks.acre" "$tap_work/told" | tail -n 1)
    case $said in
    *[1-9]*' stacks agree, 0 do not') tap_pass "$1 with --stacks $2: $said" ;;
    *) tap_fail "$1 with --stacks $2" "$said" ;;
    esac
}

agree stacks unwind
agree stacks_fp unwind
agree stacks_fp fp

# Without frame pointers the walk by them is not right: the comparison can fail.
record stacks --stacks fp -- "$RECORD_TOOLS/stacks" "$tap_work/told"
if "$RECORD_TOOLS/stacks_agree" "$tap_work/stacks.acre" "$tap_work/told" >"$out"; then
    tap_fail 'the comparison can fail' "$(tail -n 1 "$out")"
else
    tap_pass 'the comparison can fail'
fi

done_testing
