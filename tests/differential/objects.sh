#!/bin/sh
# The differential test of objects; without a python3 there is nothing to compare with.
set -eu

if ! command -v python3 >/dev/null; then
    echo '1..0 # SKIP there is no python3'
    exit 0
fi
exec python3 "$(dirname "$0")/objects_test.py" "$@"
