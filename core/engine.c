#include "core/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/function.h"

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

uint64_t acre_immortal_objects(const struct acre_engine *engine)
{
    return engine->immortals;
}

enum acre_status acre_engine_adopt(struct acre_engine *engine)
{
    const char *busy = acre_busy_with(engine);

    if (busy != NULL)
        return acre_fail(engine, ACRE_BUSY, "acre_engine_adopt: called from inside a %s", busy);
    for (uint32_t i = 0; i < engine->regions.count; i++) {
        const struct acre_region *region = acre_region_at(engine, i);

        if (region->alloc->ops->threads == ACRE_THREADS_MAKER)
            return acre_fail(
                engine, ACRE_BAD_ARGUMENT,
                "acre_engine_adopt: region '%s': only the thread that made its '%s' may use it",
                region->name, region->alloc->ops->name);
    }
    acre_checks_adopt(engine);
    return ACRE_OK;
}

uint64_t acre_misuses(const struct acre_engine *engine)
{
    return engine->misuses;
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
        .is_lasting = mode == ACRE_REGION_LASTING,
    };
    return ACRE_OK;
}

static enum acre_status refuse_region(struct acre_engine *engine, uint32_t parent,
                                      const struct acre_alloc *alloc, enum acre_region_mode mode,
                                      const char *name)
{
    bool is_lasting = mode == ACRE_REGION_LASTING;

    if (!acre_can(alloc, is_lasting ? ACRE_CAN_FREE : ACRE_CAN_RESET))
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "region '%s': backend '%s' has no %s", name,
                         alloc->ops->name, is_lasting ? "single frees" : "reset");
    if (engine->regions.count > MAX_REGIONS)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "region '%s': there are %d already", name,
                         MAX_REGIONS);
    if (parent == ACRE_REGION_PINNED)
        return ACRE_OK;
    if (parent >= engine->regions.count || acre_region_at(engine, parent)->is_lasting || is_lasting)
        return acre_fail(engine, ACRE_BAD_ARGUMENT,
                         "region '%s': region %u cannot be its parent, for want of resets", name,
                         parent);
    if (acre_region_at(engine, parent)->is_ending)
        return acre_fail(engine, ACRE_BUSY, "region '%s': its parent '%s' is being reset", name,
                         acre_region_at(engine, parent)->name);
    return ACRE_OK;
}

enum acre_status acre_region_new_in(struct acre_engine *engine, uint32_t parent,
                                    struct acre_alloc *alloc, enum acre_region_mode mode,
                                    const char *name, uint32_t *region)
{
    uint32_t number = engine->regions.count;
    enum acre_status status;

    if (!acre_check_owner(engine, "acre_region_new"))
        return ACRE_BAD_ARGUMENT;
    status = refuse_region(engine, parent, alloc, mode, name);
    if (status == ACRE_OK)
        status = add_region(engine, alloc, mode, name);
    if (status != ACRE_OK)
        return status;
    if (parent != ACRE_REGION_PINNED) {
        acre_region_at(engine, number)->parent = (uint16_t)parent;
        acre_region_at(engine, number)->older_sibling =
            acre_region_at(engine, parent)->newest_child;
        acre_region_at(engine, parent)->newest_child = (uint16_t)number;
    }
    *region = number;
    return ACRE_OK;
}

enum acre_status acre_region_new(struct acre_engine *engine, struct acre_alloc *alloc,
                                 enum acre_region_mode mode, const char *name, uint32_t *region)
{
    return acre_region_new_in(engine, ACRE_REGION_PINNED, alloc, mode, name, region);
}

