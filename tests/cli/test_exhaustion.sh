#!/bin/sh
# An address space that is really too small, on every backend: one line that says so, status 6 (a
# cell failed), no signal. What fails on order is in tests/bench/oom_sweep.c.
. "$ACRE_TESTS/cli/lib.sh"

# exhausted BACKEND LIFETIME: a few large blocks, in a recorded visit; and many small ones, in a
# checked one, since books of every block would take most of the memory.
exhausted()
{
    backend=$1 lifetime=$2
    set -- --backends "$1" --lifetimes "$2" --rounds 1 --iterations 2 --quiet
    expect 6 "^square-chain: $backend/$lifetime failed: out of memory for an array" -- \
        prlimit --as=150000000 "$SQUARE_CHAIN" --fill reuse --elements 30000000 "$@"
    set -- prlimit --as=150000000 "$DEEP_CHAIN" --nodes 30000000 --fault 1000000000 "$@"
    if [ "$backend" = tcmalloc ]; then # which says so itself as well
        check 'tcmalloc, small blocks: status 6 and our line, the last' sh -c '
            "$@" 2>&1 | tail -n 1 | grep "^deep-chain: tcmalloc/weak failed: out of memory for Node$"' sh "$@"
    else
        expect 6 "^deep-chain: $backend/$lifetime failed: out of memory for Node$" -- "$@"
    fi
}

for backend in malloc malloc-tuned jemalloc mimalloc tcmalloc tbbmalloc pool reap; do
    exhausted $backend weak
done
for backend in jemalloc-arena mimalloc-heap pool arena reap; do
    exhausted $backend region
done
# Malloc has none left either for which library it was.
expect 6 '^deep-chain: malloc/weak failed: out of memory for Node$' -- prlimit --as=100000000 \
    "$DEEP_CHAIN" --nodes 30000000 --backends malloc --lifetimes weak --rounds 1 --quiet
done_testing
