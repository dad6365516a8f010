#!/bin/sh
# What acre advise predicts, held against programs that are really built so: the planted ones of
# tests/advise, which take their memory from a region where they are told to, and two workloads, whose
# engine does (lifetime walked: as the advice has it, frees are left out and nothing else).
#
#   run.sh BUILD [ROUNDS]      BUILD: of a release
#
# A line each: per cent of the run that were saved, the median and the middle half of ROUNDS pairs, run
# in turn; what was predicted, as the replay has it and between which ends; by how many bytes the peak
# of what is asked for is higher, and what was predicted. Of workloads time is that of an iteration,
# in multiples of its limit, which meets the same speed of the machine, and the peak what the arenas have
# cut for blocks, live or dead, when most lives.
set -eu

build=$1 rounds=${2:-15}
acre=$build/acre
here=$(dirname "$0")
work=$(mktemp -d -p "${TMPDIR:-.}" acre-prediction-XXXXXX)
trap 'rm -rf "$work"' EXIT
planted=$work/planted
${CC:-cc} -O2 -g -fno-builtin -fno-omit-frame-pointer -fno-optimize-sibling-calls -pthread \
    -o "$planted" "$here"/../../tests/advise/planted_*.c

# quartiles: of the numbers on standard input the median, the first and the third quarter.
quartiles()
{
    sort -g | awk '{ n[NR] = $1 } END {
        printf "%.1f %.1f %.1f", n[int((NR + 1) / 2)], n[int((NR + 3) / 4)], n[int((3 * NR + 3) / 4)] }'
}

# advise OPTION... TRACE
advise()
{
    "$acre" advise --json --backends malloc,mimalloc "$@" >"$work/advice.json"
}

# peak TRACE: most bytes that were live.
peak()
{
    "$acre" info --json "$1" | jq '.total.peak_bytes'
}

# line NAME RUN 'MEDIAN LOW HIGH' MORE
line()
{
    # shellcheck disable=SC2046,SC2086 # words
    printf '  %-42s %9s  %5s [%s, %s]%s\n' "$1" "$2" $(echo "$3" | awk '{ print $1, $2, $3 }') "$(
        jq -r --arg more "$4" '.recordings[0] |
            "     \(.proof.gained.point * 10 | round / 10) [\(.proof.gained.least * 10 | round / 10), " +
            "\(.proof.gained.most * 10 | round / 10)]     \($more) [\(.planned_peak_bytes - .peak_bytes), " +
            "\(.most_extra_bytes)]"' "$work/advice.json")"
}

measured()
{
    PLANTED_TIME=1 "$planted" "$@" | sed -n 's/^NS //p'
}

# built SCENARIO TURNS
built()
{
    : >"$work/pairs"
    for round in $(seq 1 "$rounds"); do
        echo "$(measured "$1" 1 "$2") $(measured "$1" 1 "$2" region)" >>"$work/pairs"
    done
    run_ns=$(sort -n "$work/pairs" | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }')
    saved=$(awk '{ print 100 * (1 - $2 / $1) }' "$work/pairs" | quartiles)
    "$acre" record --quiet -o "$work/plain.acre" -- "$planted" "$1" 1 "$2" >"$work/out"
    "$acre" record --quiet -o "$work/built.acre" -- "$planted" "$1" 1 "$2" region >"$work/out"
    advise --run "$planted $1 1 $2" "$work/plain.acre"
    line "$1" "$(awk -v ns="$run_ns" 'BEGIN { printf "%.1f ms", ns / 1e6 }')" "$saved" \
        $(($(peak "$work/built.acre") - $(peak "$work/plain.acre")))
}

# workload NAME OPTION...
workload()
{
    name=$1
    shift
    "$build/bench/$name" "$@" --backends malloc,arena --lifetimes weak,walked --rounds "$rounds" \
        --memory-ms 0 --quiet --json "$work/run.json"
    saved=$(jq -r '[.cells[] | select(.x_limit | length > 0)] |
        (map(select(.key.backend == "malloc"))[0].x_limit) as $plain |
        (map(select(.key.backend == "arena"))[0].x_limit) as $built |
        range($plain | length) | 100 * (1 - $built[.] / $plain[.])' "$work/run.json" | quartiles)
    ns=$(jq '[.cells[] | select(.key.backend == "malloc") | .ns_per_iteration] | .[0] | sort |
        .[length / 2 | floor]' "$work/run.json")
    higher=$(jq '[.cells[] | select(.recorded != null)] |
        (map(select(.key.backend == "malloc"))[0].recorded.peak_bytes) as $plain |
        map(select(.key.backend == "arena"))[0].waste.peak.figures |
        map(select(.name == "given"))[0].number - $plain' "$work/run.json")
    "$acre" record --quiet -o "$work/plain.acre" -- "$build/bench/$name" --in-process --backends malloc \
        --lifetimes weak --rounds 1 --memory-ms 0 "$@" >"$work/out"
    "$acre" advise --json --no-proof "$work/plain.acre" >"$work/advice.json"
    advise --run-time "$(jq --argjson ns "$ns" '[.regions[].recordings[0].firings] | add * $ns / 1e9' \
        "$work/advice.json" | awk '{ printf "%.9f", $1 }')" "$work/plain.acre"
    line "$name $*" "$(awk -v ns="$ns" 'BEGIN { printf "%.1f us", ns / 1e3 }')" "$saved" "$higher"
}

echo '                                                   run  saved, % of it        predicted             peak higher by, predicted'
built request 20000
built seed_order 30000
built nested 8000
built kept_result 20000
built grown_within 10000
workload square-chain --elements 100 --fill randn
workload square-chain --elements 1000 --fill randn
workload square-chain --elements 10000 --fill randn
workload mlp
