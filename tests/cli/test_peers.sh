#!/bin/sh
# Every peer that is there reads the same values from its nodes, in every task.
. "$ACRE_TESTS/cli/lib.sh"

expect_out 0 'Results identical in every peer' -- "$PEERS" --rounds 1 --nodes 60 --graphs 20
check 'the engine does every task' sh -c '! grep -E "^  acre .* - " "$1"' sh "$out"
expect 2 "unknown option '--frob'" -- "$PEERS" --frob
expect 2 "unexpected argument 'x'" -- "$PEERS" x
expect 2 '--nodes' -- "$PEERS" --nodes 0
expect_out 0 '^usage: peers' -- "$PEERS" --help
done_testing
