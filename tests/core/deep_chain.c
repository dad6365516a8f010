/*
 * D-01, D-03: a chain of N nodes (10,000,000 unless said otherwise) is dropped on a stack of
 * 64 KiB, while the allocator refuses every call. Exit status 0: it was.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "core/object.h"

enum { STACK_BYTES = 64 * 1024 };

struct node {
    struct acre_object object;
    struct node *next;
};

static const struct acre_slot slots[] = {{"next", offsetof(struct node, next)}};

static const struct acre_type node_type = {
    .name = "Node",
    .size_bytes = sizeof(struct node),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = slots,
    .slot_count = 1,
};

struct chain {
    struct acre_engine *engine;
    struct node *head;
};

static bool build(struct chain *chain, uint32_t type, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        struct acre_object *object;

        if (acre_object_new(chain->engine, type, &object) != ACRE_OK)
            return false;
        if (chain->head != NULL)
            acre_slot_set(chain->engine, object, &((struct node *)object)->next,
                          &chain->head->object);
        acre_unref(chain->engine, &chain->head);
        chain->head = (struct node *)object;
    }
    return true;
}

static void *drop(void *context)
{
    struct chain *chain = context;

    acre_unref(chain->engine, &chain->head);
    return NULL;
}

/* The engine has one owner at a time: this thread waits. */
static bool drop_on_small_stack(struct chain *chain)
{
    pthread_attr_t attributes;
    pthread_t thread;
    bool done = pthread_attr_init(&attributes) == 0 &&
                pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                pthread_create(&thread, &attributes, drop, chain) == 0 &&
                pthread_join(thread, NULL) == 0;

    pthread_attr_destroy(&attributes);
    return done;
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000000;
    struct acre_fault_plan plan = {0};
    struct acre_alloc *bottom = acre_malloc_new();
    struct acre_alloc *top = acre_fault_new(bottom, &plan);
    struct chain chain = {0};
    uint32_t type;
    bool passed = acre_engine_new(&chain.engine, top, NULL) == ACRE_OK &&
                  acre_type_register(chain.engine, &node_type, &type) == ACRE_OK &&
                  build(&chain, type, count) && acre_live_objects(chain.engine) == count;

    plan.fail_at = 1;
    plan.forever = true;
    plan.calls = 0;
    passed = passed && drop_on_small_stack(&chain) && plan.calls == 0 &&
             acre_live_objects(chain.engine) == 0;
    printf("figure: %lu nodes, %d KiB of stack, %llu allocations while they died: %s\n", count,
           STACK_BYTES / 1024, (unsigned long long)plan.calls, passed ? "passed" : "failed");
    acre_engine_destroy(chain.engine);
    acre_destroy(top);
    acre_destroy(bottom);
    return passed ? 0 : 1;
}
