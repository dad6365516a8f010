#!/bin/sh
# Killed at any moment, a process of one or several threads has lost no more than the call that each of
# them was in. $KILLS times; 40 where nothing else is said.
# shellcheck disable=SC2154 # of lib.sh
. "$ACRE_TESTS/record/lib.sh"

kills=${KILLS:-40}
most=0
for i in $(seq 1 "$kills"); do
    threads=$((1 + i % 4))
    seconds=$(printf '0.%03d' $((5 + i * 7919 % 90)))
    case $((i % 3)) in
    0) stacks=none ;;
    *) stacks=fp ;;
    esac
    record kill --stacks $stacks -- timeout -s KILL "$seconds" \
        "$RECORD_CHURN" 1000000000 1000 5 $threads
    # A death is recorded in front of its call, and counted in it; a birth is counted first.
    lost=$(($(counted kill) - $(field 1 kill)))
    [ "$lost" -ge 0 ] || lost=$((0 - lost))
    [ "$lost" -le "$most" ] || most=$lost
    if [ "$lost" -gt "$threads" ] || [ "$(figures kill | cut -d ' ' -f 6,7)" != '0 0' ]; then
        tap_fail "kill $i after $seconds s with $threads threads, $stacks" \
            "counted $(counted kill), recorded $(figures kill)"
    fi
done
tap_pass "$kills kills, at most $most calls lost in one"

# The recording program itself is killed: what is left is sealed later.
mkdir "$tap_work/left"
"$ACRE" record --quiet --stacks fp -o "$tap_work/left/left.acre" -- \
    "$RECORD_CHURN" 1000000000 1000 5 1 >/dev/null 2>&1 &
recorder=$!
tries=0
until [ -e "$tap_work/left/left.acre.raw" ] || [ $tries -gt 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
sleep 0.2
kill -KILL $recorder
wait $recorder 2>/dev/null || :
program=$(pgrep -f "$RECORD_CHURN 1000000000 1000 5 1" | head -n 1)
kill -KILL "$program"
sleep 0.2
check 'no trace is there' [ ! -e "$tap_work/left/left.acre" ]
expect 0 'calls of 1 process in .*left.acre' -- "$ACRE" record --seal "$tap_work/left/left.acre.raw"
set -- $("$RECORD_TOOLS/recorded" "$tap_work/left/left.acre")
check 'what was left is a trace' [ "$1" -gt 1000 ]
is 'which is not complete' 0 "$9"
check 'the raw recording is gone' [ ! -e "$tap_work/left/left.acre.raw" ]

done_testing
