/* The peer APR: nodes from a pool, which is cleared for each graph. No counts, no weak references;
 * a single node cannot be freed. */
#include <apr_general.h>
#include <apr_pools.h>

#include "bench/peers/peer.h"

struct node {
    struct node *left, *right;
    uint64_t value;
};

static inline struct node *build(apr_pool_t *pool, uint32_t nodes, uint32_t salt, bool is_dag)
{
    struct node *last = NULL;

    for (uint32_t i = 0; i < nodes; i++) {
        struct node *node = apr_palloc(pool, sizeof *node);

        *node = (struct node){last, is_dag && last != NULL ? last->left : NULL, i ^ salt};
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
    apr_pool_t *pool;
    double begin_ns;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        answer->failed = "no pool";
        return;
    }
    begin_ns = peer_now_ns();
    for (uint32_t i = 0; i < repetitions; i++) {
        answer->checksum += sum(build(pool, nodes, i, is_dag));
        apr_pool_clear(pool);
    }
    answer->ns = peer_now_ns() - begin_ns;
    answer->objects = (double)nodes * repetitions;
    apr_pool_destroy(pool);
}

static void list(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    build_drop(nodes, repetitions, answer, false);
}

static void dag(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    build_drop(nodes, repetitions, answer, true);
}

static void deep_drop(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        answer->failed = "no pool";
        return;
    }
    for (uint32_t i = 0; i < repetitions; i++) {
        struct node *last = NULL;
        double begin_ns;

        for (uint32_t j = 0; j < nodes; j++) {
            struct node *node = apr_palloc(pool, sizeof *node);

            *node = (struct node){.left = last, .value = j};
            last = node;
        }
        answer->checksum += last != NULL ? last->value : 0;
        begin_ns = peer_now_ns();
        apr_pool_clear(pool);
        answer->ns += peer_now_ns() - begin_ns;
    }
    answer->objects = (double)nodes * repetitions;
    apr_pool_destroy(pool);
}

int main(int argc, char **argv)
{
    static const struct peer_task tasks[] = {
        {"list", list},
        {"dag", dag},
        {"deep-drop", deep_drop},
        {NULL, NULL},
    };
    int status;

    if (apr_initialize() != APR_SUCCESS)
        return 1;
    status = peer_main(argc, argv, tasks);
    apr_terminate();
    return status;
}
