#!/bin/sh
# acre check: good allocators keep the contract, each broken one is caught with its mistake.
. "$ACRE_TESTS/cli/lib.sh"

expect_out 0 '^usage:' -- "$ACRE" check --help
expect 2 'which backend' -- "$ACRE" check
expect 2 "unknown backend 'frob'" -- "$ACRE" check frob
expect 2 "'chunks' is unknown" -- "$ACRE" check arena:chunks=1
expect 2 '--steps' -- "$ACRE" check --steps x malloc
expect 6 'libnone.so' -- "$ACRE" check so:/none/libnone.so
expect_out 0 '^    threads    any at any time' -- "$ACRE" list
check 'one at a time: arena, pool, reap and the arenas of jemalloc' \
    sh -c 'test "$(grep -c "^    threads    one thread at a time" "$1")" -eq 4' sh "$out"
check 'only its maker: the heaps of mimalloc' \
    sh -c 'test "$(grep -c "^    threads    only the thread that made it" "$1")" -eq 1' sh "$out"
expect_out 0 'region +kept' -- "$ACRE" check --steps 2000 malloc jemalloc-arena mimalloc-heap reap
check 'seven allocators were checked' sh -c 'test "$(grep -c " kept (call " "$1")" -eq 7' sh "$out"
expect 4 'cannot write standard output' -- sh -c '"$@" >/dev/full' sh "$ACRE" check --steps 1 pool

# breach WORDS LIBRARY: exit status 1, and a sentence that names the mistake.
breach()
{
    expect_out 1 "BREACH: .*$1" -- "$ACRE" check --steps 2000 "so:$2"
}
if [ -n "${PLAIN_MALLOC:-}" ]; then # not with a sanitizer
    expect_out 0 'functions +kept' -- "$ACRE" check --steps 2000 "so:$PLAIN_MALLOC" "so:$ALIGNED_MALLOC"
    expect_out 0 'functions +kept' -- "$ACRE" check --steps 1000 "so:$SOUND_MALLOC"
    breach 'overlaps a live one' "$OVERLAPS_MALLOC"
    breach 'is not aligned to 32' "$MISALIGNS_MALLOC"
    breach 'realloc loses what was in the block' "$LOSES_MALLOC"
    breach 'calloc is not zero' "$UNCLEAN_MALLOC"
    breach 'it crashes' "$CRASHES_MALLOC"
    breach 'among 4 threads: .* (overlaps|has changed)' "$RACES_MALLOC"
    breach 'among 4 threads: .* (overlaps|has changed)' "$STRAYS_MALLOC"
fi
done_testing
