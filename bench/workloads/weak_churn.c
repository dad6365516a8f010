/*
 * Weak references: made, followed, outlived, found in a table.
 *
 *   mode      once for each of --objects objects of 24 bytes, in every iteration
 *   create    a weak reference is made to an object that has some
 *   upgrade   a handle that was kept is made a strong reference, and that is given up
 *   death     an object is born, a first weak reference made to it; it dies; the handle reads dead
 *   table     an object is born, put into a table of weak values and found there; it dies, and its
 *             entry goes
 *
 * In create and upgrade the objects are made once and live in the scope of the first iteration, in
 * death and table they die with their iteration.
 */
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/workloads/hash.h"
#include "core/weak_table.h"

enum { MODE, OBJECTS, PARAMETERS };
enum { CREATE, UPGRADE, DEATH, TABLE };

static const struct acre_word modes[] = {
    [CREATE] = {"create", "create"},
    [UPGRADE] = {"upgrade", "upgrade"},
    [DEATH] = {"death", "death"},
    [TABLE] = {"table", "table"},
};

static const struct acre_parameter parameters[PARAMETERS] = {
    [MODE] = {.name = "mode",
              .argument = "WORD[,WORD...]",
              .help = "create: a weak reference to an object that has some;\n"
                      "upgrade: a kept handle made strong, and given up;\n"
                      "death: birth, first weak reference, death;\n"
                      "table: birth, put into a table of weak values, found, death;\n"
                      "all (default)",
              .defaults = "all",
              .is_list = true,
              .words = modes,
              .word_count = sizeof modes / sizeof modes[0],
              .all = "all"},
    [OBJECTS] = {.name = "objects",
                 .argument = "N[,N...]",
                 .help = "that are referred to (default 1000)",
                 .defaults = "1000",
                 .is_list = true,
                 .least = 1,
                 .most = 1000000000000,
                 .before = "",
                 .after = " objects"},
};

struct target {
    struct acre_object object;
    uint64_t number;
};

_Static_assert(sizeof(struct target) == 24, "the documents say 24 bytes");

static const struct acre_type target_type = {
    .name = "Target",
    .size_bytes = sizeof(struct target),
    .purpose = ACRE_PURPOSE_NODE,
};

/* Whether the objects die with their iteration. */
static bool renews(uint64_t mode)
{
    return mode == DEATH || mode == TABLE;
}

/* The workload ------------------------------------------------------------------------------ */

struct churn {
    struct acre_stage *stage;
    uint64_t mode, count;
    uint32_t type;
    struct target **targets;       /* owned references; NULL: not made */
    struct acre_weak *handles;     /* but in mode table */
    struct acre_weak_table *table; /* in mode table */
    uint64_t result;               /* of the last iteration: what was found, and what was dead */
};

static void churn_close(void *state)
{
    struct churn *churn = state;

    acre_weak_table_destroy(churn->stage->engine, churn->table);
    free(churn->targets);
    free(churn->handles);
    free(churn);
}

static void *churn_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct churn *churn = calloc(1, sizeof *churn);

    if (churn == NULL)
        return NULL;
    churn->stage = stage;
    churn->mode = spec->values[MODE];
    churn->count = spec->values[OBJECTS];
    churn->targets = calloc(churn->count, sizeof *churn->targets);
    churn->handles = calloc(churn->count, sizeof *churn->handles);
    if (churn->targets != NULL && churn->handles != NULL &&
        acre_type_register(stage->engine, &target_type, &churn->type) == ACRE_OK &&
        (churn->mode != TABLE || acre_weak_table_new(stage->engine, &churn->table) == ACRE_OK))
        return churn;
    churn_close(churn);
    return NULL;
}

static enum acre_status make_target(struct churn *churn, uint64_t iteration, uint64_t i)
{
    struct acre_object *object;
    enum acre_status status = acre_object_new(churn->stage->engine, churn->type, &object);

    if (status != ACRE_OK)
        return status;
    churn->targets[i] = (struct target *)object;
    churn->targets[i]->number = iteration ^ (i << 20);
    return ACRE_OK;
}

