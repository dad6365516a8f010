#include "page/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page/model_parts.h"
#include "report/aged.h"
#include "report/format.h"
#include "report/provenance.h"
#include "report/scaling.h"
#include "report/sentence.h"
#include "report/summary.h"

/* Groups ------------------------------------------------------------------------------------- */

static bool say_group_notes(const struct acre_page *page, const void *context)
{
    const struct acre_group *group = context;
    size_t verdicts[ACRE_VERDICT_COUNT] = {0};

    for (size_t i = 0; i < group->row_count; i++)
        if (group->rows[i].has_against)
            verdicts[group->rows[i].against.verdict]++;
    return acre_provenance_open(page, verdicts) && acre_provenance_leaks(page, group, 1) &&
           acre_provenance_results(page, group, 1);
}

static json_t *group_object(struct acre_maker *maker, const struct acre_group *group,
                            size_t most_points)
{
    const struct acre_said said = {say_group_notes, group};
    json_t *object = json_object(), *rows = json_array();
    char *sentence = acre_group_sentence(group);

    if (sentence == NULL)
        maker->failed = true;
    acre_put_text(maker, object, "workload", group->key->workload);
    acre_put_text(maker, object, "title", acre_group_title(group->key).text);
    acre_put_text(maker, object, "answer", sentence);
    free(sentence);
    acre_put_text(maker, object, "unit", group->key->unit);
    if (group->has_limit)
        acre_put_number(maker, object, "limit_ns", group->limit_ns);
    if (group->played != NULL)
        acre_put(maker, object, "played", json_true());
    for (size_t i = 0; i < group->row_count; i++)
        acre_add(maker, rows, acre_model_row(maker, group, &group->rows[i], most_points));
    acre_put(maker, object, "rows", rows);
    acre_put(maker, object, "notes", acre_paragraphs(maker, &said));
    return object;
}

/* A suite ------------------------------------------------------------------------------------ */

static json_t *case_object(struct acre_maker *maker, const struct acre_contest *contest,
                           const char *title)
{
    json_t *object = json_object();

    acre_put_text(maker, object, "case", title);
    if (contest->fastest != NULL)
        acre_put_text(maker, object, "fastest",
                      acre_strategy_name(&contest->fastest->cell->key).text);
    if (contest->has_against_malloc)
        acre_put(maker, object, "malloc", acre_judged_ratio(maker, &contest->against_malloc));
    if (contest->has_against_single) {
        acre_put(maker, object, "single", acre_judged_ratio(maker, &contest->against_single));
        acre_put_text(maker, object, "single_name",
                      acre_strategy_name(&contest->single->cell->key).text);
    }
    return object;
}

/* The answer over all groups, and a row for each, in their order. */
static void put_summary(struct acre_maker *maker, json_t *object, const struct acre_groups *groups)
{
    struct acre_summary summary;
    json_t *cases = json_array();

    acre_put(maker, object, "cases", cases);
    if (!acre_summary_init(&summary, groups)) {
        maker->failed = true;
        return;
    }
    acre_put_text(maker, object, "answer", acre_summary_sentence(&summary).text);
    for (size_t at = 0, length; at < groups->count; at += length) {
        const struct acre_group *first = groups->groups + at;

        length = acre_workload_length(first, groups->count - at);
        for (size_t i = 0; i < length; i++)
            acre_add(maker, cases,
                     case_object(maker, &summary.contests[at + i],
                                 acre_group_title_among(first, length, i).text));
    }
    acre_summary_fini(&summary);
}

/* Aged heaps --------------------------------------------------------------------------------- */

static json_t *aged_pair(struct acre_maker *maker, const struct acre_aged_pair *pair)
{
    json_t *object = json_object();
    const struct acre_recorded *clean = &pair->clean->recorded, *aged = &pair->aged->recorded;

    acre_put_text(maker, object, "workload", pair->clean->key.workload);
    acre_put_text(maker, object, "title", acre_group_title(&pair->clean->key).text);
    acre_put_text(maker, object, "strategy", acre_strategy_name(&pair->clean->key).text);
    acre_put_text(maker, object, "heap", acre_aged_heap(pair->aged).text);
    if (pair->is_timed) {
        acre_put_number(maker, object, "clean_ns", pair->clean_ns);
        acre_put_number(maker, object, "aged_ns", pair->aged_ns);
        acre_put(maker, object, "ratio", acre_judged_ratio(maker, &pair->ratio));
    }
    if (pair->clean->has_recorded && clean->has_held)
        acre_put_count(maker, object, "held_clean", clean->peak_held_bytes);
    if (pair->aged->has_recorded && aged->has_held)
        acre_put_count(maker, object, "held_aged", aged->peak_held_bytes);
    return object;
}

