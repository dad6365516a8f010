#!/bin/sh
# comma_locale.sh COMMAND [ARGUMENT...]: runs a command under a locale that writes 1,5.
#
# The locale is built into a directory of our own: no root is needed, and no locale of the machine.
# A locale that is missing silently becomes C, so a test that uses this script must first see the
# comma, printed by decimal_point.c. Exit 99 when the locale cannot be built.
#
# ACRE_LOCALES names a directory to keep it in; building takes a second or two.
set -eu

keep=${ACRE_LOCALES:-}
if [ -n "$keep" ]; then
    mkdir -p "$keep"
    work=$(mktemp -d "$keep/build.XXXXXX") || exit 99
else
    work=$(mktemp -d) || exit 99
fi
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP

if [ -n "$keep" ] && [ -d "$keep/de_DE.UTF-8" ]; then
    locales=$keep
else
    # localedef exits with 1 for mere warnings; what counts is that the locale is there.
    message=$(localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" 2>&1) || :
    if [ ! -f "$work/de_DE.UTF-8/LC_NUMERIC" ]; then
        echo "comma_locale.sh: localedef built no locale (Debian: apt-get install locales):" \
            "$message" >&2
        exit 99
    fi
    locales=$work
    # Two tests may build it at the same time: the first rename wins, the other keeps its own.
    if [ -n "$keep" ] && mv -T "$work/de_DE.UTF-8" "$keep/de_DE.UTF-8" 2>/dev/null; then
        locales=$keep
    fi
fi

status=0
LOCPATH=$locales LC_ALL=de_DE.UTF-8 ${ACRE_WRAPPER:+"$ACRE_WRAPPER"} "$@" || status=$?
exit "$status"
