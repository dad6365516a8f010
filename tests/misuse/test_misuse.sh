#!/bin/sh
# Each program of this directory does to a guard, to the engine's checks and to nobody what table.txt
# says, and docs/misuse.md shows that table. Memcheck and ASan: tests/canary/reasons.sh.
. "$ACRE_TESTS/cli/lib.sh"

table=$ACRE_TESTS/misuse/table.txt
ulimit -c 0

row() # WORD: of $name
{
    awk -v name="$name" -v word="$1" '/^[a-z]/ { here = $0 == name }
        here && $1 == word { sub(/^ *[a-z]+ +/, ""); print }' "$table"
}

# says STATUS SENTENCE COMMAND...: exactly that, on standard error, an address being 0x?.
says()
{
    want=$1 sentence=$2
    shift 2
    tap_run "$@" 2>/dev/null
    # The shell has its say on signals as well.
    sed 's/0x[0-9a-f]\{1,\}/0x?/g; /^Aborted$/d; /^Segmentation fault$/d' "$err" >"$tap_work/said"
    printf '%s' "${sentence:+$sentence
}" | cmp -s - "$tap_work/said" && [ "$tap_status" -eq "$want" ] && [ ! -s "$out" ] && return
    echo "status $tap_status, not $want; or it is not what it should say:"
    cat "$tap_work/said"
    return 1
}

for name in $(grep '^[a-z]' "$table"); do
    guard=$(row guard)
    case $guard in
    -) check "guard: $name" says 0 '' "$MISUSE$name" guard ;;
    *' '*) check "guard: $name" says "${guard%% *}" "${guard#* }" "$MISUSE$name" guard ;;
    *) check "guard: $name" says "$guard" '' "$MISUSE$name" guard ;;
    esac
    tap_run "$MISUSE$name" unarmed 2>/dev/null
    check "alone: $name" test "$tap_status" -eq "$(row alone)"
    if [ "$(row engine)" != - ]; then
        check "engine: $name" says 134 "$(row engine)" "$MISUSE$name" engine
    fi
done

check 'a program has a row' sh -c '
    cd "$1" && ls *.c | sed "s/\.c$//" | sort >"$2" && grep "^[a-z]" table.txt | sort | cmp - "$2"' \
    sh "$ACRE_TESTS/misuse" "$tap_work/programs"
awk -f "$ACRE_TESTS/misuse/table.awk" "$table" >"$tap_work/shown"
check 'docs/misuse.md shows the table' sh -c '
    sed -n "/^| misuse |/,/^\$/p" "$1" | sed "/^\$/d" | diff - "$2"' \
    sh "$ACRE_TESTS/../docs/misuse.md" "$tap_work/shown"
done_testing
