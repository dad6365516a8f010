#!/bin/sh
# valgrind.sh PROGRAM [ARGUMENT...]: runs a program, and every program it starts, under the tool of
# Valgrind that ACRE_CHECKER names: memcheck or helgrind.
#
#   exit 42            a process wrote something into its log; the logs are on stderr
#   exit 99            the tool itself could not be run (Meson takes 99 as a hard error, so that
#                      this never passes for a canary that was caught)
#   any other status   the program's own
#
# ACRE_ORIGINS=yes: memcheck also tells where a value that is not initialised comes from.
#
# The logs decide and not the exit status: a test runner that starts each test as a process of its
# own reports success whatever was found in them.
#
# A script is run as it is: it is not the thing under test, and runs its programs through this
# wrapper itself (it finds it in ACRE_WRAPPER).
set -u

if [ $# -eq 0 ]; then
    echo 'valgrind.sh: no program given' >&2
    exit 99
fi
is_script()
{
    [ -f "$1" ] && [ "$(head -c 2 "$1" | tr -d '\000')" = '#!' ]
}

# Meson starts a script that is not executable as `/bin/sh SCRIPT`.
if is_script "$1"; then
    exec "$@"
elif [ "${1##*/}" = sh ] && [ $# -gt 1 ] && is_script "$2"; then
    exec "$@"
fi
if ! command -v valgrind >/dev/null; then
    echo 'valgrind.sh: valgrind is not installed' >&2
    exit 99
fi

# In front of others: ../light.
if [ -n "${ACRE_LIGHT_LIBRARIES:-}" ]; then
    LD_LIBRARY_PATH=$ACRE_LIGHT_LIBRARIES${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export LD_LIBRARY_PATH
fi

logs=$(mktemp -d) || exit 99
trap 'rm -rf "$logs"' EXIT
trap 'exit 143' INT TERM HUP

tool=${ACRE_CHECKER:-memcheck}
case $tool in
memcheck)
    options='--leak-check=full --errors-for-leak-kinds=definite,indirect,possible
        --show-leak-kinds=definite,indirect,possible'
    # Nothing more is found with it.
    if [ -n "${ACRE_ORIGINS:-}" ]; then
        options="$options --track-origins=yes"
    fi
    ;;
helgrind) options= ;;
*)
    echo "valgrind.sh: no tool for '$tool'" >&2
    exit 99
    ;;
esac

# somalloc=NONE: else memcheck replaces the malloc of every library, and a test of jemalloc would
# be a test of memcheck. The system's own programs are not traced; they are nobody's business here.
# shellcheck disable=SC2086 # a list of options
valgrind -q --tool="$tool" --trace-children=yes \
    --trace-children-skip='/bin/*,/usr/bin/*,/sbin/*,/usr/sbin/*' $options \
    --suppressions="$(dirname "$0")/system.supp" \
    --soname-synonyms=somalloc=NONE --error-exitcode=42 --log-file="$logs/%p.log" "$@"
status=$?

found=$(find "$logs" -name '*.log' -size +0)
if [ -n "$found" ]; then
    find "$logs" -name '*.log' -size +0 -exec cat {} + >&2
    exit 42
fi
# Without a single log nothing was watched.
if [ -z "$(find "$logs" -name '*.log')" ]; then
    echo "valgrind.sh: $tool did not run $1" >&2
    exit 99
fi
exit "$status"