static enum acre_status add_type(struct acre_engine *engine, const struct acre_type *type,
                                 const struct acre_operator *op, uint32_t *number)
{
    struct acre_type_entry *entries;

    if (!acre_check_owner(engine, "acre_type_register"))
        return ACRE_BAD_ARGUMENT;
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
        [TYPE_NEG] = {&acre_function_type, &acre_neg_operator},
        [TYPE_ADD] = {&acre_function_type, &acre_add_operator},
        [TYPE_SUB] = {&acre_function_type, &acre_sub_operator},
        [TYPE_MUL] = {&acre_function_type, &acre_mul_operator},
        [TYPE_DIV] = {&acre_function_type, &acre_div_operator},
        [TYPE_POW] = {&acre_function_type, &acre_pow_operator},
        [TYPE_SQUARE] = {&acre_function_type, &acre_square_operator},
        [TYPE_EXP] = {&acre_function_type, &acre_exp_operator},
        [TYPE_TANH] = {&acre_function_type, &acre_tanh_operator},
        [TYPE_SUM] = {&acre_function_type, &acre_sum_operator},
        [TYPE_MATMUL] = {&acre_function_type, &acre_matmul_operator},
        [TYPE_ADD_ROW] = {&acre_function_type, &acre_add_row_operator},
        [TYPE_SOFTMAX_CROSS_ENTROPY] = {&acre_function_type, &acre_softmax_cross_entropy_operator},
    };
    const size_t count = sizeof own / sizeof own[0];
    enum acre_status status = ACRE_OK;
    uint32_t number;

    if (!acre_table_reserve(engine, &engine->types, count, sizeof own[0], ACRE_PURPOSE_ENGINE))
        return acre_fail_no_memory(engine, "the types");
    for (size_t i = 0; status == ACRE_OK && i < count; i++)
        status = add_type(engine, own[i].type, own[i].op, &number);
    return status;
}

static const struct acre_layout engine_layout = {sizeof(struct acre_engine), 64,
                                                 ACRE_PURPOSE_ENGINE};

static bool is_array_align(uint32_t bytes)
{
    return bytes >= sizeof(double) && bytes <= 4096 && (bytes & (bytes - 1)) == 0;
}

enum acre_status acre_engine_new(struct acre_engine **engine, struct acre_alloc *pinned,
                                 const struct acre_engine_options *options)
{
    const uint32_t array_align_bytes = options != NULL && options->array_align_bytes != 0
                                           ? options->array_align_bytes
                                           : ACRE_ARRAY_ALIGN_BYTES;
    enum acre_status status;

    *engine = NULL;
    if (!acre_can(pinned, ACRE_CAN_FREE) || !is_array_align(array_align_bytes))
        return ACRE_BAD_ARGUMENT;
    *engine = acre_allocate(pinned, engine_layout);
    if (*engine == NULL)
        return ACRE_NO_MEMORY;
    **engine = (struct acre_engine){
        .memory = pinned,
        .kernels =
            options != NULL && options->kernels != NULL ? options->kernels : acre_kernels_best(),
        .outputs_are_strong = options != NULL && options->back_references == ACRE_BACK_STRONG,
        .array_align_bytes = array_align_bytes,
        .retain = options != NULL ? (uint8_t)options->retain : ACRE_RETAIN_ALL,
        .has_collector = options != NULL && options->collector != ACRE_COLLECTOR_NONE,
        .candidates.collect_at = options != NULL && options->collector == ACRE_COLLECTOR_AUTO
                                     ? ACRE_FEWEST_CANDIDATES
                                     : UINT32_MAX,
        .next_stamp = STAMP_STEP, /* so that no handle has stamp 0 */
    };
    if (options != NULL) {
        (*engine)->on_misuse = options->on_misuse;
        (*engine)->misuse_context = options->misuse_context;
    }
    status = acre_checks_begin(*engine) ? ACRE_OK : ACRE_NO_MEMORY;
    if (status == ACRE_OK)
        status = add_region(*engine, pinned, ACRE_REGION_LASTING, "pinned");
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

    if (engine == NULL || !acre_check_owner(engine, "acre_engine_destroy"))
        return 0;
    acre_watchers_free(engine);
    for (uint32_t i = 0; i < engine->regions.count; i++) {
        struct acre_region *region = acre_region_at(engine, i);

        if (!acre_region_is_bulk(region))
            leaked += region->live_objects;
        acre_weak_slots_end(engine, &region->weak);
        acre_table_free(engine, &region->outgoing, sizeof(struct acre_outgoing), ACRE_PURPOSE_EDGE);
        acre_table_free(engine, &region->holders, sizeof(struct acre_holder), ACRE_PURPOSE_EDGE);
    }
    acre_table_free(engine, &engine->regions, sizeof(struct acre_region), ACRE_PURPOSE_ENGINE);
    acre_table_free(engine, &engine->types, sizeof(struct acre_type_entry), ACRE_PURPOSE_ENGINE);
    acre_table_free(engine, &engine->candidates.rows, sizeof(struct acre_object *),
                    ACRE_PURPOSE_ENGINE);
    acre_table_free(engine, &engine->buckets, sizeof(struct acre_function *), ACRE_PURPOSE_ENGINE);
    leaked -= engine->immortals;
    acre_checks_end(engine);
    acre_free(engine->memory, engine, engine_layout);
    return leaked;
}