static void put_aged(struct acre_maker *maker, json_t *object, const struct acre_run *run,
                     const struct acre_judging *judging)
{
    struct acre_aged aged;
    json_t *pairs = json_array();

    acre_put(maker, object, "aged", pairs);
    if (!acre_aged_init(&aged, run, judging)) {
        maker->failed = true;
        return;
    }
    for (size_t i = 0; i < aged.count; i++)
        acre_add(maker, pairs, aged_pair(maker, &aged.pairs[i]));
    acre_aged_fini(&aged);
}

/* Sizes -------------------------------------------------------------------------------------- */

struct sizes {
    const struct acre_size_set *set;
    const struct acre_judging *judging;
};

static bool say_sizes(const struct acre_page *page, const void *context)
{
    const struct sizes *sizes = context;

    return acre_scaling_say(page, sizes->set, sizes->judging);
}

static json_t *size_set(struct acre_maker *maker, const struct acre_groups *groups,
                        const struct acre_size_set *set)
{
    const struct sizes sizes = {set, &groups->judging};
    const struct acre_said said = {say_sizes, &sizes};
    json_t *object = json_object(), *numbers = json_array(), *values = json_array();

    acre_put_text(maker, object, "parameter", set->groups[0]->key->parameters[set->parameter].name);
    for (size_t i = 0; i < set->count; i++) {
        acre_add(maker, numbers, json_integer(set->groups[i] - groups->groups));
        acre_add(maker, values, json_integer((json_int_t)acre_size_set_value(set, i)));
    }
    acre_put(maker, object, "groups", numbers);
    acre_put(maker, object, "values", values);
    acre_put(maker, object, "notes", acre_paragraphs(maker, &said));
    return object;
}

/* Groups that differ in one number alone, by their places. */
static void put_sizes(struct acre_maker *maker, json_t *object, const struct acre_groups *groups)
{
    json_t *sets = json_array();

    acre_put(maker, object, "sizes", sets);
    for (size_t at = 0, length; at < groups->count; at += length) {
        const struct acre_group *first = groups->groups + at;
        struct acre_size_set set;

        length = acre_workload_length(first, groups->count - at);
        for (size_t i = 0; acre_size_set_next(first, length, &i, &set); i++)
            acre_add(maker, sets, size_set(maker, groups, &set));
    }
}

/* How it was measured ------------------------------------------------------------------------ */

static bool say_run_notes(const struct acre_page *page, const void *context)
{
    const struct acre_run *run = context;

    return acre_provenance_noise(page, run) && acre_provenance_left_out(page, run);
}

static void put_noise(struct acre_maker *maker, json_t *object, const struct acre_judging *judging)
{
    const struct acre_noise *noise = judging->is_steady ? &judging->steady : &judging->measured;

    if (noise->is_known)
        acre_put_number(maker, object, "noise", noise->ratio);
}

static json_t *texts(struct acre_maker *maker, const char *const *from, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        acre_add(maker, array, acre_text(from[i]));
    return array;
}

static void put_provenance(struct acre_maker *maker, json_t *object, const struct acre_run *run)
{
    const struct acre_said said = {say_run_notes, run};
    json_t *machine = json_array(), *libraries = json_array();

    for (size_t i = 0; i < run->machine_count; i++) {
        const char *const fact[] = {run->machine[i].name, run->machine[i].value};

        acre_add(maker, machine, texts(maker, fact, 2));
    }
    for (size_t i = 0; i < run->library_count; i++) {
        const struct acre_library *from = &run->libraries[i];
        const char *const library[] = {from->backend, from->version, from->path, from->build_id};

        acre_add(maker, libraries, texts(maker, library, 4));
    }
    acre_put(maker, object, "notes", acre_paragraphs(maker, &said));
    acre_put(maker, object, "machine", machine);
    acre_put(maker, object, "libraries", libraries);
    acre_put_text(maker, object, "command", run->command);
    acre_put_text(maker, object, "started", run->started);
    acre_put_text(maker, object, "version", run->acre_version);
    acre_put(maker, object, "seed", json_sprintf("%llu", (unsigned long long)run->seed));
    acre_put_text(maker, object, "duration", acre_format_seconds(run->duration_seconds).text);
}

