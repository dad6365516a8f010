# Turns Meson's testlog.json into the rows of docs/soak.md. A soak test reports its figures as
# lines `figure: TEXT` on stdout, a TAP program as comments.

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
    printf "| %s | %s | %.1f | %s |\n", name, verdict, seconds, figures
}
