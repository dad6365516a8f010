#!/bin/sh
# Programs of which it is known what could live in a region (planted_main.c), recorded with two seeds
# each, are given that advice and no other: boundary, regions in rotation, sites, what stays.
. "$ACRE_TESTS/cli/lib.sh"

# told: the advice in $out, a line a region, in an order that does not depend on their sizes:
# BOUNDARY ROTATION: SITE SITE, stays SITE, doubts DOUBT
told()
{
    awk '
        function words(set,   list, count, i, j, text) {
            count = 0
            for (i in set) list[++count] = i
            for (i = 2; i <= count; i++)
                for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
                    text = list[j]; list[j] = list[j - 1]; list[j - 1] = text
                }
            text = ""
            for (i = 1; i <= count; i++) text = text " " list[i]
            return text
        }
        function value() { sub(/^[^:]*: /, ""); gsub(/[",]/, ""); return $0 }
        /^      "boundary": / { part = "boundary"; split("", sites); split("", stays); doubts = "" }
        /^      "(within|lasting)": / { part = "" }
        /^      "sites": / { part = "sites" }
        /^      "staying": / { part = "stays" }
        /^      "doubts": / { part = "doubts" }
        /^ *"function": / && part == "boundary" { boundary = value() }
        /^ *"function": / && part == "sites" { sites[value()] = 1 }
        /^ *"function": / && part == "stays" { name = value() }
        /^ *"outliving": / && part == "stays" { if (value() > 0) stays[name] = 1 }
        /^      "rotation": / { rotation = value() }
        /^        "/ && part == "doubts" { gsub(/[" ,]/, ""); doubts = doubts " " $0 }
        /^    }/ && part == "doubts" {
            line = boundary " " rotation ":" words(sites)
            if (words(stays) != "") line = line ", stays" words(stays)
            if (doubts != "") line = line ", doubts" doubts
            print line
            part = ""
        }' "$out" | sort
}

record()
{
    tap_run "$ACRE" record --quiet -o "$tap_work/$3.acre" "$PLANTED" "$1" "$2"
    test "$tap_status" -eq 0
}

is_told()
{
    told >"$tap_work/told"
    printf '%s' "${1:+$1
}" >"$tap_work/wanted"
    diff "$tap_work/wanted" "$tap_work/told" >&2
}

# advised WHAT WANTED OPTION... : of one.acre and two.acre
advised()
{
    what=$1 wanted=$2
    shift 2
    tap_run "$ACRE" advise --no-proof --json "$@" "$tap_work/one.acre" "$tap_work/two.acre"
    check "$what: advised" test "$tap_status" -eq 0
    check "$what: as it is" is_told "$wanted"
    check "$what: nothing outlives a reset" test "$(grep -c '"moved_out": 0,' "$out")" -eq 2
}

# planted SCENARIO WANTED
planted()
{
    for seed in 2 4 6; do
        check "$1 $seed: recorded" record "$1" $seed one
        check "$1 $seed: recorded again" record "$1" $((seed + 10)) two
        advised "$1 $seed" "$2"
    done
}

planted request 'handle_request 1: answer parse'
planted seed_order 'replace_model 2: build'
planted phases 'parse_record 1: parse_record
render_page 1: render_page'
planted nested 'load_document 1: load_element read_raw unescape'
planted kept_result 'handle_request 1: answer parse, stays keep_result'
planted mixed_site ''
planted cache 'handle_request 1: answer parse, stays fill_cache'
planted grown_over_turns 'handle_request 1: answer parse'
planted grown_within 'handle_request 1: format_answer parse'
planted handoff ''
planted leak 'handle_request 1: answer parse, stays leak_one'
planted one_shot ''
planted middle 'simulate_step 1: simulate_step'
tap_run "$ACRE" advise --no-proof "$tap_work/one.acre"
check 'middle: it is said when' grep -qE 'in use +from [0-9.]+ % to [0-9.]+ % of the recording' "$out"
planted interleaved 'flush_batch 1: batch_item flush_batch scratch_of_turn'
advised 'two regions, where one would keep too much' 'flush_batch 1: batch_item flush_batch
work_on_turn 1: scratch_of_turn' --max-extra 10K
planted pool ''
planted strided 'take_stride 1: take_stride'
check 'few blocks a turn: a reset each fourth' grep -q '"stride": 4' "$out"

# The 64 operations of an interpreter are its sites, and its loop is the script's.
check 'interpreter: recorded' record interpreter 2 one
check 'interpreter: recorded again' record interpreter 4 two
tap_run "$ACRE" advise --no-proof --json "$tap_work/one.acre" "$tap_work/two.acre"
interpreter_is_doubted()
{
    told | grep -q 'doubts.* interpreter'
}
check 'interpreter: doubted' interpreter_is_doubted

# What one input says another one takes back.
planted second_input 'handle_request 1: parse'
check 'second_input: recorded with one that refutes' record second_input 3 two
tap_run "$ACRE" advise --no-proof --json "$tap_work/one.acre" "$tap_work/two.acre"
check 'second_input: withdrawn' is_told ''
tap_run "$ACRE" advise --no-proof --json "$tap_work/one.acre"
check 'second_input: of one recording alone it is doubted' \
    is_told 'handle_request 1: parse, doubts onerecording'

# Two programs are not one: there is nothing that fits both, and it is said.
check 'another program: recorded' record middle 2 two
tap_run "$ACRE" advise --no-proof "$tap_work/one.acre" "$tap_work/two.acre"
check 'another program: asked for' grep -q 'two.acre has .* % of its births at call stacks of one.acre' "$out"

done_testing
