/* Advice for programs. docs/advise.md says what each name means. */
#include <inttypes.h>
#include <stdlib.h>

#include "report/advised.h"
#include "report/maker.h"
#include "report/site_text.h"

struct writing {
    const struct acre_advised_report *report;
    struct acre_maker maker;
};

static json_t *place_of(struct writing *writing, uint32_t place)
{
    json_t *object = json_object();
    const struct acre_frame *frame = NULL;
    uint32_t depth;

    if (!acre_advised_frame(writing->report, place, &frame, &depth))
        writing->maker.failed = true;
    acre_put_text(&writing->maker, object, "function", frame != NULL ? frame->function : "");
    if (frame != NULL && frame->file != NULL) {
        acre_put_text(&writing->maker, object, "file", frame->file);
        acre_put_count(&writing->maker, object, "line", frame->line);
    }
    return object;
}

static json_t *stack_of(struct writing *writing, uint32_t place)
{
    struct acre_walk walk = acre_advised_walk(writing->report, place);
    const struct acre_frame *frame;
    json_t *frames = json_array();

    while ((frame = acre_walk_next(&walk)) != NULL)
        acre_add(&writing->maker, frames, acre_text(frame->function));
    writing->maker.failed |= walk.has_no_memory;
    return frames;
}

static json_t *sites_of(struct writing *writing, const struct acre_advised_site *sites,
                        size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *object = place_of(writing, sites[i].place);

        acre_put_count(&writing->maker, object, "births", sites[i].births);
        acre_put_count(&writing->maker, object, "outliving", sites[i].outliving);
        acre_put_flag(&writing->maker, object, "has_threads", sites[i].has_threads);
        acre_put_flag(&writing->maker, object, "is_refuted", sites[i].is_refuted);
        acre_put(&writing->maker, object, "stack", stack_of(writing, sites[i].place));
        acre_add(&writing->maker, array, object);
    }
    return array;
}

static json_t *lasting_of(struct writing *writing, const struct acre_advised_region *region)
{
    json_t *array = json_array();

    for (size_t i = 0; i < region->lasting_count; i++) {
        json_t *object = place_of(writing, region->lasting[i].place);

        acre_put_count(&writing->maker, object, "blocks", region->lasting[i].blocks);
        acre_put_count(&writing->maker, object, "common", region->lasting[i].common);
        acre_put(&writing->maker, object, "stack", stack_of(writing, region->lasting[i].place));
        acre_add(&writing->maker, array, object);
    }
    return array;
}

static json_t *counts_of(struct writing *writing, const struct acre_advised_region *region)
{
    json_t *array = json_array();

    for (size_t i = 0; i < writing->report->advice->recording_count; i++) {
        const struct acre_region_counts *counts = &region->counts[i];
        json_t *object = json_object();

        acre_put_count(&writing->maker, object, "births", counts->births);
        acre_put_count(&writing->maker, object, "bytes", counts->bytes);
        acre_put_count(&writing->maker, object, "firings", counts->firings);
        acre_put_count(&writing->maker, object, "resets", counts->resets);
        acre_put_count(&writing->maker, object, "used", counts->epochs_used);
        acre_put_number(&writing->maker, object, "effective", acre_region_effective_epochs(counts));
        acre_put_count(&writing->maker, object, "first_event", counts->first_event);
        acre_put_count(&writing->maker, object, "last_event", counts->last_event);
        acre_add(&writing->maker, array, object);
    }
    return array;
}

static json_t *doubts_of(struct writing *writing, unsigned doubts)
{
    json_t *array = json_array();

    for (unsigned i = 0; acre_doubt_text(i) != NULL; i++)
        if ((doubts >> i & 1) != 0)
            acre_add(&writing->maker, array, json_string(acre_doubt_text(i)->word));
    return array;
}

