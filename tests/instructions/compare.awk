# Holds the second file, what was counted now, against the first, the baseline. Prints TAP; leaves
# with 1 if something is not as it was. `tools`: what made what was counted; `whole`: "yes" where all
# cells were counted.

function tell(good, text)
{
    number++
    print (good ? "ok " : "not ok ") number " - " text
    failures += !good
}

function an_iteration(instructions)
{
    return sprintf("%d.%02d", instructions / 100, instructions % 100)
}

# "; allocations 121 -> 122": what differs of the counters
function differences(cell,    old, i, text)
{
    split(baseline[cell], old)
    for (i = 3; i <= 9; i++)
        if (old[i] != $i)
            text = text "; " title[i] " " old[i] " -> " $i
    return text
}

BEGIN {
    split("cell instructions allocations frees resets requested peak leaked checksum", title)
}

FNR == NR && sub(/^# made with /, "") { made_with = $0 }
FNR == NR && (/^#/ || $1 == "cell" || $0 == made_with) { next }
FNR == NR && NF != 9 {
    tell(0, "line " FNR " of the baseline is no cell: " $0)
    next
}
FNR == NR {
    baseline[$1] = $0
    before[$1] = $2
    next
}
{
    counted[$1] = 1
    if (!($1 in baseline)) {
        tell(0, $1 " is not in the baseline: ./dev instructions --update")
        next
    }
    wrong = differences($1)
    note = an_iteration($2) " instructions an iteration"
    if (made_with != tools)
        note = "counters"
    else if ($2 > before[$1])
        wrong = "; " an_iteration($2 - before[$1]) " more than the " an_iteration(before[$1]) \
            " of the baseline" wrong
    else if ($2 < before[$1]) {
        note = note ", " an_iteration(before[$1] - $2) " fewer"
        fell++
    }
    tell(wrong == "", $1 ": " note wrong)
}

END {
    if (whole == "yes")
        for (cell in baseline)
            if (!(cell in counted))
                tell(0, cell " is in the baseline, and no cell any more: ./dev instructions --update")
    if (made_with != tools) {
        number++
        print "ok " number " - instructions # SKIP not comparable: the baseline was made with " \
            made_with "; this is " tools
    }
    if (fell > 0)
        print "# " fell " cells take fewer instructions: renew the baseline, ./dev instructions --update"
    print "1.." number
    exit failures > 0
}
