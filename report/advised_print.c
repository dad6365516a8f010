/* Advice on a terminal. */
#include <inttypes.h>
#include <string.h>

#include "report/advised.h"
#include "report/format.h"
#include "report/site_text.h"

enum {
    MOST_SITES = 10,
    MOST_NAME_BYTES = 256,
    MOST_WAY_BYTES = 1024,
    COLUMNS_WIDTH = 20,
    WHOLE_PERCENT = 10,
};

static double percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

/* The sentence -----------------------------------------------------------------------------------
 */

static void put_nothing_found(const struct acre_advice *advice, FILE *to)
{
    if (!acre_advice_has_stacks(advice))
        fprintf(to, "Cannot tell: %s of %s births have no call stack. Record with --stacks unwind.",
                acre_format_count(advice->births - advice->known_births).text,
                acre_format_count(advice->births).text);
    else if (acre_advice_has_strangers(advice))
        fputs("Cannot tell: the recordings have hardly a call stack in common.", to);
    else if (advice->over_budget > 0)
        fprintf(to,
                "Not worth it: the peak would be more than %s higher with any region that was "
                "looked at (%" PRIu32 "). --max-extra allows more.",
                acre_format_bytes((double)advice->budget_bytes).text, advice->over_budget);
    else
        fprintf(to,
                "Not worth it: there is no region to be had. Of the %s boundaries that were looked "
                "at, none has a tenth of the %s births whose blocks are all dead when it comes "
                "again%s.",
                acre_format_count(advice->markers).text, acre_format_count(advice->births).text,
                2 * advice->threaded_births > advice->births
                    ? "; most blocks are made or freed in several threads"
                    : "");
}

static void put_interval(FILE *to, const struct acre_points *points)
{
    if (points->has_interval)
        fprintf(to, " [%s, %s]", acre_format_short(points->least).text,
                acre_format_short(points->most).text);
}

static uint64_t resets_of(const struct acre_advice *advice)
{
    uint64_t resets = 0;

    for (uint32_t i = 0; i < advice->region_count; i++)
        resets += advice->regions[i].counts[0].resets;
    return resets;
}

static uint32_t regions_of(const struct acre_advice *advice)
{
    uint32_t regions = 0;

    for (uint32_t i = 0; i < advice->region_count; i++)
        regions += advice->regions[i].rotation;
    return regions;
}

static const char *words_of(enum acre_advice_verdict verdict)
{
    return verdict == ACRE_ADVICE_WORTH_IT       ? "Worth it"
           : verdict == ACRE_ADVICE_NOT_WORTH_IT ? "Not worth it"
                                                 : "Cannot tell yet";
}

/* "7.5 % of the run on malloc [4.5, 10.5]; mimalloc alone saves 5.1, and the regions beside it 2.3
 * more [1.4, 3.2]" */
static void put_gain(FILE *to, const struct acre_proof *proof, uint32_t regions)
{
    const struct acre_proof_row *best = &proof->rows[proof->best];

    fprintf(to, "%s %% of the run on malloc", acre_format_short(proof->gained.point).text);
    put_interval(to, &proof->gained);
    if (!best->has_alone) {
        fprintf(to, "; no other allocator takes less than malloc");
        return;
    }
    fprintf(to, "; %s alone saves %s %%, and the region%s beside it %s %% more", best->backend,
            acre_format_short(proof->alone.point).text, regions == 1 ? "" : "s",
            acre_format_short(proof->on_best.point).text);
    put_interval(to, &proof->on_best);
}

static void put_found(const struct acre_advised_report *report, FILE *to)
{
    const struct acre_advice *advice = report->advice;
    const struct acre_proof *proof =
        report->proofs != NULL ? &report->proofs[advice->recording_count - 1] : NULL;
    uint32_t regions = regions_of(advice);

    fprintf(to, "%s: %" PRIu32 " region%s, reset %s times, ", words_of(acre_advice_verdict(report)),
            regions, regions == 1 ? "" : "s", acre_format_count(resets_of(advice)).text);
    if (proof == NULL) {
        fprintf(to, "would take %s %% of all births. What that saves was not measured.",
                acre_format_short(percent(advice->programs[0].absorbed, advice->births)).text);
    } else if (proof->has_points) {
        fputs(acre_advice_verdict(report) != ACRE_ADVICE_WORTH_IT ? "would save "
              : regions == 1                                      ? "saves "
                                                                  : "save ",
              to);
        put_gain(to, proof, regions);
        fprintf(to, ".");
    } else {
        fprintf(to,
                "would take %s %% of all births. Which part of the run that is cannot be told from "
                "its recording: --run times it.",
                acre_format_short(percent(advice->programs[0].absorbed, advice->births)).text);
    }
}