/* All of it ---------------------------------------------------------------------------------- */

static size_t points_of_each(const struct acre_page_content *content)
{
    size_t cells = 1, points;

    for (size_t i = 0; i < content->run_count; i++)
        cells += content->runs[i].run->cell_count;
    points = ACRE_PAGE_ALL_POINTS / cells;
    if (points < ACRE_PAGE_LEAST_POINTS)
        return ACRE_PAGE_LEAST_POINTS;
    return points < ACRE_PAGE_MOST_POINTS ? points : ACRE_PAGE_MOST_POINTS;
}

/* A run that measured nothing has no group to answer for it. */
static void put_answer(struct acre_maker *maker, json_t *object, const json_t *groups)
{
    json_t *answer = json_object_get(json_array_get(groups, 0), "answer");

    acre_put(maker, object, "answer",
             answer != NULL ? json_incref(answer) : json_string("Nothing was measured."));
}

static json_t *run_object(struct acre_maker *maker, const struct acre_page_run *from,
                          size_t most_points)
{
    json_t *object = json_object(), *list = json_array();
    struct acre_groups groups;

    acre_put_text(maker, object, "name", from->name);
    acre_put(maker, object, "groups", list);
    put_provenance(maker, object, from->run);
    if (!acre_groups_init(&groups, from->run)) {
        maker->failed = true;
        return object;
    }
    for (size_t i = 0; i < groups.count; i++)
        acre_add(maker, list, group_object(maker, &groups.groups[i], most_points));
    put_noise(maker, object, &groups.judging);
    put_aged(maker, object, from->run, &groups.judging);
    put_sizes(maker, object, &groups);
    if (acre_run_is_suite(from->run))
        put_summary(maker, object, &groups);
    else
        put_answer(maker, object, list);
    acre_groups_fini(&groups);
    return object;
}

static void put_comparisons(struct acre_maker *maker, json_t *model,
                            const struct acre_page_content *content)
{
    json_t *comparisons = json_array();

    for (size_t i = 0; i < content->comparison_count; i++) {
        const struct acre_page_comparison *from = &content->comparisons[i];
        const struct acre_comparison_view view = {
            .before_names = from->before_names, .after_names = from->after_names, .wide = true};

        acre_add(maker, comparisons, acre_model_comparison(maker, from->comparison, &view));
    }
    acre_put(maker, model, "comparisons", comparisons);
}

/* "square-chain", "10 workloads", "B against A". */
static void put_title(struct acre_maker *maker, json_t *model,
                      const struct acre_page_content *content)
{
    const struct acre_run *run = content->runs[0].run;
    char title[256];

    if (content->comparison_count > 0)
        snprintf(title, sizeof title, "%zu runs compared", content->run_count);
    else if (acre_run_is_suite(run) || run->cell_count == 0)
        snprintf(title, sizeof title, "%.200s", content->runs[0].name);
    else
        snprintf(title, sizeof title, "%.200s", acre_or_empty(run->cells[0].key.workload));
    acre_put_text(maker, model, "title", title);
}

json_t *acre_page_model(const struct acre_page_content *content)
{
    struct acre_maker maker = {false};
    json_t *model = json_object(), *runs = json_array();
    size_t most_points = points_of_each(content);

    put_title(&maker, model, content);
    put_comparisons(&maker, model, content);
    for (size_t i = 0; i < content->run_count; i++)
        acre_add(&maker, runs, run_object(&maker, &content->runs[i], most_points));
    acre_put(&maker, model, "runs", runs);
    if (maker.failed) {
        json_decref(model);
        return NULL;
    }
    return model;
}
