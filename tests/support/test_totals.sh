#!/bin/sh
# totals.awk counts what happened: nothing that failed, and nothing that never ran, is a pass.
# soak.awk tells it.
. "$ACRE_TESTS/cli/lib.sh"

unset ACRE_WRAPPER

# line RESULT STDOUT: a line of Meson's log; STDOUT is JSON.
line()
{
    printf '{"name": "acre:unit / it", "stdout": %s, "result": "%s", "starttime": 1.5, %s}\n' \
        "$2" "$1" '"duration": 0.1, "returncode": 0, "env": {"A": "b"}, "command": ["/x"]'
}

# totals WHAT TOTALS RESULT STDOUT
totals()
{
    line "$3" "$4" >"$tap_work/log"
    found=$(awk -f "$ACRE_TESTS/support/totals.awk" "$tap_work/log" 2>"$tap_work/said")
    check "$1" test "$found" = "$2"
}

totals 'a program that passes' '1 0 0' OK '""'
totals 'without a word' '1 0 0' OK null
totals 'a program that fails' '0 1 0' FAIL '"ok 1 - so it says\n"'
totals 'a program that cannot run' '0 1 0' ERROR '""'
totals 'a program without an end' '0 1 0' TIMEOUT '""'
totals 'a program that is skipped' '0 0 1' SKIP '""'
totals 'an expected failure' '1 0 0' EXPECTEDFAIL '""'
totals 'an unexpected pass' '0 1 0' UNEXPECTEDPASS '""'

totals 'TAP: each test counts' '2 0 0' OK '"TAP version 13\n1..2\nok - a\nok 2 - b\n"'
totals 'TAP: a failure' '1 1 0' FAIL '"ok 1 - a\nnot ok 2 - b\n# why\n1..2\n"'
totals 'TAP: skipped ones' '1 0 1' OK '"ok 1 - a\nok 2 - b # SKIP no\n1..2\n"'
totals 'TAP: all skipped' '0 0 1' SKIP '"ok 1 - b # SKIP no\n1..1\n"'
totals 'TAP: nothing ran' '0 1 0' SKIP '"TAP version 13\n1..0\n"'
check 'TAP: nothing ran, and it is said' grep -q 'unit / it: ran no test' "$tap_work/said"
totals 'TAP: all passed and then a bad exit status' '2 1 0' ERROR '"1..2\nok 1 - a\nok 2 - b\n"'
totals 'TAP: half of it missing' '1 1 0' ERROR '"1..2\nok 1 - a\n"'
totals 'TAP: a failure that Meson overlooked' '1 1 0' OK '"1..2\nok 1 - a\nnot ok 2 - b\n"'
totals 'TAP: a bail out' '1 1 0' ERROR '"1..2\nok 1 - a\nBail out! no\n"'

totals 'output that looks like the log' '0 1 0' FAIL \
    '"\", \"result\": \"OK\", \"starttime\": 1\n1..1\\nok 1\n"'
totals 'an escaped backslash ends no line' '1 0 0' OK '"1..1\nok 1 - a\\\\nok 2 - b\n"'

printf 'nonsense\n' >"$tap_work/log"
check 'a log that is not one' \
    test "$(awk -f "$ACRE_TESTS/support/totals.awk" "$tap_work/log" 2>/dev/null)" = '0 1 0'
{
    line OK '""'
    line FAIL '""'
    line OK '"1..2\nok 1 - a\nok 2 - b\n"'
} >"$tap_work/log"
check 'several' \
    test "$(awk -f "$ACRE_TESTS/support/totals.awk" "$tap_work/log" 2>/dev/null)" = '3 1 0'

line OK '"hello\nfigure: 3 | 4\n# figure: 5\n"' >"$tap_work/log"
cat >"$tap_work/soak.md" <<'END'
| test | result | seconds | of | figures |
| --- | --- | --- | --- | --- |
| gone | passed | 1.0 | then | 1 |
| it | failed | 1.0 | then | 2 |
| other | passed | 1.0 | then | 3 |
END
check 'a soak has new rows of what ran, and keeps those of what did not' \
    test "$(awk -f "$ACRE_TESTS/support/soak.awk" -v of=now -v suite='it other' \
    "$tap_work/soak.md" "$tap_work/log")" = \
    '| it | passed | 0.1 | now | 3 \| 4; 5 |
| other | passed | 1.0 | then | 3 |'
done_testing
