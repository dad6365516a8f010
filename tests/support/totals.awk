# Counts results in Meson's testlog.json (one test a line) and prints PASSED FAILED SKIPPED.
#
# A TAP program counts once for each of its own tests, any other program once. An expected failure
# has passed, an unexpected pass has failed. Meson calls a TAP program without a single result
# skipped; here it has failed, since nobody wrote a test program to test nothing.
#
# Says on stderr what TAP programs said of their failures: Meson keeps that to its log.

function complain(name, why)
{
    print name ": " why > "/dev/stderr"
}

{
    # Quotes inside a JSON string are escaped, so these never match inside of one.
    if (!match($0, /^\{"name": "/) || !match($0, /", "result": "[A-Z]+", "starttime": |: null, "result": "[A-Z]+", "starttime": /)) {
        complain("line " NR, "not a line of a test log")
        failed++
        next
    }
    head = substr($0, 1, RSTART - 1)
    result = substr($0, RSTART, RLENGTH)
    sub(/.*"result": "/, "", result)
    sub(/".*/, "", result)

    name = head
    sub(/^\{"name": "/, "", name)
    sub(/", "stdout.*/, "", name)
    output = ""
    if (match(head, /", "stdout": "/)) {
        output = substr(head, RSTART + RLENGTH)
    }

    gsub(/\\\\/, "\001", output)
    lines = split(output, line, /\\n/)
    tap = 0
    good = bad = left_out = 0
    why = 0
    for (i = 1; i <= lines; i++) {
        if (line[i] ~ /^(not )?ok( |$)/) {
            why = line[i] ~ /^not/ && line[i] !~ /# *[Tt][Oo][Dd][Oo]/
        }
        if (tap && why && line[i] != "") {
            text = line[i]
            gsub(/\\"/, "\"", text)
            gsub(/\001/, "\\", text)
            complain(name, text)
        }
        if (line[i] ~ /^TAP version |^1\.\.[0-9]/) {
            tap = 1
        } else if (line[i] ~ /^ok( |$)/) {
            if (line[i] ~ /# *[Ss][Kk][Ii][Pp]/) {
                left_out++
            } else {
                good++
            }
        } else if (line[i] ~ /^not ok( |$)/) {
            bad++
        }
    }

    if (!tap) {
        good = bad = left_out = 0
    }
    if (result == "SKIP") {
        if (tap && left_out == 0) {
            complain(name, "ran no test")
            bad = 1
        } else if (left_out == 0) {
            left_out = 1
        }
    } else if (result == "OK" || result == "EXPECTEDFAIL") {
        if (!tap || result == "EXPECTEDFAIL") {
            good = 1
            bad = left_out = 0
        } else if (bad) {
            complain(name, "passed for Meson in spite of a test that failed")
        }
    } else if (bad == 0) {
        bad = 1
    }
    passed += good
    failed += bad
    skipped += left_out
}

END {
    print passed + 0, failed + 0, skipped + 0
}
