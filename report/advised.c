#include "report/advised.h"

#include <inttypes.h>
#include <string.h>

#include "profile/plumbing.h"
#include "profile/short_name.h"
#include "report/format.h"
#include "report/site_text.h"

enum { MOST_SITES = 12, MOST_NAME_BYTES = 256, MOST_WAY_BYTES = 1024 };

const char *acre_advice_verdict_name(enum acre_advice_verdict verdict)
{
    static const char *const names[] = {
        [ACRE_ADVICE_WORTH_IT] = "worth it",
        [ACRE_ADVICE_NOT_WORTH_IT] = "not worth it",
        [ACRE_ADVICE_CANNOT_TELL] = "cannot tell",
    };

    return names[verdict];
}

enum acre_advice_verdict acre_advice_verdict(const struct acre_advised_report *report)
{
    return report->advice->region_count == 0 ? ACRE_ADVICE_NOT_WORTH_IT : ACRE_ADVICE_CANNOT_TELL;
}

/* Names ------------------------------------------------------------------------------------------
 */

static struct acre_walk walk_of(const struct acre_advised_report *report, uint32_t place)
{
    const struct acre_place *at = acre_place_at(&report->steps->places, place);

    return acre_walk_of(report->stacks[at->recording], report->names[at->recording], at->node);
}

bool acre_advised_frame(const struct acre_advised_report *report, uint32_t place,
                        const struct acre_frame **frame, uint32_t *depth)
{
    struct acre_walk walk = walk_of(report, place);

    *depth = 0;
    *frame = acre_walk_next(&walk);
    while (*frame != NULL && acre_is_plumbing(*frame)) {
        *frame = acre_walk_next(&walk);
        (*depth)++;
    }
    if (*frame == NULL && !walk.has_no_memory) { /* nothing but plumbing */
        walk = walk_of(report, place);
        *depth = 0;
        *frame = acre_walk_next(&walk);
    }
    return !walk.has_no_memory;
}

struct named {
    char function[MOST_NAME_BYTES];
    char way[MOST_WAY_BYTES];
};

static bool name_place(const struct acre_advised_report *report, const struct acre_page *page,
                       uint32_t place, struct named *named)
{
    const struct acre_place *at = acre_place_at(&report->steps->places, place);
    const struct acre_frame *frame;
    uint32_t depth;

    if (!acre_advised_frame(report, place, &frame, &depth))
        return false;
    acre_site_name(page, frame != NULL ? frame->function : "?", named->function,
                   sizeof named->function);
    return acre_site_way(page, report->stacks[at->recording], report->names[at->recording],
                         at->node, depth, named->way, sizeof named->way);
}

/* The sentence -----------------------------------------------------------------------------------
 */

static double percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

static uint64_t births_in_regions(const struct acre_advice *advice)
{
    uint64_t births = 0;

    for (uint32_t i = 0; i < advice->region_count; i++)
        births += advice->regions[i].counts[0].births;
    return births;
}

static bool say_nothing_found(const struct acre_advised_report *report,
                              const struct acre_page *page)
{
    const struct acre_advice *advice = report->advice;

    if (2 * advice->known_births < advice->births)
        return acre_page_say(page, 0, 0, ACRE_PAINT_BOLD,
                             "Cannot tell: of %s births %s have no call stack; record with --stacks "
                             "unwind.",
                             acre_format_count(advice->births).text,
                             acre_format_count(advice->births - advice->known_births).text);
    if (advice->over_budget > 0)
        return acre_page_say(page, 0, 0, ACRE_PAINT_BOLD,
                             "Not worth it: each of the %u regions that were looked at would take "
                             "the peak more than %s higher, which is the most that --max-extra "
                             "allows.",
                             advice->over_budget,
                             acre_format_bytes((double)advice->budget_bytes).text);
    return acre_page_say(page, 0, 0, ACRE_PAINT_BOLD,
                         "Not worth it: no region is to be had. Of %s boundaries that were looked "
                         "at, none has a tenth of the %s births all of whose blocks are dead when "
                         "it comes again.",
                         acre_format_count(advice->markers).text,
                         acre_format_count(advice->births).text);
}

static const char *name_of_verdict(const struct acre_advised_report *report)
{
    switch (acre_advice_verdict(report)) {
    case ACRE_ADVICE_WORTH_IT:
        return "Worth it";
    case ACRE_ADVICE_NOT_WORTH_IT:
        return "Not worth it";
    default:
        return "Cannot tell";
    }
}

