/* What a page knows of a comparison: the sentence, the table and the notes of the terminal. */
#include "page/model_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/compare_notes.h"
#include "report/format.h"

/* Why a cell has no times: "failed in B: out of memory"; "": it has. */
static void put_trouble(struct acre_maker *maker, json_t *object,
                        const struct acre_comparison *comparison,
                        const struct acre_compared_cell *cell)
{
    const char *before = acre_failure_of(cell->all_before, comparison->before.count);
    const char *after = acre_failure_of(cell->all_after, comparison->after.count);
    char text[512];

    if (before == NULL && after == NULL)
        return;
    snprintf(text, sizeof text, "failed in %s: %s",
             before == NULL  ? "B"
             : after == NULL ? "A"
                             : "both",
             after != NULL ? after : before);
    acre_put_text(maker, object, "failure", text);
}

static void put_unpaired(struct acre_maker *maker, json_t *object,
                         const struct acre_compared_cell *cell)
{
    enum acre_verdict verdict = acre_unpaired_verdict(cell);
    char text[160];

    snprintf(text, sizeof text, "%s, p %s",
             acre_verdict_differs(verdict) ? acre_verdict_words(verdict) : "not shown",
             acre_format_short(cell->unpaired.p).text);
    acre_put_text(maker, object, "unpaired", text);
}

/* As the table of `acre compare` has it: the ratio with its interval, and the verdict in short. */
static json_t *compared_ratio(struct acre_maker *maker, const struct acre_ratio *ratio)
{
    json_t *object = acre_ratio_object(maker, ratio);

    acre_put_text(maker, object, "text", acre_format_ratio(ratio, 3).text);
    acre_put_text(maker, object, "verdict", acre_verdict_words(ratio->verdict));
    acre_put_text(maker, object, "words", acre_format_verdict_short(ratio).text);
    return object;
}

static json_t *compared_cell(struct acre_maker *maker, const struct acre_comparison *comparison,
                             const struct acre_compared_cell *cell)
{
    const struct acre_cell_key *key = &cell->before->key;
    json_t *object = json_object();

    acre_put_text(maker, object, "workload", key->workload);
    acre_put_text(maker, object, "title", acre_group_title(key).text);
    acre_put_text(maker, object, "strategy", acre_strategy_name(key).text);
    put_trouble(maker, object, comparison, cell);
    if (cell->has_time) {
        acre_put_number(maker, object, "before_ns", cell->before_ns);
        acre_put_number(maker, object, "after_ns", cell->after_ns);
        acre_put(maker, object, "time", compared_ratio(maker, &cell->time));
    }
    if (cell->has_x_limit)
        acre_put(maker, object, "x_limit", compared_ratio(maker, &cell->x_limit));
    if (cell->has_unpaired)
        put_unpaired(maker, object, cell);
    acre_put_count(maker, object, "differences", cell->difference_count);
    return object;
}

static json_t *names(struct acre_maker *maker, const char *const *names, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        acre_add(maker, array, acre_text(names[i]));
    return array;
}

struct notes {
    const struct acre_comparison *comparison;
    const struct acre_comparison_view *view;
};

static bool say_notes(const struct acre_page *page, const void *context)
{
    const struct notes *notes = context;

    return acre_comparison_print_notes(page, notes->comparison, notes->view);
}

json_t *acre_model_comparison(struct acre_maker *maker, const struct acre_comparison *comparison,
                              const struct acre_comparison_view *view)
{
    const struct notes notes = {comparison, view};
    const struct acre_said said = {say_notes, &notes};
    char *sentence = acre_comparison_sentence(comparison);
    json_t *object = json_object(), *cells = json_array();

    if (sentence == NULL)
        maker->failed = true;
    acre_put_text(maker, object, "answer", sentence);
    free(sentence);
    acre_put(maker, object, "before", names(maker, view->before_names, comparison->before.count));
    acre_put(maker, object, "after", names(maker, view->after_names, comparison->after.count));
    for (size_t i = 0; i < comparison->cell_count; i++)
        acre_add(maker, cells, compared_cell(maker, comparison, &comparison->cells[i]));
    acre_put(maker, object, "cells", cells);
    acre_put(maker, object, "notes", acre_paragraphs(maker, &said));
    return object;
}
