#!/bin/sh
# run.sh [--update] [--baseline FILE] STEPS [CELL...]: counts what each cell of the program `steps`
# does, and holds it against a stored baseline. Prints TAP. A CELL is the beginning of a name; all
# cells are counted where there is none. --update writes the baseline instead.
#
#   instructions   of 100 iterations under callgrind: what 200 have more than 100, so that starting,
#                  warming up and writing down cancel. More are a failure; fewer are told. No growth
#                  is tolerated, since there is no noise: the same program counts the same each time.
#                  Another compiler, C library or valgrind makes another program: not comparable.
#   the rest       exact counters of three recorded iterations, which no compiler changes: equal
set -eu

here=$(cd "$(dirname "$0")" && pwd)
stored=$here/baseline.txt
baseline=$stored update=no

give_up()
{
    echo "instructions: $*" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
    --update) update=yes ;;
    --baseline)
        [ $# -gt 1 ] || give_up '--baseline wants a file'
        baseline=$2
        shift
        ;;
    -*) give_up "unknown option '$1'" ;;
    *) break ;;
    esac
    shift
done
[ $# -gt 0 ] || give_up 'which program? bench/steps of a build directory'
steps=$1
shift
if [ "$update" = yes ] && [ "$baseline" = "$stored" ] && [ $# -gt 0 ]; then
    give_up '--update counts all cells; with a baseline of your own (--baseline) some will do'
fi
command -v valgrind >/dev/null || give_up 'valgrind is not installed'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP

"$steps" --list >"$work/all"
if [ $# -gt 0 ]; then
    for cell; do
        awk -v begin="$cell" 'index($0, begin) == 1' "$work/all"
    done >"$work/cells"
else
    cp "$work/all" "$work/cells"
fi
[ -s "$work/cells" ] || give_up "no cell begins with '$*'"

# What decides which instructions a program has. The processor is the one that valgrind plays.
tools="$(valgrind -q --tool=none "$steps" --built-by), $(ldd --version | sed -n '1s/^ldd (\(.*\)).*/\1/p'), $(valgrind --version)"

# A line for each cell, in time (a cell takes a second). An environment of one's own: its size moves
# the stack.
xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 1 sh -c '
    file=$1/$(echo "$2" | tr / -)
    counters=$(timeout 60 "$0" "$2") || exit 255
    env -i PATH="$PATH" timeout 300 valgrind -q --tool=callgrind --callgrind-out-file="$file" \
        "$0" "$2" 100 || exit 255
    once=$(sed -n "s/^totals: //p" "$file.2") twice=$(sed -n "s/^totals: //p" "$file.3")
    echo "$2 $((twice - once)) $counters"' "$steps" "$work" <"$work/cells" >"$work/lines" ||
    give_up 'a cell could not be counted'
sort "$work/lines" >"$work/sorted"

if [ "$update" = yes ]; then
    {
        echo '# Written by ./dev instructions --update. Instructions: of 100 iterations, counted by'
        echo '# callgrind. The rest: of three recorded iterations.'
        echo "# made with $tools"
        echo 'cell instructions allocations frees resets requested peak leaked checksum' |
            cat - "$work/sorted" |
            awk '{ printf "%-36s %12s %11s %5s %6s %9s %6s %6s  %s\n", $1, $2, $3, $4, $5, $6, $7, $8, $9 }'
    } >"$baseline.new"
    mv "$baseline.new" "$baseline"
    echo "instructions: wrote $baseline" >&2
    exit 0
fi
[ -r "$baseline" ] || give_up "$baseline cannot be read; --update writes one"
whole=no
[ $# -gt 0 ] || whole=yes
awk -v tools="$tools" -v whole="$whole" -f "$here/compare.awk" "$baseline" "$work/sorted"
