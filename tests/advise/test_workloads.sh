#!/bin/sh
# The engine's own workloads, recorded on malloc under lifetime weak: what is advised is what the
# lifetimes region and walked are built like. With the marks of their iterations, and without any.
. "$ACRE_TESTS/cli/lib.sh"

# advise COMMAND... : of its recording.
advise()
{
    tap_run "$ACRE" record --quiet -o "$tap_work/workload.acre" "$@" --in-process --quiet \
        --backends malloc --lifetimes weak --rounds 1 --memory-ms 0
    test "$tap_status" -eq 0 && tap_run "$ACRE" advise --no-proof --wide "$tap_work/workload.acre" &&
        test "$tap_status" -eq 0
}

# told WHAT PATTERN COMMAND...
told()
{
    what=$1 pattern=$2
    shift 2
    check "$what: recorded and advised on" advise "$@"
    check "$what: $pattern" out_says -E "$pattern"
}

# What is made before the loop by the lines that make its blocks: by one function.
weights_stay()
{
    tap_run "$ACRE" advise --no-proof --json "$tap_work/workload.acre"
    test "$(sed -n '/"lasting"/,/"refuted_births"/s/.*"acre_weights_make".*/weights/p' "$out" | wc -l)" -ge 3
}

# of_all WHAT SQUARE_CHAIN MLP HANDOFF: each the words of a command.
of_all()
{
    # shellcheck disable=SC2086 # words
    {
        told "$1, square-chain" '\(9[0-9.]* %\) go in.* Region 1, two in rotation:' $2 --elements 100 --fill randn
        told "$1, square-chain, the old dropped first" '\(9[0-9.]* %\) go in.* Region 1:' \
            $2 --elements 100 --fill randn --order drop-first
        told "$1, mlp" '\([7-9][0-9.]* %\) go in.* Region 1:' $3
        check "$1, mlp: the weights are not to move" weights_stay
        told "$1, handoff" 'Cannot tell|Not worth it' $4
    }
    check "$1, handoff: no region" test "$(grep -c '^Region' "$out")" -eq 0
}

of_all 'marked' "$SQUARE_CHAIN" "$MLP" "$HANDOFF"
of_all 'unmarked' "$UNMARKED square-chain" "$UNMARKED mlp" "$UNMARKED handoff"

done_testing