static void put_sentence(const void *subject, FILE *to)
{
    const struct acre_advised_report *report = subject;

    if (report->advice->region_count == 0)
        put_nothing_found(report->advice, to);
    else
        put_found(report, to);
}

/* "" where there is but one. */
static void name_recording(const struct acre_advised_report *report, size_t recording, char *text,
                           size_t room)
{
    text[0] = '\0';
    if (report->advice->recording_count > 1)
        snprintf(text, room, "%s: ", acre_last_part(report->recordings[recording].path));
}

/* Memory: a sentence a recording. */
static bool print_price(const struct acre_advised_report *report, const struct acre_page *page)
{
    const struct acre_advice *advice = report->advice;
    bool done = true;

    for (size_t i = 0; i < advice->recording_count && done; i++) {
        const struct acre_program *program = &advice->programs[i];
        uint64_t extra = acre_advice_extra_bytes(advice, i);
        char name[256];

        name_recording(report, i, name, sizeof name);
        done = acre_page_say(
            page, 2, 2, ACRE_PAINT_NONE,
            "%s%s of %s births (%s %%) go in, %s outlive a reset. The peak of %s is %s higher (%s "
            "%%), with chunks of 64 KiB %s at most.",
            name, acre_format_count(program->absorbed).text,
            acre_format_count(program->births).text,
            acre_format_short(percent(program->absorbed, program->births)).text,
            program->moved_out > 0 ? acre_format_count(program->moved_out).text : "none",
            acre_format_bytes((double)program->live_peak_bytes).text,
            acre_format_bytes((double)extra).text,
            acre_format_short(percent(extra, program->live_peak_bytes)).text,
            acre_format_bytes((double)acre_advice_most_extra_bytes(advice, i)).text);
    }
    return done;
}

static bool print_doubts(const struct acre_advised_report *report, const struct acre_page *page)
{
    unsigned doubts = acre_advice_doubts(report->advice);

    for (unsigned i = 0; acre_doubt_text(i) != NULL; i++)
        if ((doubts >> i & 1) != 0 &&
            !acre_page_say(page, 2, 2, ACRE_PAINT_NONE, "Doubt: %s.", acre_doubt_text(i)->sentence))
            return false;
    return true;
}

/* Regions ----------------------------------------------------------------------------------------
 */

enum { COLUMN_LABEL, COLUMN_COUNT, COLUMN_TEXT };

static bool set_place(const struct acre_advised_report *report, const struct acre_page *page,
                      struct acre_grid *grid, uint32_t place)
{
    const char *scope = acre_place_scope(&report->steps->places, place);
    const struct acre_place *at = acre_place_at(&report->steps->places, place);
    const struct acre_frame *frame;
    char function[MOST_NAME_BYTES], way[MOST_WAY_BYTES];
    struct acre_page rest = *page; /* of the width, behind the name */
    uint32_t depth;

    if (scope != NULL) {
        acre_grid_note(grid, COLUMN_TEXT, ACRE_PAINT_NONE, "%s", scope);
        return true;
    }
    if (!acre_advised_frame(report, place, &frame, &depth))
        return false;
    acre_site_name(page, frame != NULL ? frame->function : "?", function, sizeof function);
    rest.width -= COLUMNS_WIDTH + (int)strlen(function);
    if (!acre_site_way(&rest, report->stacks[at->recording], report->names[at->recording], at->node,
                       depth, way, sizeof way))
        return false;
    acre_grid_note(grid, COLUMN_TEXT, ACRE_PAINT_NONE, "%s  %s", function, way);
    return true;
}

static void set_label(struct acre_grid *grid, const char *label)
{
    acre_grid_row(grid);
    acre_grid_set(grid, COLUMN_LABEL, ACRE_PAINT_NONE, "%s", label);
}

static bool set_counted(const struct acre_advised_report *report, const struct acre_page *page,
                        struct acre_grid *grid, const char *label, uint64_t count, uint32_t place)
{
    set_label(grid, label);
    acre_grid_set(grid, COLUMN_COUNT, ACRE_PAINT_NONE, "%s", acre_format_count(count).text);
    return set_place(report, page, grid, place);
}

