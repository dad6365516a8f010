#!/bin/sh
# What gcc -fanalyzer, clang-tidy and cppcheck say of the sources. Each must name the defect of
# canary.c, and say what accepted.txt lists: nothing else, and no less. Prints TAP.
#
# gcc looks at unoptimised code: from -O1 on it drops the canary's malloc and free before it looks.
# Its search for leaks is left out: for gcc 12 a block is lost that belongs to what the caller gets.
# Leaks are what memcheck and LeakSanitizer look for, while every allocation fails once.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
accepted=$here/accepted.txt canary=tests/analysis/canary.c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP
jobs=$(getconf _NPROCESSORS_ONLN)
cd "$root"
# binary_main.c is compiled once a workload, with its name; the peers are not acre.
sources=$(find alloc core trace record symbols profile export import replay advise report plot history page bench cli -name '*.c' ! -path 'bench/peers/*' ! -name binary_main.c |
    sort)

bail_out()
{
    cat "$work/log" >&2
    echo "Bail out! $*"
    exit 1
}

# A build directory for the headers that are made and the options of each file.
CC=clang CFLAGS='' meson setup "$work/build" --buildtype=plain -Dtests=disabled -Dvalgrind=disabled \
    -Dchecks=enabled >"$work/log" 2>&1 && ninja -C "$work/build" page/page_stamp.h >>"$work/log" 2>&1 ||
    bail_out 'nothing can be configured'

# Where Debian has the headers of Lua.
LUA_INCLUDE=$(pkg-config --cflags-only-I lua5.4)
export LUA_INCLUDE

# Each tool prints what it has to say of the files it is given, in the form of gcc.
tool_gcc()
{
    printf '%s\n' "$@" | xargs -P "$jobs" -n 8 sh -c '
        for file; do
            case $file in
            *_avx2.c) options=-mavx2 ;;
            *_avx512.c) options="-mavx512f -mavx512dq" ;;
            *) options= ;;
            esac
            gcc -std=gnu17 -D_GNU_SOURCE -I . -I "$0" $LUA_INCLUDE $options -fanalyzer -Wno-analyzer-malloc-leak \
                -c -o /dev/null "$file" || echo "$file:1:1: error: not compiled [not-compiled]"
        done' "$work/build" 2>&1
}

tool_clang_tidy()
{
    printf '%s\n' "$@" | xargs -P "$jobs" -n 4 sh -c '
        for file; do
            clang-tidy -p "$0" --quiet "$file" 2>&1
        done' "$work/build"
}

tool_cppcheck()
{
    # It has no limits.h, and without this Lua's headers take it for a compiler of C89.
    # shellcheck disable=SC2086 # options
    cppcheck --quiet --enable=warning,portability,performance --std=c11 -j "$jobs" -I . \
        -I "$work/build" $LUA_INCLUDE -D_GNU_SOURCE \
        -DLLONG_MAX=9223372036854775807LL \
        --template='{file}:{line}:{column}: warning: {message} [{id}]' "$@" 2>&1
}

# TOOL FILE...: "FILE CHECK COUNT", one line each, of all it said.
findings_of()
{
    tool=$1
    shift
    "tool_$tool" "$@" >"$work/said" || :
    sed -n 's,^.*\(\(alloc\|core\|trace\|record\|symbols\|profile\|export\|import\|replay\|advise\|report\|plot\|history\|page\|bench\|cli\|tests/analysis\)/[^:]*\):[0-9]*:[0-9]*: [a-z ]*: .*\[\([^]]*\)\]$,\1 \3,p' \
        "$work/said" | sort | uniq -c | awk '{ print $2, $3, $1 }'
}

number=0
result() # STATUS NAME
{
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
    fi
}

echo "1..6"
for tool in gcc clang_tidy cppcheck; do
    status=0
    findings_of "$tool" "$canary" >"$work/canary"
    grep -Eq 'double-free|unix.Malloc|doubleFree' "$work/canary" || status=1
    result "$status" "$tool names the double free of its canary"

    # shellcheck disable=SC2086 # a list
    findings_of "$tool" $sources >"$work/found"
    awk -v tool="$tool" '$1 == tool { print $2, $3, $4 }' "$accepted" | sort >"$work/expected"
    status=0
    sort "$work/found" | diff "$work/expected" - >"$work/difference" || status=1
    result "$status" "$tool says of the sources what was accepted, no more and no less"
    if [ "$status" -ne 0 ]; then
        sed -n -e 's/^>/# new, or more of them: FILE CHECK COUNT/p' \
            -e 's/^</# accepted, but not found so: FILE CHECK COUNT/p' "$work/difference"
        grep -E '(warning|error):' "$work/said" | sed 's/^/# /' | head -n 60
    fi
done