static json_t *boundary_of(struct writing *writing, const struct acre_marker *marker)
{
    const char *scope = acre_place_scope(&writing->report->steps->places, marker->place);
    json_t *object = scope == NULL ? place_of(writing, marker->place) : json_object();

    if (scope != NULL)
        acre_put_text(&writing->maker, object, "scope", scope);
    else
        acre_put(&writing->maker, object, "stack", stack_of(writing, marker->place));
    acre_put_text(&writing->maker, object, "kind",
                  scope != NULL                       ? "scope"
                  : marker->kind == ACRE_MARKER_ENTRY ? "entry"
                                                      : "birth");
    return object;
}

static json_t *within_of(struct writing *writing, uint32_t place)
{
    json_t *object = place_of(writing, place);

    acre_put(&writing->maker, object, "stack", stack_of(writing, place));
    return object;
}

static json_t *region_of(struct writing *writing, const struct acre_advised_region *region)
{
    json_t *object = json_object();

    acre_put(&writing->maker, object, "boundary", boundary_of(writing, &region->marker));
    if (region->top != 0)
        acre_put(&writing->maker, object, "within", within_of(writing, region->top));
    acre_put_count(&writing->maker, object, "rotation", region->rotation);
    acre_put_count(&writing->maker, object, "stride", region->stride);
    acre_put(&writing->maker, object, "recordings", counts_of(writing, region));
    acre_put(&writing->maker, object, "sites",
             sites_of(writing, region->sites, region->site_count));
    acre_put(&writing->maker, object, "staying",
             sites_of(writing, region->staying, region->staying_count));
    acre_put(&writing->maker, object, "lasting", lasting_of(writing, region));
    acre_put_count(&writing->maker, object, "refuted_births", region->refuted_births);
    acre_put(&writing->maker, object, "doubts", doubts_of(writing, region->doubts));
    return object;
}

/* What was measured ------------------------------------------------------------------------------
 */

static void put_points(struct writing *writing, json_t *object, const char *name,
                       const struct acre_points *points)
{
    json_t *of = json_object();

    acre_put_number(&writing->maker, of, "point", points->point);
    if (points->has_interval) {
        acre_put_number(&writing->maker, of, "low", points->low);
        acre_put_number(&writing->maker, of, "high", points->high);
        acre_put_number(&writing->maker, of, "least", points->least);
        acre_put_number(&writing->maker, of, "most", points->most);
    }
    acre_put(&writing->maker, object, name, of);
}

static void put_ratio(struct writing *writing, json_t *object, const char *name,
                      const struct acre_ratio *ratio)
{
    json_t *of = json_object();

    acre_put_number(&writing->maker, of, "point", ratio->point);
    if (ratio->has_interval) {
        acre_put_number(&writing->maker, of, "low", ratio->low);
        acre_put_number(&writing->maker, of, "high", ratio->high);
    }
    acre_put(&writing->maker, object, name, of);
}

static json_t *rows_of(struct writing *writing, const struct acre_proof *proof)
{
    json_t *array = json_array();

    for (size_t i = 0; i < proof->row_count; i++) {
        const struct acre_proof_row *row = &proof->rows[i];
        json_t *object = json_object();

        acre_put_text(&writing->maker, object, "backend", row->backend);
        acre_put_number(&writing->maker, object, "ns", row->ns);
        acre_put_number(&writing->maker, object, "region_ns", row->region_ns);
        put_ratio(writing, object, "region_ratio", &row->region);
        if (row->has_alone)
            put_ratio(writing, object, "malloc_ratio", &row->alone);
        acre_add(&writing->maker, array, object);
    }
    return array;
}

static json_t *passes_of(struct writing *writing, const struct acre_proof *proof)
{
    json_t *object = json_object();

    acre_put_number(&writing->maker, object, "pass_percent", proof->passes.pass_percent);
    acre_put_number(&writing->maker, object, "most", proof->passes.most);
    put_points(writing, object, "gained", &proof->passes.gained);
    put_points(writing, object, "alone", &proof->passes.alone);
    put_points(writing, object, "on_best", &proof->passes.on_best);
    return object;
}

