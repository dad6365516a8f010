#!/bin/sh
# What recording adds to a call: the same program plain, with the least that a recorder can do, with acre
# and with heaptrack, in turn, so that what the machine does meanwhile is shared fairly.
#
#   run.sh ACRE DIRECTORY [ROUNDS [CALLS]]     DIRECTORY: of churn, churn_fp and libacre-floor.so
#
# For each way the median and the least of what the program measured itself, and the difference of the
# medians to plain; bytes of the trace a call. A table for each number of blocks that live at a time, and
# one of a Python program whose stacks hardly ever stand where they stood.
set -eu

acre=$1 tools=$2 rounds=${3:-7} calls=${4:-10000000}
here=$(dirname "$0")
work=$(mktemp -d -p "${TMPDIR:-.}" acre-overhead-XXXXXX)
trap 'rm -rf "$work"' EXIT
heaptrack=$(command -v heaptrack || :)
# Itself, and not a script that starts it.
python=$(python3 -c 'import sys; print(sys.executable)' || :)

# run WAY COMMAND...: the command's own figure.
run()
{
    way=$1
    shift
    case $way in
    plain) "$@" ;;
    floor) LD_PRELOAD=$tools/libacre-floor.so "$@" ;;
    none | fp | unwind) "$acre" record --quiet --stacks "$way" -o "$work/trace" -- "$@" ;;
    # Its own lines are not the program's.
    heaptrack) heaptrack -o "$work/trace" "$@" 2>/dev/null | grep -E '^[0-9.]+$' ;;
    esac
}

# once WAY RECORDED COMMAND...: the figure, and bytes of the trace for each of so many recorded calls.
once()
{
    way=$1 recorded=$2
    shift 2
    rm -rf "$work"/trace*
    run "$way" "$@" | tr '\n' ' '
    find "$work" -name 'trace*' -printf '%s\n' | awk -v calls="$recorded" '
        { bytes += $1 } END { printf "%.2f\n", bytes / calls }'
}

churn()
{
    case $1 in
    fp) program=$tools/churn_fp ;;
    *) program=$tools/churn ;;
    esac
    once "$1" $((calls * $3)) "$program" "$calls" "$2" 8 "$3"
}

# Who wants to know how many calls these are asks `acre info`.
tree()
{
    PYTHONMALLOC=malloc once "$1" 1048576 "$python" "$here/tree.py"
}

# measure UNIT BYTES WAYS COMMAND...: the command is called with a way in front, in each round with each.
measure()
{
    unit=$1 per=$2 ways=$3 command=$4
    shift 4
    for round in $(seq 1 "$rounds"); do
        for way in $ways ${heaptrack:+heaptrack}; do
            printf '%s %s ' "$way" "$round"
            "$command" "$way" "$@"
        done
    done >"$work/figures"
    sort -k1,1 -k3,3n "$work/figures" | awk -v rounds="$rounds" -v unit="$unit" -v per="$per" '
        $1 != way { way = $1; n = 0 }
        { n++ }
        n == 1 { least[way] = $3; bytes[way] = $4 }
        n == int((rounds + 1) / 2) { median[way] = $3 }
        END {
            printf "    %-10s %10s %10s %10s %12s\n", "", unit, "least", "added", per
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
    measure 'ns a call' 'bytes a call' 'plain floor none fp unwind' churn "$live" 1
done
echo "  $calls calls by each of 2 threads, 1000 blocks live in each"
measure 'ns a call' 'bytes a call' 'plain floor none fp unwind' churn 1000 2
if [ -n "$python" ]; then
    echo '  python3, trees of dictionaries to JSON and back'
    measure 'ms' 'MiB' 'plain none unwind' tree
fi
