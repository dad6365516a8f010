# soak.awk -v of=WHEN -v suite="TEST TEST..." docs/soak.md testlog.json: the rows of docs/soak.md,
# with new ones from Meson's log. Tests that did not run keep theirs, so that a soak can be run in
# parts; what is not of the suite any more goes. A soak test reports its figures as lines
# `figure: TEXT` on stdout, a TAP program as comments.

function keep(name, text)
{
    if (!(name in row)) {
        order[++count] = name
    }
    row[name] = text
}

BEGIN {
    split(suite, tests, " ")
    for (i in tests) {
        is_of_suite[tests[i]] = 1
    }
}

FNR == NR {
    if (/^\| [a-z0-9-]+ \|/ && $2 in is_of_suite) {
        keep($2, $0)
    }
    next
}

{
    if (!match($0, /", "result": "[A-Z]+", "starttime": |: null, "result": "[A-Z]+", "starttime": /)) {
        next
    }
    head = substr($0, 1, RSTART - 1)
    result = substr($0, RSTART, RLENGTH)
    sub(/.*"result": "/, "", result)
    sub(/".*/, "", result)
    tail = substr($0, RSTART + RLENGTH)
    seconds = tail
    sub(/.*"duration": /, "", seconds)
    sub(/,.*/, "", seconds)

    name = head
    sub(/^\{"name": "/, "", name)
    sub(/", "stdout.*/, "", name)
    sub(/.* \/ /, "", name)
    output = ""
    if (match(head, /", "stdout": "/)) {
        output = substr(head, RSTART + RLENGTH)
    }
    gsub(/\\\\/, "\001", output)
    lines = split(output, line, /\\n/)
    figures = ""
    for (i = 1; i <= lines; i++) {
        if (sub(/^(# )?figure: /, "", line[i])) {
            gsub(/\\"/, "\"", line[i])
            gsub(/\\t/, " ", line[i])
            gsub(/\001/, "\\", line[i])
            gsub(/\|/, "\\|", line[i])
            figures = figures (figures == "" ? "" : "; ") line[i]
        }
    }
    verdict = result == "OK" ? "passed" : tolower(result)
    keep(name, sprintf("| %s | %s | %.1f | %s | %s |", name, verdict, seconds, of, figures))
}

END {
    for (i = 1; i <= count; i++) {
        print row[order[i]]
    }
}