/* Why it stays. */
static void set_reason(struct acre_grid *grid, const struct acre_advised_site *site)
{
    acre_grid_row(grid);
    if (site->is_refuted)
        acre_grid_note(grid, COLUMN_TEXT, ACRE_PAINT_NONE, "  outlives it in another recording");
    else if (site->has_threads)
        acre_grid_note(grid, COLUMN_TEXT, ACRE_PAINT_NONE, "  made or freed in several threads");
    else if (site->outliving > 0)
        acre_grid_note(grid, COLUMN_TEXT, ACRE_PAINT_NONE, "  %s %% outlive it",
                       acre_format_short(percent(site->outliving, site->births)).text);
    else
        acre_grid_note(grid, COLUMN_TEXT, ACRE_PAINT_NONE, "  born in too few turns");
}

static bool set_sites(const struct acre_advised_report *report, const struct acre_page *page,
                      struct acre_grid *grid, const char *label,
                      const struct acre_advised_site *sites, size_t count, bool stay)
{
    for (size_t i = 0; i < count && (page->wide || i < MOST_SITES); i++) {
        if (!set_counted(report, page, grid, i == 0 ? label : "", sites[i].births, sites[i].place))
            return false;
        if (stay)
            set_reason(grid, &sites[i]);
    }
    if (count > MOST_SITES && !page->wide) {
        acre_grid_row(grid);
        acre_grid_note(grid, COLUMN_TEXT, ACRE_PAINT_NONE, "and %zu more: --wide",
                       count - MOST_SITES);
    }
    return true;
}

/* Behind the frames that it has in common with the region's blocks, if any are left. */
static uint32_t where_they_part(const struct acre_advised_report *report,
                                const struct acre_advised_lasting *lasting)
{
    uint32_t place = lasting->place;

    for (uint32_t i = 0; i < lasting->common && place != 0; i++)
        place = acre_place_at(&report->steps->places, place)->parent;
    return place != 0 ? place : lasting->place;
}

/* What is as old as the loop, and made by the same lines. */
static bool set_lasting(const struct acre_advised_report *report, const struct acre_page *page,
                        struct acre_grid *grid, const struct acre_advised_region *region)
{
    for (size_t i = 0; i < region->lasting_count; i++) {
        if (!set_counted(report, page, grid, i == 0 ? "not these" : "", region->lasting[i].blocks,
                         where_they_part(report, &region->lasting[i])))
            return false;
    }
    if (region->lasting_count > 0) {
        acre_grid_row(grid);
        acre_grid_note(grid, COLUMN_TEXT, ACRE_PAINT_NONE,
                       "  made before by the same lines, and live through it");
    }
    return true;
}

static bool is_scope(const struct acre_advised_report *report,
                     const struct acre_advised_region *region)
{
    return acre_place_scope(&report->steps->places, region->marker.place) != NULL;
}

/* How the change would look. */
static void set_sketch(const struct acre_advised_report *report, struct acre_grid *grid,
                       const struct acre_advised_region *region)
{
    const char *when = is_scope(report, region)                   ? "each such scope"
                       : region->marker.kind == ACRE_MARKER_ENTRY ? "that call"
                                                                  : "that allocation";
    const char *what =
        region->rotation == 1 ? "reset it" : "fill the other one, and reset it first";

    set_label(grid, "change");
    acre_grid_note(grid, COLUMN_COUNT, ACRE_PAINT_NONE,
                   region->rotation == 1 ? "one region, as long as its loop lasts"
                                         : "two regions, as long as their loop lasts");
    acre_grid_row(grid);
    if (region->stride > 1)
        acre_grid_note(grid, COLUMN_COUNT, ACRE_PAINT_NONE,
                       "in front of %s, once in %" PRIu32 " times: %s", when, region->stride, what);
    else
        acre_grid_note(grid, COLUMN_COUNT, ACRE_PAINT_NONE, "in front of %s: %s", when, what);
    acre_grid_row(grid);
    acre_grid_note(grid, COLUMN_COUNT, ACRE_PAINT_NONE,
                   "what goes in is allocated there, and its frees are left out");
}

/* When it is in use, where that is not all of the time. */
static void set_scope(const struct acre_advised_report *report, struct acre_grid *grid,
                      const struct acre_advised_region *region)
{
    const struct acre_region_counts *counts = &region->counts[0];
    double from = percent(counts->first_event, report->advice->last_event);
    double to = percent(counts->last_event, report->advice->last_event);

    if (from < WHOLE_PERCENT && to > 100 - WHOLE_PERCENT)
        return;
    set_label(grid, "in use");
    acre_grid_note(grid, COLUMN_COUNT, ACRE_PAINT_NONE,
                   "from %s %% to %s %% of the recording's events", acre_format_short(from).text,
                   acre_format_short(to).text);
}

