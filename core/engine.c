#include "core/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/internal.h"

enum acre_status acre_fail(struct acre_engine *engine, enum acre_status status, const char *format,
                           ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(engine->error, sizeof engine->error, format, arguments);
    va_end(arguments);
    return status;
}

enum acre_status acre_fail_no_memory(struct acre_engine *engine, const char *wanted)
{
    return acre_fail(engine, ACRE_NO_MEMORY, "out of memory for %s", wanted);
}

const char *acre_error(const struct acre_engine *engine)
{
    return engine->error;
}

uint64_t acre_live_objects(const struct acre_engine *engine)
{
    uint64_t live = 0;

    for (uint32_t i = 0; i < engine->regions.count; i++)
        live += acre_region_at(engine, i)->live_objects;
    return live;
}

static enum acre_status add_region(struct acre_engine *engine, struct acre_alloc *alloc,
                                   enum acre_region_mode mode, const char *name)
{
    uint32_t number = engine->regions.count;
    uint8_t flags = mode == ACRE_REGION_BULK ? OBJECT_IN_BULK
                    : engine->has_collector  ? OBJECT_MAY_CYCLE
                                             : 0;

    if (!acre_table_reserve(engine, &engine->regions, 1, sizeof(struct acre_region),
                            ACRE_PURPOSE_ENGINE))
        return acre_fail_no_memory(engine, "a region");
    acre_births_forget(engine);
    engine->regions.count++;
    *acre_region_at(engine, number) = (struct acre_region){
        .alloc = alloc,
        .newborn = {.strong = 1, .flags = flags, .region = number & 0xfff},
        .name = name,
        .place = number,
    };
    return ACRE_OK;
}

enum acre_status acre_region_new(struct acre_engine *engine, struct acre_alloc *alloc,
                                 enum acre_region_mode mode, const char *name, uint32_t *region)
{
    enum acre_status status;

    if (!acre_can(alloc, ACRE_CAN_RESET))
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "region '%s': backend '%s' has no reset", name,
                         alloc->ops->name);
    if (engine->regions.count > MAX_REGIONS)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "region '%s': there are %d already", name,
                         MAX_REGIONS);
    status = add_region(engine, alloc, mode, name);
    if (status == ACRE_OK)
        *region = engine->regions.count - 1;
    return status;
}

static enum acre_status add_type(struct acre_engine *engine, const struct acre_type *type,
                                 const struct acre_operator *op, uint32_t *number)
{
    struct acre_type_entry *entries;

    if (engine->types.count > MAX_TYPES)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "type '%s': there are %d already", type->name,
                         MAX_TYPES);
    if (!acre_table_reserve(engine, &engine->types, 1, sizeof *entries, ACRE_PURPOSE_ENGINE))
        return acre_fail_no_memory(engine, "a type");
    entries = engine->types.rows;
    *number = engine->types.count++;
    entries[*number] = (struct acre_type_entry){type, op};
    return ACRE_OK;
}

enum acre_status acre_type_register(struct acre_engine *engine, const struct acre_type *type,
                                    uint32_t *number)
{
    if (type->size_bytes < sizeof(struct acre_object))
        return acre_fail(engine, ACRE_BAD_ARGUMENT,
                         "type '%s': %zu bytes have no room for the header", type->name,
                         type->size_bytes);
    return add_type(engine, type, NULL, number);
}

enum acre_status acre_operator_register(struct acre_engine *engine, const struct acre_operator *op,
                                        uint32_t *number)
{
    if (op->input_count == 0 || op->output_count == 0 || op->input_count > UINT8_MAX ||
        op->output_count > UINT8_MAX)
        return acre_fail(engine, ACRE_BAD_ARGUMENT,
                         "operator '%s': between 1 and 255 inputs and outputs", op->name);
    return add_type(engine, &acre_function_type, op, number);
}

/* In the order of the TYPE_ numbers. */
static enum acre_status add_own_types(struct acre_engine *engine)
{
    const struct acre_type_entry own[] = {
        [TYPE_ARRAY] = {&acre_array_type, NULL},
        [TYPE_VARIABLE] = {&acre_variable_type, NULL},
        [TYPE_WATCHER] = {&acre_watcher_type, NULL},
        [TYPE_SQUARE] = {&acre_function_type, &acre_square_operator},
        [TYPE_ADD] = {&acre_function_type, &acre_add_operator},
    };
    enum acre_status status = ACRE_OK;
    uint32_t number;

    for (size_t i = 0; status == ACRE_OK && i < sizeof own / sizeof own[0]; i++)
        status = add_type(engine, own[i].type, own[i].op, &number);
    return status;
}

static const struct acre_layout engine_layout = {sizeof(struct acre_engine), 64,
                                                 ACRE_PURPOSE_ENGINE};

enum acre_status acre_engine_new(struct acre_engine **engine, struct acre_alloc *pinned,
                                 const struct acre_engine_options *options)
{
    enum acre_status status;

    *engine = NULL;
    if (!acre_can(pinned, ACRE_CAN_FREE))
        return ACRE_BAD_ARGUMENT;
    *engine = acre_allocate(pinned, engine_layout);
    if (*engine == NULL)
        return ACRE_NO_MEMORY;
    **engine = (struct acre_engine){
        .memory = pinned,
        .kernels =
            options != NULL && options->kernels != NULL ? options->kernels : acre_kernels_best(),
        .outputs_are_strong = options != NULL && options->back_references == ACRE_BACK_STRONG,
        .has_collector = options != NULL && options->collector != ACRE_COLLECTOR_NONE,
        .candidates.collect_at = options != NULL && options->collector == ACRE_COLLECTOR_AUTO
                                     ? ACRE_FEWEST_CANDIDATES
                                     : UINT32_MAX,
    };
    status = add_region(*engine, pinned, ACRE_REGION_COUNTED, "pinned");
    if (status == ACRE_OK)
        status = add_own_types(*engine);
    if (status != ACRE_OK) {
        acre_engine_destroy(*engine);
        *engine = NULL;
    }
    return status;
}

uint64_t acre_engine_destroy(struct acre_engine *engine)
{
    uint64_t leaked = 0;

    if (engine == NULL)
        return 0;
    acre_watchers_free(engine);
    for (uint32_t i = 0; i < engine->regions.count; i++) {
        struct acre_region *region = acre_region_at(engine, i);

        if (!acre_region_is_bulk(region))
            leaked += region->live_objects;
        acre_table_free(engine, &region->weak_slots, sizeof(struct acre_weak_slot),
                        ACRE_PURPOSE_WEAK);
        acre_table_free(engine, &region->outgoing, sizeof(struct acre_outgoing), ACRE_PURPOSE_EDGE);
        acre_table_free(engine, &region->holders, sizeof(struct acre_holder), ACRE_PURPOSE_EDGE);
    }
    acre_table_free(engine, &engine->regions, sizeof(struct acre_region), ACRE_PURPOSE_ENGINE);
    acre_table_free(engine, &engine->types, sizeof(struct acre_type_entry), ACRE_PURPOSE_ENGINE);
    acre_table_free(engine, &engine->candidates.rows, sizeof(struct acre_object *),
                    ACRE_PURPOSE_ENGINE);
    acre_table_free(engine, &engine->buckets, sizeof(struct acre_function *), ACRE_PURPOSE_ENGINE);
    acre_free(engine->memory, engine, engine_layout);
    return leaked;
}