static bool say_sentence(const struct acre_advised_report *report, const struct acre_page *page)
{
    const struct acre_advice *advice = report->advice;
    const struct acre_program *program = &advice->programs[0];
    uint64_t births = births_in_regions(advice);
    uint64_t extra = program->peak_bytes - program->live_peak_bytes;

    if (advice->region_count == 0)
        return say_nothing_found(report, page);
    return acre_page_say(
        page, 0, 0, ACRE_PAINT_BOLD,
        "%s: %u region%s would take %s of %s births (%s %%), with a peak that is %s higher (%s %% "
        "of %s). What that saves was not measured.",
        name_of_verdict(report), advice->region_count, advice->region_count == 1 ? "" : "s",
        acre_format_count(births).text, acre_format_count(advice->births).text,
        acre_format_short(percent(births, advice->births)).text,
        acre_format_bytes((double)extra).text,
        acre_format_short(percent(extra, program->live_peak_bytes)).text,
        acre_format_bytes((double)program->live_peak_bytes).text);
}

/* A region ---------------------------------------------------------------------------------------
 */

static const struct {
    unsigned doubt;
    const char *text;
} doubts[] = {
    {ACRE_DOUBT_ONE_RECORDING, "one recording alone: what holds here may be this input's. Record "
                               "another input, and advise on both"},
    {ACRE_DOUBT_INTERPRETER, "the boundary lies below a function that calls from more than 50 "
                             "places, as interpreters do: it is rather the script's than the "
                             "program's"},
    {ACRE_DOUBT_UNEVEN, "few turns have most of the blocks, so that it is seen too rarely to recur"},
    {ACRE_DOUBT_ESCAPES, "blocks outlive a reset"},
    {ACRE_DOUBT_WITHDRAWN, "sites that fit the first recording do not fit another: lifetimes depend "
                           "on the input"},
    {ACRE_DOUBT_THREADS, "the boundary is passed by several threads"},
};

static bool print_doubts(const struct acre_advised_region *region, const struct acre_page *page)
{
    for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++)
        if ((region->doubts & doubts[i].doubt) != 0 &&
            !acre_page_say(page, 2, 15, ACRE_PAINT_NONE, "but          %s", doubts[i].text))
            return false;
    return true;
}

static bool print_boundary(const struct acre_advised_report *report, const struct acre_page *page,
                           const struct acre_advised_region *region)
{
    struct named named;

    if (!name_place(report, page, region->marker.place, &named))
        return false;
    return acre_page_say(page, 2, 15, ACRE_PAINT_NONE, "reset in     %s %s", named.function,
                         named.way) &&
           acre_page_say(page, 15, 15, ACRE_PAINT_NONE, "%s", "") &&
           true;
}

static bool print_sites(const struct acre_advised_report *report, const struct acre_page *page,
                        const char *title, const struct acre_advised_site *sites, size_t count)
{
    for (size_t i = 0; i < count && i < MOST_SITES; i++) {
        const struct acre_advised_site *site = &sites[i];
        struct named named;

        if (!name_place(report, page, site->place, &named) ||
            !acre_page_say(page, 2, 17, ACRE_PAINT_NONE, "%-12s %s %s: %s births%s",
                           i == 0 ? title : "", named.function, named.way,
                           acre_format_count(site->births).text,
                           site->outliving > 0 ? ", some outlive it" : ""))
            return false;
    }
    return true;
}

static bool print_region(const struct acre_advised_report *report, const struct acre_page *page,
                         uint32_t number)
{
    const struct acre_advised_region *region = &report->advice->regions[number];
    const struct acre_region_counts *counts = &region->counts[0];

    acre_page_gap(page);
    return acre_page_title(page, "Region %u: %s births, %s resets, %s", number + 1,
                           acre_format_count(counts->births).text,
                           acre_format_count(counts->resets).text,
                           region->rotation == 1 ? "one region" : "two in rotation") &&
           print_boundary(report, page, region) &&
           print_sites(report, page, "goes in", region->sites, region->site_count) &&
           print_sites(report, page, "stays", region->staying, region->staying_count) &&
           print_doubts(region, page);
}

bool acre_advised_print(const struct acre_advised_report *report, const struct acre_page *page)
{
    bool done = say_sentence(report, page);

    for (uint32_t i = 0; done && i < report->advice->region_count; i++)
        done = print_region(report, page, i);
    return done;
}
