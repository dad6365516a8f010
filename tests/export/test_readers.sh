#!/bin/sh
# What is exported, in the hands of those it is for: the viewer of DHAT, ms_print, speedscope, protoc, sqlite3. The
# figures that each shows are the profile's. A reader that is not there is skipped.
. "$ACRE_TESTS/cli/lib.sh"

here=$ACRE_TESTS/export
viewer=/usr/libexec/valgrind/dh_view.js
speedscope=$here/node_modules/speedscope/dist/release

# fact NAME: of the profile.
fact()
{
    sed "s/.*\"$1\": \([0-9]*\).*/\1/" "$tap_work/facts.json"
}

# with_commas NUMBER: as ms_print has it.
with_commas()
{
    echo "$1" | sed ':again; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; t again'
}

can_read()
{
    command -v "$1" >/dev/null
}

# The sum of the numbered value of all samples.
sum_of_samples()
{
    awk -v wanted="$1" '/^sample \{/ { number = 0 } /^  value:/ && ++number == wanted { sum += $2 } END { printf "%d\n", sum }' \
        "$tap_work/pprof.txt"
}

pprof_is_right()
{
    gzip -dc "$tap_work/pb.gz" | protoc --decode Profile -I "$here" "$here/pprof.proto" >"$tap_work/pprof.txt" || return 1
    grep -q '^[0-9]*:' "$tap_work/pprof.txt" && return 1 # a field that nobody knows
    [ "$(sum_of_samples 1)" = "$(fact blocks)" ] && [ "$(sum_of_samples 2)" = "$(fact bytes)" ] &&
        [ "$(sum_of_samples 3)" = "$(fact live_blocks)" ] && [ "$(sum_of_samples 4)" = "$(fact live_bytes)" ] &&
        [ "$(sum_of_samples 5)" = "$(fact peak_bytes)" ]
}

# Nothing is complained of, and the row of the peak has what was requested and what was extra.
massif_is_right()
{
    ms_print "$tap_work/massif.out" >"$tap_work/printed" 2>"$tap_work/complaint" && [ ! -s "$tap_work/complaint" ] || return 1
    [ "$(fact sites)" -gt 0 ] || return 0
    peak=$(sed -n 's/^ Detailed snapshots: \[\([0-9]*\) (peak)\]$/\1/p' "$tap_work/printed")
    awk -v row="$peak" -v heap="$(with_commas "$(fact peak_bytes)")" -v extra="$(with_commas "$(fact peak_extra_bytes)")" \
        '$1 == row && $4 == heap && $5 == extra { found = 1 } END { exit !found }' "$tap_work/printed" &&
        grep -q "($(with_commas "$(fact peak_bytes)")B) (heap allocation functions)" "$tap_work/printed"
}

sqlite_is_right()
{
    [ "$(sqlite3 "$tap_work/sqlite" 'SELECT coalesce(sum(bytes), 0), coalesce(sum(peak_bytes), 0) FROM site')" = \
        "$(fact bytes)|$(fact peak_bytes)" ] &&
        [ "$(sqlite3 "$tap_work/sqlite" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok ]
}

for profile in empty small stackless twins hostile deep; do
    check "$profile: written in every format" "$EXPORTING" "$profile" "$tap_work"
    if can_read node && [ -e "$viewer" ]; then
        check "$profile: DHAT's viewer" node "$here/dhat.mjs" "$viewer" "$tap_work/dhat.json" "$tap_work/facts.json"
    else
        skip "$profile: DHAT's viewer" 'it, or node, is not there'
    fi
    set -- "$tap_work/speedscope.json" "$tap_work/pb.gz"
    [ "$profile" = empty ] || set -- "$@" "$tap_work/collapsed.txt" # an empty file is none that it knows
    if can_read node && [ -d "$speedscope" ]; then
        check "$profile: speedscope" node "$here/speedscope.mjs" "$speedscope" "$tap_work/facts.json" "$@"
    else
        skip "$profile: speedscope" 'its package of npm, or node, is not there'
    fi
    for reader in ms_print:massif protoc:pprof sqlite3:sqlite; do
        if can_read "${reader%:*}"; then
            check "$profile: ${reader%:*}" "${reader#*:}_is_right"
        else
            skip "$profile: ${reader%:*}" 'it is not there'
        fi
    done
done

expect 4 'exporting: cannot write .*/none/collapsed.txt: No such file' -- "$EXPORTING" small "$tap_work/none"
done_testing