/* What calls nearly all that goes in, where the boundary does not tell as much. */
static bool set_within(const struct acre_advised_report *report, const struct acre_page *page,
                       struct acre_grid *grid, const struct acre_advised_region *region)
{
    const struct acre_places *places = &report->steps->places;

    if (region->top == 0 || region->top == region->marker.place || region->site_count < 2 ||
        (!is_scope(report, region) &&
         !acre_place_passes(places, region->top, region->marker.place)))
        return true;
    set_label(grid, "within");
    return set_place(report, page, grid, region->top);
}

static bool set_region(const struct acre_advised_report *report, const struct acre_page *page,
                       struct acre_grid *grid, const struct acre_advised_region *region)
{
    const char *boundary = is_scope(report, region)                   ? "in each scope"
                           : region->marker.kind == ACRE_MARKER_ENTRY ? "at the call"
                                                                      : "at the birth";

    if (!set_counted(report, page, grid, boundary, region->counts[0].firings,
                     region->marker.place) ||
        !set_within(report, page, grid, region) ||
        !set_sites(report, page, grid, "goes in", region->sites, region->site_count, false) ||
        !set_sites(report, page, grid, "stays", region->staying, region->staying_count, true) ||
        !set_lasting(report, page, grid, region))
        return false;
    set_scope(report, grid, region);
    set_sketch(report, grid, region);
    return true;
}

static bool print_region(const struct acre_advised_report *report, const struct acre_page *page,
                         uint32_t number)
{
    static const struct acre_column columns[] = {
        [COLUMN_LABEL] = {.title = ""},
        [COLUMN_COUNT] = {.title = "times", .right = true, .gap = 2},
        [COLUMN_TEXT] = {.title = "where", .gap = 2},
    };
    const struct acre_advised_region *region = &report->advice->regions[number];
    struct acre_grid grid = {.columns = columns,
                             .column_count = sizeof columns / sizeof columns[0]};
    bool done;

    acre_page_gap(page);
    done = acre_page_title(
               page, "Region %" PRIu32 "%s: %s %% of all births", number + 1,
               region->rotation == 1 ? "" : ", two in rotation",
               acre_format_short(percent(region->counts[0].births, report->advice->births)).text) &&
           set_region(report, page, &grid, region) && acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    return done;
}

bool acre_advised_print_sentence(const struct acre_advised_report *report,
                                 const struct acre_page *page)
{
    return acre_page_sentence(page, put_sentence, report);
}

/* Recordings that have little in common with the first: as of another program, or another build. */
static bool print_strangers(const struct acre_advised_report *report, const struct acre_page *page)
{
    const struct acre_advice *advice = report->advice;
    bool done = true;

    for (size_t i = 1; i < advice->recording_count && done; i++) {
        double matched = acre_advice_matched_percent(advice, i);

        if (matched < ACRE_ADVICE_STRANGER_PERCENT)
            done = acre_page_say(page, 2, 2, ACRE_PAINT_NONE,
                                 "%s has %s %% of its births at call stacks of %s: is it another "
                                 "program, or another build of it?",
                                 acre_last_part(report->recordings[i].path),
                                 acre_format_short(matched).text,
                                 acre_last_part(report->recordings[0].path));
    }
    return done;
}

bool acre_advised_print_notes(const struct acre_advised_report *report,
                              const struct acre_page *page)
{
    if (!print_strangers(report, page))
        return false;
    return report->advice->region_count == 0 ||
           (print_price(report, page) && print_doubts(report, page));
}

bool acre_advised_print(const struct acre_advised_report *report, const struct acre_page *page)
{
    const struct acre_advice *advice = report->advice;
    bool done = acre_advised_print_sentence(report, page) && acre_advised_print_notes(report, page);

    if (advice->region_count == 0)
        return done;
    for (size_t i = 0; done && report->proofs != NULL && i < advice->recording_count; i++)
        done =
            acre_proof_print(&report->proofs[i], acre_last_part(report->recordings[i].path), page);
    for (uint32_t i = 0; done && i < advice->region_count; i++)
        done = print_region(report, page, i);
    return done;
}
