/*
 * The flame graph's numbers, as columns: nodes in the order of a walk that goes down first, so that
 * depths say who calls whom.
 *
 *    depth  0    1     2      2     1
 *    place  null main  parse  load  -3        the last: three places that are too small
 */
#include "page/flame.h"
#include "page/recorded_parts.h"

static const struct metric {
    const char *key, *title;
    bool is_bytes;
} metrics[ACRE_SITE_ORDERS] = {
    [ACRE_SITE_ORDER_PEAK] = {"peak", "bytes at the peak", true},
    [ACRE_SITE_ORDER_BYTES] = {"bytes", "bytes allocated", true},
    [ACRE_SITE_ORDER_CALLS] = {"calls", "calls that allocate", false},
    [ACRE_SITE_ORDER_SHORT] = {"short", "blocks that lived shortly", false},
    [ACRE_SITE_ORDER_LEAKED] = {"leaked", "bytes not freed", true},
};

struct columns {
    struct acre_page_places *places;
    const struct acre_profile *profile;
    struct acre_flame *flame;
    json_t *depth, *place, *weights[ACRE_SITE_ORDERS];
    uint64_t folded[ACRE_SITE_ORDERS];
};

static json_t *column(struct acre_maker *maker, json_t *object, const char *name)
{
    json_t *made = json_array();

    acre_put(maker, object, name, made);
    return made;
}

static void add_weights(struct columns *to, const uint64_t weights[ACRE_SITE_ORDERS])
{
    for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++)
        acre_add(to->places->maker, to->weights[order], acre_recorded_count(weights[order]));
}

static void add_node(struct columns *to, const struct acre_flame_node *node)
{
    struct acre_maker *maker = to->places->maker;

    acre_add(maker, to->depth, json_integer(node->depth));
    if (node->frame == NULL) {
        acre_add(maker, to->place, json_null());
    } else {
        struct acre_frame frame = *node->frame;

        frame.line = node->line;
        acre_add(maker, to->place,
                 json_integer(acre_page_place(to->places, &frame,
                                              acre_path_of_node(to->profile, node->trace_frame))));
    }
    add_weights(to, node->weights);
}

/* Those below a node that are not kept, as one. */
static void add_folded(struct columns *to, const struct acre_flame_node *caller)
{
    const struct acre_flame_node *nodes = to->flame->nodes;
    uint64_t sums[ACRE_SITE_ORDERS] = {0};
    uint32_t count = 0;

    for (uint32_t child = caller->first_child; child != 0; child = nodes[child].next_sibling) {
        if (nodes[child].is_kept)
            continue;
        count++;
        for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++)
            sums[order] += nodes[child].weights[order];
    }
    if (count == 0)
        return;
    for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++)
        to->folded[order] += sums[order];
    acre_add(to->places->maker, to->depth, json_integer(caller->depth + 1));
    acre_add(to->places->maker, to->place, json_integer(-(json_int_t)count));
    add_weights(to, sums);
}

/* The first one of a row of siblings, from there on, that is kept; 0: none. */
static uint32_t kept_from(const struct acre_flame *flame, uint32_t node)
{
    while (node != 0 && !flame->nodes[node].is_kept)
        node = flame->nodes[node].next_sibling;
    return node;
}

static void add_nodes(struct columns *to)
{
    const struct acre_flame *flame = to->flame;
    uint32_t at = 0;

    do {
        uint32_t next;

        add_node(to, &flame->nodes[at]);
        add_folded(to, &flame->nodes[at]);
        next = kept_from(flame, flame->nodes[at].first_child);
        while (next == 0 && at != 0) {
            next = kept_from(flame, flame->nodes[at].next_sibling);
            at = flame->nodes[at].parent;
        }
        at = next;
    } while (at != 0);
}

static json_t *metric_rows(struct acre_maker *maker, const struct columns *from, bool knows_leaks)
{
    json_t *rows = json_array();

    for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++) {
        json_t *row;

        if (order == ACRE_SITE_ORDER_LEAKED && !knows_leaks)
            continue;
        row = json_object();
        acre_put_text(maker, row, "key", metrics[order].key);
        acre_put_text(maker, row, "title", metrics[order].title);
        acre_put_flag(maker, row, "is_bytes", metrics[order].is_bytes);
        acre_put(maker, row, "folded", acre_recorded_count(from->folded[order]));
        acre_add(maker, rows, row);
    }
    return rows;
}

static json_t *flame_object(struct columns *to, const struct acre_info *info)
{
    struct acre_maker *maker = to->places->maker;
    json_t *object = json_object(), *nodes = json_object();

    to->depth = column(maker, nodes, "depth");
    to->place = column(maker, nodes, "place");
    for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++)
        to->weights[order] = column(maker, nodes, metrics[order].key);
    add_nodes(to);
    acre_put(maker, object, "nodes", nodes);
    acre_put(maker, object, "metrics", metric_rows(maker, to, info->leaks->is_known));
    acre_put(maker, object, "all", acre_recorded_count(to->flame->count - 1));
    acre_put(maker, object, "kept", acre_recorded_count(to->flame->kept - 1));
    acre_put(maker, object, "per_mille", json_integer(to->flame->per_mille));
    acre_put_flag(maker, object, "has_deeper", to->flame->has_deeper);
    acre_put(maker, object, "most_depth", json_integer(ACRE_FLAME_MOST_DEPTH));
    return object;
}

/* A trace without call stacks has none. */
json_t *acre_recorded_flame(struct acre_page_places *places, const struct acre_info *info,
                            const struct acre_page_sites *sites)
{
    struct acre_flame flame;
    struct columns to = {.places = places, .profile = info->profile, .flame = &flame};
    json_t *object;

    if (info->profile->frames.count == 0)
        return json_null();
    if (!acre_flame_make(&flame, info->memory, info->profile, info->names, sites->sites,
                         sites->count))
        return NULL;
    object = flame_object(&to, info);
    acre_flame_fini(&flame);
    return object;
}
