/*
 * The peer Boehm GC. Dropping is forgetting: the collector runs when it decides to, and once at the
 * end of what is measured. It scans the stack and registers conservatively, so it may keep a few
 * nodes that are garbage. A weak reference is a disappearing link to a hidden pointer.
 */
#include <gc.h>

#include "bench/peers/peer.h"

struct node {
    struct node *left, *right;
    uint64_t value;
};

static struct node *node_new(uint64_t value)
{
    struct node *node = GC_MALLOC(sizeof *node);

    if (node == NULL)
        abort();
    node->value = value;
    return node;
}

static inline struct node *build(uint32_t nodes, uint32_t salt, bool is_dag)
{
    struct node *last = NULL;

    for (uint32_t i = 0; i < nodes; i++) {
        struct node *node = node_new(i ^ salt);

        if (last != NULL) {
            node->left = last;
            if (is_dag)
                node->right = last->left;
        }
        last = node;
    }
    return last;
}

static uint64_t sum(const struct node *last)
{
    if (last == NULL)
        return 0;
    return last->value + (last->left != NULL ? last->left->value : 0) +
           (last->right != NULL ? last->right->value : 0);
}

static inline void build_drop(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer,
                              bool is_dag)
{
    double begin_ns = peer_now_ns();

    for (uint32_t i = 0; i < repetitions; i++)
        answer->checksum += sum(build(nodes, i, is_dag));
    GC_gcollect();
    answer->ns = peer_now_ns() - begin_ns;
    answer->objects = (double)nodes * repetitions;
}

static void list(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    build_drop(nodes, repetitions, answer, false);
}

static void dag(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    build_drop(nodes, repetitions, answer, true);
}

static void *reveal(void *hidden)
{
    GC_hidden_pointer pointer = *(GC_hidden_pointer *)hidden;

    return pointer != 0 ? GC_REVEAL_POINTER(pointer) : NULL;
}

static void weak_upgrade(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    struct node **targets = GC_MALLOC(nodes * sizeof *targets);
    GC_hidden_pointer *handles = GC_MALLOC_ATOMIC(nodes * sizeof *handles);
    uint32_t *order = peer_order(nodes);
    double begin_ns;

    for (uint32_t i = 0; i < nodes; i++)
        targets[i] = node_new(i);
    for (uint32_t i = 0; i < nodes; i++) {
        handles[i] = GC_HIDE_POINTER(targets[order[i]]);
        GC_GENERAL_REGISTER_DISAPPEARING_LINK((void **)&handles[i], targets[order[i]]);
    }
    free(order);
    begin_ns = peer_now_ns();
    for (uint32_t i = 0; i < repetitions; i++)
        for (uint32_t j = 0; j < nodes; j++) {
            struct node *target = GC_call_with_alloc_lock(reveal, &handles[j]);

            if (target != NULL)
                answer->checksum += target->value ^ i;
        }
    answer->ns = peer_now_ns() - begin_ns;
    answer->objects = (double)nodes * repetitions;
    GC_reachable_here(targets);
    GC_reachable_here(handles);
}

static uint64_t build_rings(uint32_t rings)
{
    uint64_t checksum = 0;

    for (uint32_t i = 0; i < rings; i++) {
        struct node *a = node_new(i);
        struct node *b = node_new(i);
        struct node *c = node_new(i);

        a->left = b;
        b->left = c;
        c->left = a;
        checksum += a->value;
    }
    return checksum;
}

static void collect_rings(uint32_t rings, uint32_t repetitions, struct peer_answer *answer,
                          int includes_building)
{
    for (uint32_t i = 0; i < repetitions; i++) {
        double begin_ns = peer_now_ns();
        double built_ns;

        answer->checksum += build_rings(rings);
        built_ns = peer_now_ns();
        GC_gcollect();
        answer->ns += peer_now_ns() - (includes_building ? begin_ns : built_ns);
    }
    answer->objects = 3.0 * rings * repetitions;
}

static void collect(uint32_t rings, uint32_t repetitions, struct peer_answer *answer)
{
    collect_rings(rings, repetitions, answer, 0);
}

static void build_collect(uint32_t rings, uint32_t repetitions, struct peer_answer *answer)
{
    collect_rings(rings, repetitions, answer, 1);
}

static void deep_drop(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    for (uint32_t i = 0; i < repetitions; i++) {
        struct node *last = NULL;
        double begin_ns;

        for (uint32_t j = 0; j < nodes; j++) {
            struct node *node = node_new(j);

            node->left = last;
            last = node;
        }
        answer->checksum += last != NULL ? last->value : 0;
        last = NULL;
        begin_ns = peer_now_ns();
        GC_gcollect();
        answer->ns += peer_now_ns() - begin_ns;
    }
    answer->objects = (double)nodes * repetitions;
}

int main(int argc, char **argv)
{
    static const struct peer_task tasks[] = {
        {"list", list},
        {"dag", dag},
        {"weak", weak_upgrade},
        {"collect", collect},
        {"build-collect", build_collect},
        {"deep-drop", deep_drop},
        {NULL, NULL},
    };

    GC_INIT();
    return peer_main(argc, argv, tasks);
}