static json_t *proof_of(struct writing *writing, const struct acre_proof *proof)
{
    json_t *object = json_object();

    acre_put_count(&writing->maker, object, "events", proof->events);
    acre_put_count(&writing->maker, object, "all_events", proof->all_events);
    acre_put_number(&writing->maker, object, "run_ns", proof->run_ns);
    acre_put_flag(&writing->maker, object, "is_run_told", proof->is_run_told);
    acre_put(&writing->maker, object, "rows", rows_of(writing, proof));
    if (proof->has_points) {
        acre_put_number(&writing->maker, object, "share_percent", proof->share_percent);
        acre_put_text(&writing->maker, object, "best", proof->rows[proof->best].backend);
        put_points(writing, object, "gained", &proof->gained);
        put_points(writing, object, "alone", &proof->alone);
        put_points(writing, object, "on_best", &proof->on_best);
    }
    if (proof->passes.is_known)
        acre_put(&writing->maker, object, "passes", passes_of(writing, proof));
    return object;
}

static json_t *recordings_of(struct writing *writing)
{
    const struct acre_advised_report *report = writing->report;
    json_t *array = json_array();

    for (size_t i = 0; i < report->advice->recording_count; i++) {
        const struct acre_program *program = &report->advice->programs[i];
        json_t *object = json_object();

        acre_put_text(&writing->maker, object, "file", acre_last_part(report->recordings[i].path));
        acre_put_count(&writing->maker, object, "births", program->births);
        acre_put_count(&writing->maker, object, "matched_births",
                       report->advice->matched_births[i]);
        acre_put_count(&writing->maker, object, "absorbed", program->absorbed);
        acre_put_count(&writing->maker, object, "moved_out", program->moved_out);
        acre_put_count(&writing->maker, object, "peak_bytes", program->live_peak_bytes);
        acre_put_count(&writing->maker, object, "planned_peak_bytes", program->peak_bytes);
        acre_put_count(&writing->maker, object, "most_extra_bytes",
                       acre_advice_most_extra_bytes(report->advice, i));
        if (report->proofs != NULL)
            acre_put(&writing->maker, object, "proof", proof_of(writing, &report->proofs[i]));
        acre_add(&writing->maker, array, object);
    }
    return array;
}

static json_t *document_of(struct writing *writing)
{
    const struct acre_advised_report *report = writing->report;
    const struct acre_advice *advice = report->advice;
    json_t *object = json_object();
    json_t *regions = json_array();

    acre_put_count(&writing->maker, object, "acre_advice", 1);
    acre_put_text(&writing->maker, object, "verdict",
                  acre_advice_verdict_name(acre_advice_verdict(report)));
    acre_put(&writing->maker, object, "recordings", recordings_of(writing));
    acre_put_count(&writing->maker, object, "births", advice->births);
    acre_put_count(&writing->maker, object, "births_with_stacks", advice->known_births);
    acre_put_count(&writing->maker, object, "last_event", advice->last_event);
    acre_put_count(&writing->maker, object, "boundaries", advice->markers);
    acre_put_count(&writing->maker, object, "over_budget", advice->over_budget);
    acre_put_count(&writing->maker, object, "budget_bytes", advice->budget_bytes);
    for (uint32_t i = 0; i < advice->region_count; i++)
        acre_add(&writing->maker, regions, region_of(writing, &advice->regions[i]));
    acre_put(&writing->maker, object, "regions", regions);
    return object;
}

json_t *acre_advised_object(const struct acre_advised_report *report)
{
    struct writing writing = {.report = report};
    json_t *object = document_of(&writing);

    if (!writing.maker.failed)
        return object;
    json_decref(object);
    return NULL;
}

bool acre_advised_write_json(const struct acre_advised_report *report, FILE *stream)
{
    json_t *object = acre_advised_object(report);
    bool done = object != NULL && json_dumpf(object, stream, JSON_INDENT(2)) == 0 &&
                fputc('\n', stream) != EOF;

    json_decref(object);
    return done;
}
