# table.txt as a table in Markdown.
function show(    cells) {
    if (name == "" || name == "nothing")
        return
    printf "| %s (`%s`) | %s | %s | %s | %s | %s |\n", what, name, guard, memcheck, asan, engine, alone
}
BEGIN {
    print "| misuse | guard | memcheck | ASan | the engine's checks | alone |"
    print "| --- | --- | --- | --- | --- | --- |"
}
/^[a-z]/ { show(); name = $1 }
{ rest = $0; sub(/^ *[a-z]+ +/, "", rest) }
$1 == "what" { what = rest }
$1 == "guard" {
    guard = rest ~ /^139/ ? "a fault" : "-"
    if (match(rest, /acre guard: [a-z ]+:/))
        guard = substr(rest, RSTART + 12, RLENGTH - 13) (rest ~ /^139/ ? ", a fault" : "")
}
$1 == "memcheck" { memcheck = rest == "-" ? "-" : "yes" }
$1 == "asan" { asan = rest == "-" ? "-" : "yes" }
$1 == "engine" { engine = rest == "-" ? "-" : "yes" }
$1 == "alone" { alone = rest == 0 ? "-" : "glibc aborts" }
END { show() }