static enum acre_status make_handle(struct churn *churn, uint64_t i)
{
    return acre_weak_of(churn->stage->engine, &churn->targets[i]->object, &churn->handles[i]);
}

static enum acre_status make_and_refer(struct churn *churn, uint64_t iteration)
{
    enum acre_status status = ACRE_OK;

    for (uint64_t i = 0; status == ACRE_OK && i < churn->count; i++) {
        status = make_target(churn, iteration, i);
        if (status == ACRE_OK)
            status = make_handle(churn, i);
    }
    return status;
}

static enum acre_status create(struct churn *churn)
{
    enum acre_status status = ACRE_OK;

    for (uint64_t i = 0; status == ACRE_OK && i < churn->count; i++)
        status = make_handle(churn, i);
    return status;
}

static void upgrade(struct churn *churn)
{
    struct acre_engine *engine = churn->stage->engine;

    for (uint64_t i = 0; i < churn->count; i++) {
        struct acre_object *object = acre_weak_get(engine, churn->handles[i]);

        if (object != NULL)
            churn->result += ((struct target *)object)->number;
        acre_unref(engine, &object);
    }
}

/* The handles of the iteration before: a handle of nothing is one that was never made. */
static void count_dead(struct churn *churn)
{
    for (uint64_t i = 0; i < churn->count; i++)
        churn->result += churn->handles[i].stamp != 0 &&
                         !acre_weak_is_alive(churn->stage->engine, churn->handles[i]);
}

static enum acre_status fill_table(struct churn *churn, uint64_t iteration)
{
    struct acre_engine *engine = churn->stage->engine;
    enum acre_status status = ACRE_OK;

    for (uint64_t i = 0; status == ACRE_OK && i < churn->count; i++) {
        struct acre_object *found;

        status = make_target(churn, iteration, i);
        if (status == ACRE_OK)
            status = acre_weak_table_put(engine, churn->table, i, &churn->targets[i]->object);
        if (status != ACRE_OK)
            break;
        found = acre_weak_table_get(engine, churn->table, i);
        churn->result += found != NULL ? ((struct target *)found)->number : 0;
        acre_unref(engine, &found);
    }
    return status;
}

static void drop(struct churn *churn)
{
    for (uint64_t i = 0; i < churn->count; i++)
        acre_unref(churn->stage->engine, &churn->targets[i]);
}

static enum acre_status act(struct churn *churn, uint64_t iteration)
{
    switch (churn->mode) {
    case CREATE:
        return create(churn);
    case UPGRADE:
        upgrade(churn);
        return ACRE_OK;
    case DEATH:
        count_dead(churn);
        return make_and_refer(churn, iteration);
    default:
        churn->result += acre_weak_table_count(churn->table);
        return fill_table(churn, iteration);
    }
}

static enum acre_status churn_step(void *state, uint64_t iteration)
{
    struct churn *churn = state;
    bool is_scope = renews(churn->mode) || churn->targets[0] == NULL;
    enum acre_status status = ACRE_OK;

    churn->result = 0;
    if (is_scope) {
        drop(churn);
        status = acre_stage_begin(churn->stage, iteration);
    }
    if (status == ACRE_OK && is_scope && !renews(churn->mode))
        status = make_and_refer(churn, iteration);
    if (status == ACRE_OK)
        status = act(churn, iteration);
    if (status == ACRE_OK && is_scope)
        acre_stage_end(churn->stage);
    return status;
}

/* What the last iteration found, and what handles or keys find now. */
static uint64_t churn_checksum(const void *state)
{
    const struct churn *churn = state;
    struct acre_engine *engine = churn->stage->engine;
    uint64_t hash = acre_hash_number(0, churn->result);

    for (uint64_t i = 0; i < churn->count; i++) {
        struct acre_object *object = churn->table != NULL
                                         ? acre_weak_table_get(engine, churn->table, i)
                                         : acre_weak_get(engine, churn->handles[i]);

        hash = acre_hash_number(hash, object != NULL ? ((struct target *)object)->number : 0);
        acre_unref(engine, &object);
    }
    return hash;
}

static enum acre_status churn_drain(void *state)
{
    struct churn *churn = state;

