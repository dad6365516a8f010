/*
 * deep_shapes SHAPE [NODES [watched]]: D-01, D-03, D-04, D-06. A shape of NODES nodes (1,000,000
 * unless said otherwise) is dropped, and another one that is garbage is collected, on a stack of 64
 * KiB, while the allocator refuses every call. Exit status 0: they were.
 *
 *   chain  o ─> o ─> o ─> ...          comb  o ─> o ─> o ─> ...
 *                                            └> o └> o └> o
 *   tree   every node has two          list  o <─> o <─> o <─> ...
 *
 * If watched, each node has a watch, which finds its node and the one it hung on dead.
 *
 * Garbage is made by a reference from the last node to the first. A list is garbage without it, and
 * can only be collected.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "core/collect.h"
#include "core/watch.h"

enum { STACK_BYTES = 64 * 1024 };

struct node {
    struct acre_object object;
    struct node *next, *other;
};

static const struct acre_slot slots[] = {
    {"next", offsetof(struct node, next)},
    {"other", offsetof(struct node, other)},
};

static const struct acre_type node_type = {
    .name = "Node",
    .size_bytes = sizeof(struct node),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = slots,
    .slot_count = 2,
};

/* Where node `i` hangs: the node before it that refers to it, and by which slot. */
struct parent {
    unsigned long node;
    bool is_other;
};

static struct parent parent_in_chain(unsigned long i)
{
    return (struct parent){i - 1, false};
}

/* Odd nodes are teeth. */
static struct parent parent_in_comb(unsigned long i)
{
    return i % 2 == 1 ? (struct parent){i - 1, true} : (struct parent){i - 2, false};
}

static struct parent parent_in_tree(unsigned long i)
{
    return (struct parent){(i - 1) / 2, i % 2 == 0};
}

struct shape {
    const char *name;
    struct parent (*parent_of)(unsigned long i);
    bool is_doubly_linked; /* each node refers to its parent as well */
};

static const struct shape shapes[] = {
    {"chain", parent_in_chain, false},
    {"comb", parent_in_comb, false},
    {"tree", parent_in_tree, false},
    {"list", parent_in_chain, true},
};

struct scene {
    const struct shape *shape;
    struct acre_engine *engine;
    struct node *first;
    unsigned long count;
    uint32_t type;
    bool is_collected;
    struct acre_weak *weaks; /* of each node; NULL: not watched */
    unsigned long calls;
};

static enum acre_status look(struct acre_engine *engine, void *context, uint64_t number)
{
    struct scene *scene = context;
    unsigned long parent = number > 0 ? scene->shape->parent_of(number).node : 0;

    scene->calls += !acre_weak_is_alive(engine, scene->weaks[number]) &&
                    !acre_weak_is_alive(engine, scene->weaks[parent]);
    return ACRE_OK;
}

static bool watch_nodes(struct scene *scene, struct node **nodes)
{
    enum acre_status status = ACRE_OK;

    scene->calls = 0;
    for (unsigned long i = 0; scene->weaks != NULL && status == ACRE_OK && i < scene->count; i++) {
        status = acre_weak_of(scene->engine, &nodes[i]->object, &scene->weaks[i]);
        if (status == ACRE_OK)
            status = acre_watch_begin(scene->engine, scene->weaks[i],
                                      (struct acre_notice){look, scene, i}, NULL);
    }
    return status == ACRE_OK;
}

static bool make_nodes(struct scene *scene, struct node **nodes)
{
    for (unsigned long i = 0; i < scene->count; i++) {
        struct acre_object *object;

        if (acre_object_new(scene->engine, scene->type, &object) != ACRE_OK)
            return false;
        nodes[i] = (struct node *)object;
    }
    return true;
}

static bool link_nodes(const struct scene *scene, struct node **nodes)
{
    struct acre_engine *engine = scene->engine;
    enum acre_status status = ACRE_OK;

    for (unsigned long i = 1; status == ACRE_OK && i < scene->count; i++) {
        struct parent parent = scene->shape->parent_of(i);
        struct node *from = nodes[parent.node];

        status = acre_slot_set(engine, &from->object, parent.is_other ? &from->other : &from->next,
                               &nodes[i]->object);
        if (status == ACRE_OK && scene->shape->is_doubly_linked)
            status = acre_slot_set(engine, &nodes[i]->object, &nodes[i]->other, &from->object);
    }
    return status == ACRE_OK;
}

