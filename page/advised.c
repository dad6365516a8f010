#include "page/advised.h"

#include <stdio.h>

#include "page/maker.h"
#include "report/site_text.h"

static bool say_sentence(const struct acre_page *page, const void *context)
{
    return acre_advised_print_sentence(context, page);
}

static bool say_notes(const struct acre_page *page, const void *context)
{
    return acre_advised_print_notes(context, page);
}

static void put_answer(struct acre_maker *maker, json_t *model,
                       const struct acre_advised_report *report)
{
    const struct acre_said said = {say_sentence, report};
    json_t *lines = acre_paragraphs(maker, &said);

    acre_put(maker, model, "answer", json_incref(json_array_get(lines, 0)));
    json_decref(lines);
}

static void put_title(struct acre_maker *maker, json_t *model,
                      const struct acre_advised_report *report)
{
    size_t more = report->advice->recording_count - 1;
    char title[320];
    char others[32] = "";

    if (more > 0)
        snprintf(others, sizeof others, " and %zu more", more);
    snprintf(title, sizeof title, "Advice on %.200s%s", acre_last_part(report->recordings[0].path),
             others);
    acre_put_text(maker, model, "title", title);
}

static json_t *count_of(uint64_t count)
{
    return json_integer((json_int_t)(count <= INT64_MAX ? count : INT64_MAX));
}

static json_t *memory_of(struct acre_maker *maker, const struct acre_picture *picture)
{
    json_t *object = json_object();
    json_t *event = json_array(), *live = json_array(), *planned = json_array();

    for (uint32_t i = 0; i < picture->point_count; i++) {
        acre_add(maker, event, count_of(picture->points[i].event));
        acre_add(maker, live, count_of(picture->points[i].live_bytes));
        acre_add(maker, planned, count_of(picture->points[i].planned_bytes));
    }
    acre_put(maker, object, "event", event);
    acre_put(maker, object, "live", live);
    acre_put(maker, object, "planned", planned);
    return object;
}

static json_t *block_of(struct acre_maker *maker, const struct acre_picture_block *block)
{
    json_t *row = json_array();

    acre_add(maker, row, count_of(block->born));
    acre_add(maker, row, count_of(block->died));
    acre_add(maker, row, count_of(block->is_in));
    return row;
}

static json_t *window_of(struct acre_maker *maker, const struct acre_picture_window *window)
{
    json_t *object = json_object();
    json_t *resets = json_array(), *blocks = json_array();

    for (uint32_t i = 0; i < window->reset_count; i++)
        acre_add(maker, resets, count_of(window->resets[i]));
    for (uint32_t i = 0; i < window->block_count; i++)
        acre_add(maker, blocks, block_of(maker, &window->blocks[i]));
    acre_put(maker, object, "each", count_of(window->each));
    acre_put(maker, object, "first_reset", count_of(window->first_reset));
    acre_put(maker, object, "resets", resets);
    acre_put(maker, object, "blocks", blocks);
    return object;
}

json_t *acre_page_advised_model(const struct acre_page_advice *advice)
{
    const struct acre_said notes = {say_notes, advice->report};
    struct acre_maker maker = {false};
    json_t *model = json_object(), *object = json_object(), *windows = json_array();

    put_title(&maker, model, advice->report);
    put_answer(&maker, model, advice->report);
    acre_put(&maker, object, "notes", acre_paragraphs(&maker, &notes));
    acre_put(&maker, object, "advice", acre_advised_object(advice->report));
    acre_put(&maker, object, "memory", memory_of(&maker, advice->picture));
    for (uint32_t i = 0; i < advice->picture->window_count; i++)
        acre_add(&maker, windows, window_of(&maker, &advice->picture->windows[i]));
    acre_put(&maker, object, "windows", windows);
    acre_put(&maker, model, "advised", object);
    if (!maker.failed)
        return model;
    json_decref(model);
    return NULL;
}
