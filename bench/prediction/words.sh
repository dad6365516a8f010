#!/bin/sh
# words.sh LINES SEED: so many lines of three to ten words, of 500.
seq "$1" | awk -v s="$2" '{ n = 3 + $1 * s % 8; line = ""
    for (i = 0; i < n; i++) line = line "w" ($1 * (i + s) * 7919 % 500) " "; print line }'
