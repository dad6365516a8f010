#include "bench/names.h"

#include <string.h>

static const char *const fill_names[] = {
    [ACRE_FILL_RANDN] = "randn",
    [ACRE_FILL_REUSE] = "reuse",
};

static const char *const order_names[] = {
    [ACRE_ORDER_SEED] = "seed",
    [ACRE_ORDER_DROP_FIRST] = "drop-first",
};

static const char *const visit_kind_names[] = {
    [ACRE_VISIT_TIMED] = "timed",
    [ACRE_VISIT_COLD] = "cold",
    [ACRE_VISIT_RECORDED] = "recorded",
    [ACRE_VISIT_COST_OF_NOTHING] = "cost-of-nothing",
    [ACRE_VISIT_COST_OF_COUNTS] = "cost-of-counts",
    [ACRE_VISIT_COST_OF_FULL] = "cost-of-full",
};

const char *acre_fill_name(enum acre_fill fill)
{
    return fill_names[fill];
}

const char *acre_order_name(enum acre_order order)
{
    return order_names[order];
}

const char *acre_visit_kind_name(enum acre_visit_kind kind)
{
    return visit_kind_names[kind];
}

static bool find(const char *name, const char *const *names, unsigned count, unsigned *index)
{
    for (*index = 0; *index < count; (*index)++)
        if (strcmp(names[*index], name) == 0)
            return true;
    return false;
}

bool acre_fill_from_name(const char *name, enum acre_fill *fill)
{
    unsigned index;

    if (!find(name, fill_names, 2, &index))
        return false;
    *fill = (enum acre_fill)index;
    return true;
}

bool acre_order_from_name(const char *name, enum acre_order *order)
{
    unsigned index;

    if (!find(name, order_names, 2, &index))
        return false;
    *order = (enum acre_order)index;
    return true;
}

bool acre_visit_kind_from_name(const char *name, enum acre_visit_kind *kind)
{
    unsigned index;

    if (!find(name, visit_kind_names, ACRE_VISIT_KIND_COUNT, &index))
        return false;
    *kind = (enum acre_visit_kind)index;
    return true;
}

bool acre_lifetime_from_name(const char *name, enum acre_lifetime *lifetime)
{
    for (unsigned i = 0; i < ACRE_LIFETIME_COUNT; i++)
        if (strcmp(acre_lifetime_name((enum acre_lifetime)i), name) == 0) {
            *lifetime = (enum acre_lifetime)i;
            return true;
        }
    return false;
}

bool acre_cell_key_from_spec(struct acre_cell_key *key, const struct acre_cell_spec *spec)
{
    *key = (struct acre_cell_key){
        .backend = strdup(spec->backend),
        .lifetime = strdup(acre_lifetime_name(spec->lifetime)),
        .fill = strdup(acre_fill_name(spec->fill)),
        .order = strdup(acre_order_name(spec->order)),
        .backward = spec->backward,
        .elements = spec->elements,
        .depth = spec->depth,
    };
    return key->backend != NULL && key->lifetime != NULL && key->fill != NULL && key->order != NULL;
}
