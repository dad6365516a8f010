#include "bench/draw.h"

#include <stdlib.h>

#include "alloc/backends.h"
#include "bench/visit.h"
#include "report/picture.h"
#include "report/write_file.h"

enum { MOST_VARIABLES = 16 };

/* The purposes of blocks that are objects. */
static const unsigned objects_of = 1u << ACRE_PURPOSE_NODE | 1u << ACRE_PURPOSE_VARIABLE |
                                   1u << ACRE_PURPOSE_FUNCTION | 1u << ACRE_PURPOSE_ARRAY;

/* The workload ------------------------------------------------------------------------------ */

/* A workload that runs for its portrait. */
struct sitting {
    const struct acre_workload *workload;
    const struct acre_cell_spec *spec;
    struct acre_alloc *pages; /* of the ledger */
    struct acre_ledger ledger;
    struct acre_stage stage;
    void *state; /* of the workload */
    char *error;
    size_t error_bytes;
};

static enum acre_exit fail(const struct sitting *sitting, enum acre_exit status, const char *why)
{
    snprintf(sitting->error, sitting->error_bytes, "%s/%s failed: %.300s", sitting->spec->backend,
             acre_lifetime_name(sitting->spec->lifetime), why);
    return status;
}

static enum acre_exit fail_for_memory(const struct sitting *sitting)
{
    snprintf(sitting->error, sitting->error_bytes, "out of memory");
    return ACRE_EXIT_MEMORY;
}

static enum acre_exit begin(struct sitting *sitting)
{
    const struct acre_cell_spec *spec = sitting->spec;
    const struct acre_layers layers = {.ledger = &sitting->ledger};
    char why[256];

    sitting->pages = acre_pages_new();
    if (sitting->pages == NULL || !acre_ledger_init_full(&sitting->ledger, sitting->pages, 1))
        return fail_for_memory(sitting);
    if (!acre_workload_open_stage(sitting->workload, spec, &sitting->stage, &layers, why,
                                  sizeof why))
        return fail(sitting, ACRE_EXIT_CELL, why);
    sitting->state = sitting->workload->open(&sitting->stage, spec);
    return sitting->state != NULL ? ACRE_EXIT_OK : fail_for_memory(sitting);
}

static void end(struct sitting *sitting)
{
    if (sitting->state != NULL)
        sitting->workload->close(sitting->state);
    acre_stage_close(&sitting->stage);
    acre_ledger_fini(&sitting->ledger);
    acre_destroy(sitting->pages);
}

static bool is_about_leaks(const struct sitting *sitting)
{
    return sitting->spec->lifetime == ACRE_LIFETIME_STRONG;
}

static enum acre_exit judge(const struct sitting *sitting, enum acre_status status)
{
    return status == ACRE_OK ? ACRE_EXIT_OK
                             : fail(sitting, ACRE_EXIT_CELL, acre_error(sitting->stage.engine));
}

static enum acre_exit drain(const struct sitting *sitting)
{
    return judge(sitting, sitting->workload->drain(sitting->state));
}

static enum acre_exit play(const struct sitting *sitting)
{
    uint64_t iterations = is_about_leaks(sitting) ? ACRE_STRONG_ITERATIONS : 1;
    enum acre_status status = ACRE_OK;

    for (uint64_t i = 0; status == ACRE_OK && i < iterations; i++)
        status = sitting->workload->step(sitting->state, i);
    return judge(sitting, status);
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

static enum acre_exit draw_to(const struct sitting *sitting, FILE *stream)
{
    struct acre_drawn_variable variables[MOST_VARIABLES];
    struct acre_drawing drawing = {.variables = variables};
    struct acre_object **objects = list_objects(&sitting->ledger, &drawing.object_count);
    enum acre_status status = ACRE_NO_MEMORY;
    char title[64 + ACRE_BACKEND_NAME_BYTES];

    if (objects != NULL) {
        snprintf(title, sizeof title, "%s, %s/%s: %s", sitting->workload->name,
                 sitting->spec->backend, acre_lifetime_name(sitting->spec->lifetime),
                 is_about_leaks(sitting) ? "what leaked in 10 iterations" : "after iteration 1");
        drawing.title = title;
        drawing.objects = objects;
        if (sitting->workload->variables != NULL && !is_about_leaks(sitting))
            drawing.variable_count =
                sitting->workload->variables(sitting->state, variables, MOST_VARIABLES);
        status = acre_draw(sitting->stage.engine, &drawing, stream);
    }
    free(objects);
    return status == ACRE_OK ? ACRE_EXIT_OK : fail_for_memory(sitting);
}

/* The picture as text, to be freed. */
static enum acre_exit draw(struct sitting *sitting, struct acre_bytes *text)
{
    FILE *stream = open_memstream(&text->bytes, &text->count);
    enum acre_exit status = stream != NULL ? begin(sitting) : fail_for_memory(sitting);

    if (status == ACRE_EXIT_OK)
        status = play(sitting);
    if (status == ACRE_EXIT_OK && is_about_leaks(sitting))
        status = drain(sitting);
    if (status == ACRE_EXIT_OK)
        status = draw_to(sitting, stream);
    if (status == ACRE_EXIT_OK && !is_about_leaks(sitting))
        status = drain(sitting);
    end(sitting);
    if (stream != NULL && fclose(stream) != 0 && status == ACRE_EXIT_OK)
        status = fail_for_memory(sitting);
    return status;
}

enum acre_exit acre_bench_draw(const struct acre_workload *workload,
                               const struct acre_cell_spec *spec, const char *path, char *error,
                               size_t error_bytes)
{
    struct sitting sitting = {
        .workload = workload, .spec = spec, .error = error, .error_bytes = error_bytes};
    struct acre_bytes text = {0};
    enum acre_exit status = ACRE_EXIT_IO;

    if (acre_file_probe(path, error, error_bytes)) {
        status = draw(&sitting, &text);
        if (status == ACRE_EXIT_OK &&
            !acre_picture_write(&acre_painter_graphviz, &text, path, error, error_bytes))
            status = ACRE_EXIT_IO;
    }
    free(text.bytes);
    return status;
}
