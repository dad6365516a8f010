#!/bin/sh
# What recording adds to a call: the same program plain, with the least that a recorder can do, with acre
# and with heaptrack, in turn, so that what the machine does meanwhile is shared fairly.
#
#   run.sh ACRE DIRECTORY [ROUNDS [CALLS]]     DIRECTORY: of churn, churn_fp and libacre-floor.so
#
# For each way the median and the least of the nanoseconds a call, and the difference of the medians to
# plain; bytes of the trace a call. A line for each number of blocks that live at a time.
set -eu

acre=$1 tools=$2 rounds=${3:-7} calls=${4:-10000000}
work=$(mktemp -d -p "${TMPDIR:-.}" acre-overhead-XXXXXX)
trap 'rm -rf "$work"' EXIT
heaptrack=$(command -v heaptrack || :)

# once WAY LIVE THREADS: prints nanoseconds a call, and bytes of the trace a call.
once()
{
    rm -rf "$work"/trace*
    case $1 in
    plain) "$tools/churn" "$calls" "$2" 8 "$3" ;;
    floor) LD_PRELOAD=$tools/libacre-floor.so "$tools/churn" "$calls" "$2" 8 "$3" ;;
    fp) "$acre" record --quiet --stacks fp -o "$work/trace" -- "$tools/churn_fp" "$calls" "$2" 8 "$3" ;;
    none | unwind)
        "$acre" record --quiet --stacks "$1" -o "$work/trace" -- "$tools/churn" "$calls" "$2" 8 "$3"
        ;;
    heaptrack)
        # Its own lines are not the program's.
        heaptrack -o "$work/trace" "$tools/churn" "$calls" "$2" 8 "$3" 2>/dev/null |
            grep -E '^[0-9.]+$'
        ;;
    esac | tr '\n' ' '
    find "$work" -name 'trace*' -printf '%s\n' | awk -v calls="$calls" -v threads="$3" '
        { bytes += $1 } END { printf "%.2f\n", bytes / calls / threads }'
}

measure()
{
    for round in $(seq 1 "$rounds"); do
        for way in plain floor none fp unwind ${heaptrack:+heaptrack}; do
            printf '%s %s ' "$way" "$round"
            once "$way" "$1" "$2"
        done
    done >"$work/figures"
    sort -k1,1 -k3,3n "$work/figures" | awk -v rounds="$rounds" '
        $1 != way { way = $1; n = 0 }
        { n++ }
        n == 1 { least[way] = $3; bytes[way] = $4 }
        n == int((rounds + 1) / 2) { median[way] = $3 }
        END {
            printf "    %-10s %10s %10s %10s %12s\n", "", "ns a call", "least", "added ns", "bytes a call"
            count = split("plain floor none fp unwind heaptrack", ways, " ")
            for (i = 1; i <= count; i++) {
                way = ways[i]
                if (way in median)
                    printf "    %-10s %10.1f %10.1f %10.1f %12s\n", way, median[way], least[way],
                        median[way] - median["plain"], (bytes[way] > 0 ? bytes[way] : "-")
            }
        }'
}

for live in 1000 100000; do
    echo "  $calls calls from 13 functions deep, $live blocks live, 1 thread"
    measure "$live" 1
done
echo "  $calls calls by each of 2 threads, 1000 blocks live in each"
measure 1000 2
