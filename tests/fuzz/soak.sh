#!/bin/sh
# soak.sh SECONDS: builds the fuzz targets with clang's libFuzzer and lets each run so long, from its
# corpus on. Prints TAP; what breaks a target is kept beside the corpus, to be added to it.
set -eu

seconds=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP

if ! command -v clang >/dev/null; then
    echo '1..0 # SKIP no clang'
    exit 0
fi
if ! CC=clang meson setup "$work/build" "$here/../.." --buildtype=debugoptimized -Dfuzz=enabled \
    -Dtests=enabled -Dcharts=disabled -Db_sanitize=address,undefined -Db_lundef=false >"$work/log" 2>&1 ||
    ! ninja -C "$work/build" tests/fuzz/fuzz_trace tests/fuzz/fuzz_run >>"$work/log" 2>&1; then
    cat "$work/log" >&2
    echo 'Bail out! the targets cannot be built'
    exit 1
fi

number=0 status=0
for target in trace run; do
    number=$((number + 1))
    cp -R "$here/corpus_$target" "$work/corpus_$target"
    # What UBSan finds is an abort, so that libFuzzer keeps the input.
    if UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1 "$work/build/tests/fuzz/fuzz_$target" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 \
        -artifact_prefix="$here/broken_${target}_" "$work/corpus_$target" >"$work/log" 2>&1; then
        echo "ok $number - $target"
    else
        echo "not ok $number - $target"
        tail -n 40 "$work/log" >&2
        status=1
    fi
    sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/# figure: '"$target"': \1 inputs in \2 s/p' \
        "$work/log"
done
echo "1..$number"
exit "$status"