/* All nodes hang on the first, which C holds. */
static bool build(struct scene *scene, bool is_garbage)
{
    struct node **nodes = malloc(scene->count * sizeof *nodes);
    bool built = nodes != NULL && make_nodes(scene, nodes) && link_nodes(scene, nodes) &&
                 watch_nodes(scene, nodes);

    if (built && is_garbage) {
        struct node *last = nodes[scene->count - 1];

        built =
            acre_slot_set(scene->engine, &last->object, &last->next, &nodes[0]->object) == ACRE_OK;
    }
    for (unsigned long i = 1; built && i < scene->count; i++)
        acre_unref(scene->engine, &nodes[i]);
    scene->first = built ? nodes[0] : NULL;
    free(nodes);
    return built && acre_live_objects(scene->engine) == scene->count;
}

static void *end(void *context)
{
    struct scene *scene = context;

    acre_engine_adopt(scene->engine);
    acre_unref(scene->engine, &scene->first);
    scene->is_collected = acre_collect(scene->engine, NULL) == ACRE_OK;
    return NULL;
}

/* The engine has one owner at a time: this thread waits, and takes it back. */
static bool end_on_small_stack(struct scene *scene)
{
    pthread_attr_t attributes;
    pthread_t thread;
    bool done = pthread_attr_init(&attributes) == 0 &&
                pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                pthread_create(&thread, &attributes, end, scene) == 0 &&
                pthread_join(thread, NULL) == 0 && acre_engine_adopt(scene->engine) == ACRE_OK;

    pthread_attr_destroy(&attributes);
    return done && scene->is_collected && acre_live_objects(scene->engine) == 0;
}

/* Builds freely, ends without memory. */
static bool build_and_end(struct scene *scene, struct acre_fault_plan *plan, bool is_garbage)
{
    bool passed;

    *plan = (struct acre_fault_plan){.live_bytes = plan->live_bytes};
    if (!build(scene, is_garbage))
        return false;
    plan->fail_at = 1;
    plan->forever = true;
    plan->calls = 0;
    passed = end_on_small_stack(scene) && plan->calls == 0 &&
             (scene->weaks == NULL || scene->calls == scene->count);
    printf("figure: %s of %lu nodes%s %s, %d KiB of stack, %llu allocations meanwhile: %s\n",
           scene->shape->name, scene->count, scene->weaks != NULL ? ", watched," : "",
           is_garbage ? "collected" : "dropped", STACK_BYTES / 1024,
           (unsigned long long)plan->calls, passed ? "passed" : "failed");
    return passed;
}

static const struct shape *find_shape(const char *name)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct acre_engine_options options = {.collector = ACRE_COLLECTOR_MANUAL};
    struct acre_fault_plan plan = {0};
    struct acre_alloc *bottom = acre_malloc_new();
    struct acre_alloc *top = acre_fault_new(bottom, &plan);
    struct scene scene = {
        .shape = argc > 1 ? find_shape(argv[1]) : NULL,
        .count = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000,
    };
    bool is_watched = argc > 3 && strcmp(argv[3], "watched") == 0;
    bool passed;

    if (is_watched)
        scene.weaks = calloc(scene.count, sizeof *scene.weaks);
    passed = (!is_watched || scene.weaks != NULL) && scene.shape != NULL && scene.count > 1 &&
             acre_engine_new(&scene.engine, top, &options) == ACRE_OK &&
             acre_type_register(scene.engine, &node_type, &scene.type) == ACRE_OK &&
             (scene.shape->is_doubly_linked || build_and_end(&scene, &plan, false)) &&
             build_and_end(&scene, &plan, true);

    free(scene.weaks);
    acre_engine_destroy(scene.engine);
    acre_destroy(top);
    acre_destroy(bottom);
    return passed ? 0 : 1;
}
