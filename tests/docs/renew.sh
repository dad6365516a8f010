#!/bin/sh
# renew.sh PROGRAMS FILE...: runs what stands in the lines `<!-- measured: PROGRAM OPTION... -->` and
# puts its output into the block behind each of them. PROGRAMS is a directory. Of a benchmark's
# output what comes behind its first results is left out, but for the table of aged heaps; a line that
# ends with `| ranks -->` wants only the ranks over all sizes.
set -eu

programs=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for file in "$@"; do
    sed -n 's/^<!-- measured: \(.*\) -->$/\1/p' "$file" >"$work/commands"
    while read -r program options; do
        path=$programs/$program
        marker="<!-- measured: $program${options:+ $options} -->"
        part='/^  Results/q'
        case $options in
        *' | ranks')
            options=${options% | ranks}
            part='/^by /,/^  =:/!d'
            ;;
        esac
        if [ -d "$path" ]; then
            path=$path/$program
        fi
        # shellcheck disable=SC2086 # a list of words
        "$path" $options </dev/null >"$work/all"
        sed "$part" "$work/all" >"$work/output"
        awk '/^Aged heaps/ { print "  ...\n"; on = 1 } on && /^  [A-Z]/ { exit }
            on && !/^$/ { printf "%s", blank; blank = ""; print } on && /^$/ { blank = "\n" }' \
            "$work/all" >>"$work/output"
        awk -v marker="$marker" -v output="$work/output" '
            /^```/ && waits {
                fences++
                print
                while (fences == 1 && (getline line < output) > 0)
                    print line
                waits = fences < 2
                next
            }
            !(waits && fences == 1)
            $0 == marker { waits = 1; fences = 0 }' "$file" >"$work/new"
        cat "$work/new" >"$file"
    done <"$work/commands"
done
