#!/bin/sh
# However a process ends, forks, becomes another or loses a library: every call is in the trace.
# shellcheck disable=SC2154 # of lib.sh
. "$ACRE_TESTS/record/lib.sh"

# ends HOW STATUS STREAMS COMPLETE
ends()
{
    for stacks in none fp unwind; do
        record "$1" --stacks $stacks -- "$RECORD_TOOLS/ends" "$1"
        is "$1, $stacks: the program's status" "$2" "$status"
        if [ $stacks = unwind ]; then
            # Loading the unwinder is counted, and not recorded.
            is "$1, unwind: calls, unknown, replaced" "$before" "$(figures "$1" | cut -d ' ' -f 1,6,7)"
        else
            recorded_whole "$1"
            before=$(figures "$1" | cut -d ' ' -f 1,6,7)
        fi
        is "$1, $stacks: streams, complete ones" "$3 $4" "$(figures "$1" | cut -d ' ' -f 8,9)"
    done
}

ends return 6 1 1
ends exit 3 1 1
ends _exit 4 1 1
ends quick_exit 5 1 1
ends abort 134 1 0
ends segv 139 1 0
ends kill 137 1 0
ends exec 0 2 1
ends fork 0 15 15
ends vfork 0 11 11
ends threads 0 1 1
ends closefrom 0 1 1

# While other threads walk stacks under the loader's lock.
record forks --stacks unwind -- "$RECORD_TOOLS/forks" 20
is 'forks among walks: no child waits for a lock' '20 children ended' "$(cat "$tap_work/forks.out")"
is 'forks among walks: streams, complete ones' '21 21' "$(figures forks | cut -d ' ' -f 8,9)"

# What dlopen itself allocates depends on what is loaded already, the unwinder's libraries among it.
for stacks in none fp; do
    record dlclose --stacks $stacks -- "$RECORD_TOOLS/ends" dlclose
    recorded_whole dlclose
done

record odd --stacks fp -- "$RECORD_TOOLS/odd_calls"
is 'odd calls are answered as they should be' 'all as it should be' "$(cat "$tap_work/odd.out")"
is 'odd calls: refused' 5 "$(field 5 odd)"
is 'odd calls: unknown, replaced, complete' '0 0 1' "$(figures odd | cut -d ' ' -f 6,7,9)"

# Handlers of signals, in the middle of the recorder.
for stacks in none fp unwind; do
    record handlers --stacks $stacks --over "$RECORD_BUMP" -- "$RECORD_TOOLS/handlers"
    is "handlers, $stacks: every call is recorded" \
        "$(sed -n 's/^calls //p' "$tap_work/handlers.err")" "$(field 1 handlers)"
    is "handlers, $stacks: unknown, replaced, dropped" '0 0 0' \
        "$(figures handlers | cut -d ' ' -f 6,7,10)"
done

done_testing
