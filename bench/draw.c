#include "bench/draw.h"

#include <stdlib.h>

#include "alloc/backends.h"
#include "bench/sitting.h"
#include "bench/visit/visit.h"
#include "report/picture.h"
#include "report/write_file.h"

enum { MOST_VARIABLES = 16 };

/* The purposes of blocks that are objects. */
static const unsigned objects_of = 1u << ACRE_PURPOSE_NODE | 1u << ACRE_PURPOSE_VARIABLE |
                                   1u << ACRE_PURPOSE_FUNCTION | 1u << ACRE_PURPOSE_ARRAY;

/* A workload with the ledger of its objects. */
struct portrait {
    struct acre_sitting sitting;
    struct acre_alloc *pages; /* of the ledger */
    struct acre_ledger ledger;
};

static enum acre_exit begin(struct portrait *portrait)
{
    const struct acre_layers layers = {.ledger = &portrait->ledger};

    portrait->pages = acre_pages_new();
    if (portrait->pages == NULL || !acre_ledger_init_full(&portrait->ledger, portrait->pages, 1))
        return acre_sitting_fail_for_memory(&portrait->sitting);
    return acre_sitting_begin(&portrait->sitting, &layers);
}

static void end(struct portrait *portrait)
{
    acre_sitting_end(&portrait->sitting);
    acre_ledger_fini(&portrait->ledger);
    acre_destroy(portrait->pages);
}

/* Its picture ------------------------------------------------------------------------------- */

/* The census: every object that was born and has not died. What is made last tends to hold what was
 * made before, so it goes first: Graphviz begins there. NULL: no memory. */
static struct acre_object **list_objects(const struct acre_ledger *ledger, size_t *count)
{
    struct acre_live_block *blocks;
    struct acre_object **objects;

    *count = acre_ledger_live(ledger, objects_of, NULL, 0);
    blocks = calloc(*count + 1, sizeof *blocks);
    objects = calloc(*count + 1, sizeof *objects);
    if (blocks == NULL || objects == NULL || ledger->lost > 0) {
        free(objects);
        objects = NULL;
    } else {
        acre_ledger_live(ledger, objects_of, blocks, *count);
        for (size_t i = 0; i < *count; i++)
            objects[i] = (struct acre_object *)blocks[*count - 1 - i].address;
    }
    free(blocks);
    return objects;
}

static enum acre_exit draw_to(const struct portrait *portrait, FILE *stream)
{
    const struct acre_sitting *sitting = &portrait->sitting;
    bool is_about_leaks = acre_sitting_is_about_leaks(sitting);
    struct acre_drawn_variable variables[MOST_VARIABLES];
    struct acre_drawing drawing = {.variables = variables};
    struct acre_object **objects = list_objects(&portrait->ledger, &drawing.object_count);
    enum acre_status status = ACRE_NO_MEMORY;
    char title[64 + ACRE_BACKEND_NAME_BYTES];

    if (objects != NULL) {
        snprintf(title, sizeof title, "%s, %s/%s: %s", sitting->workload->name,
                 sitting->spec->backend, acre_lifetime_name(sitting->spec->lifetime),
                 is_about_leaks ? "what leaked in 10 iterations" : "after iteration 1");
        drawing.title = title;
        drawing.objects = objects;
        if (sitting->workload->variables != NULL && !is_about_leaks)
            drawing.variable_count =
                sitting->workload->variables(sitting->state, variables, MOST_VARIABLES);
        status = acre_draw(sitting->stage.engine, &drawing, stream);
    }
    free(objects);
    return status == ACRE_OK ? ACRE_EXIT_OK : acre_sitting_fail_for_memory(sitting);
}

/* The picture as text, to be freed. */
static enum acre_exit draw(struct portrait *portrait, struct acre_bytes *text)
{
    struct acre_sitting *sitting = &portrait->sitting;
    bool is_about_leaks = acre_sitting_is_about_leaks(sitting);
    FILE *stream = open_memstream(&text->bytes, &text->count);
    enum acre_exit status =
        stream != NULL ? begin(portrait) : acre_sitting_fail_for_memory(sitting);

    if (status == ACRE_EXIT_OK)
        status = acre_sitting_play(sitting, is_about_leaks ? ACRE_STRONG_ITERATIONS : 1);
    if (status == ACRE_EXIT_OK && is_about_leaks)
        status = acre_sitting_drain(sitting);
    if (status == ACRE_EXIT_OK)
        status = draw_to(portrait, stream);
    if (status == ACRE_EXIT_OK && !is_about_leaks)
        status = acre_sitting_drain(sitting);
    end(portrait);
    if (stream != NULL && fclose(stream) != 0 && status == ACRE_EXIT_OK)
        status = acre_sitting_fail_for_memory(sitting);
    return status;
}

enum acre_exit acre_bench_draw(const struct acre_workload *workload,
                               const struct acre_cell_spec *spec, const char *path, char *error,
                               size_t error_bytes)
{
    struct portrait portrait = {
        .sitting = {
            .workload = workload, .spec = spec, .error = error, .error_bytes = error_bytes}};
    struct acre_bytes text = {0};
    enum acre_exit status = ACRE_EXIT_IO;

    if (acre_file_probe(path, error, error_bytes)) {
        status = draw(&portrait, &text);
        if (status == ACRE_EXIT_OK &&
            !acre_picture_write(&acre_painter_graphviz, &text, path, error, error_bytes))
            status = ACRE_EXIT_IO;
    }
    free(text.bytes);
    return status;
}