    drop(churn);
    return acre_stage_drain(churn->stage);
}

/* Its limit --------------------------------------------------------------------------------- */

/* As large as a handle. */
struct reference {
    uint64_t row, stamp;
};

/* Objects in one array; a handle names a row, a row points to its object; nothing is asked. */
struct limit {
    uint64_t mode, count;
    struct target *targets;
    struct target **rows; /* of a table of handles, or of one of weak values */
    struct reference *handles;
    bool has_targets;
    uint64_t result;
};

static void limit_close(void *state)
{
    free(state); /* the rest goes with its arena */
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    struct limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->mode = spec->values[MODE];
    limit->count = spec->values[OBJECTS];
    limit->targets =
        acre_allocate_array(memory, limit->count, sizeof *limit->targets, 64, ACRE_PURPOSE_NODE);
    limit->rows =
        acre_allocate_array(memory, limit->count, sizeof *limit->rows, 64, ACRE_PURPOSE_WEAK);
    limit->handles =
        acre_allocate_array(memory, limit->count, sizeof *limit->handles, 64, ACRE_PURPOSE_OTHER);
    if (limit->targets != NULL && limit->rows != NULL && limit->handles != NULL)
        return limit;
    limit_close(limit);
    return NULL;
}

static void limit_make(struct limit *limit, uint64_t iteration)
{
    for (uint64_t i = 0; i < limit->count; i++) {
        limit->targets[i] =
            (struct target){.object = {.strong = 1}, .number = iteration ^ (i << 20)};
        limit->rows[i] = &limit->targets[i];
        if (limit->mode == TABLE)
            limit->result += limit->rows[i]->number;
        else
            limit->handles[i] = (struct reference){i, 1};
    }
}

static void limit_create(struct limit *limit)
{
    for (uint64_t i = 0; i < limit->count; i++)
        limit->handles[i] = (struct reference){i, 1};
}

static void limit_follow(struct limit *limit)
{
    for (uint64_t i = 0; i < limit->count; i++)
        limit->result += limit->rows[limit->handles[i].row]->number;
}

static void limit_count_dead(struct limit *limit)
{
    for (uint64_t i = 0; i < limit->count; i++)
        limit->result += limit->handles[i].stamp != 0;
}

static void limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;

    limit->result = 0;
    if (limit->mode == DEATH && limit->has_targets)
        limit_count_dead(limit);
    if (renews(limit->mode) || !limit->has_targets)
        limit_make(limit, iteration);
    if (limit->mode == CREATE)
        limit_create(limit);
    if (limit->mode == UPGRADE)
        limit_follow(limit);
    limit->has_targets = true;
}

static uint64_t limit_checksum(const void *state)
{
    const struct limit *limit = state;
    uint64_t hash = acre_hash_number(0, limit->result);

    for (uint64_t i = 0; i < limit->count; i++)
        hash = acre_hash_number(hash, limit->rows[i]->number);
    return hash;
}

static uint64_t objects_of(const struct acre_cell_spec *spec)
{
    return spec->values[OBJECTS];
}

/* mode, objects */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {
    {CREATE, 40}, {UPGRADE, 40}, {DEATH, 40}, {TABLE, 40}};

static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{UPGRADE, 1000}, {DEATH, 1000}};

static const char *const examples[] = {
    "--json run.json",
    "--mode upgrade --objects 100,10000,1000000 --rounds 8",
    "--mode death,table --backends malloc,arena",
    NULL,
};

const struct acre_workload acre_weak_churn = {
    .name = "weak-churn",
    .about = "Weak references made, followed, outlived, and found in a table",
    .parameters = parameters,
    .parameter_count = PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 10,
    .rounds = 12,
    .unit = "object",
    .units = objects_of,
    .unsuited =
        {
            [ACRE_LIFETIME_STRONG] = "no object refers to another: the same as weak",
            [ACRE_LIFETIME_COLLECTOR] = "no object refers to another: nothing to collect",
        },
    .open = churn_open,
    .step = churn_step,
    .checksum = churn_checksum,
    .drain = churn_drain,
    .close = churn_close,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = limit_checksum,
    .limit_close = limit_close,
};
