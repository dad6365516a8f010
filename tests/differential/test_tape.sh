#!/bin/sh
# The tape against numpy, on random graphs: tape.py says what is compared and how. A failure prints
# the seed and the program; tape.py SEED GRAPHS PROGRAM repeats it.
. "$ACRE_TESTS/cli/lib.sh"

# Debian's numpy is for Debian's Python, which may not be the first in PATH.
python=/usr/bin/python3
if ! "$python" -c 'import numpy' 2>/dev/null; then
    skip 'the tape against numpy' "$python has no numpy (package python3-numpy)"
    done_testing
    exit
fi

# Where there is AVX-512 numpy has an exp of its own, whose last bit is not that of the C library. What it
# says of processors without it is of no interest.
export NPY_DISABLE_CPU_FEATURES='AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL'

# Under a checker the engine is slow.
graphs=120 seeds='1 2 3 4 5 6 7 8'
if [ -n "${ACRE_WRAPPER:-}" ]; then
    graphs=20 seeds='1 2'
fi
for seed in $seeds; do
    check "seed $seed: $graphs random graphs" "$python" -B "$ACRE_TESTS/differential/tape.py" \
        "$seed" "$graphs" ${ACRE_WRAPPER:+"$ACRE_WRAPPER"} "$DIFFERENTIAL_TAPE"
done
done_testing
