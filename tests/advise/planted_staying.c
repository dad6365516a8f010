/* Programs that have nothing for a region, or nothing that would be worth one. */
#include "planted.h"

#include <pthread.h>

enum { KEPT_ONE_IN = 5, QUEUE_PLACES = 32, NODES_PER_TURN = 40 };
enum { POOL_BYTES = 64 * 1024, POOL_TURNS = 20 };

/* One site makes what passes and what stays. */
static APART struct block *make_item(void)
{
    size_t bytes = draw_bytes();

    return put_block(must(malloc(bytes)), bytes, NULL);
}

static APART uint64_t sort_items(unsigned count, struct block **kept)
{
    struct block *passing = NULL;

    for (unsigned i = 0; i < count; i++) {
        struct block *item = make_item();
        struct block **list = draw(KEPT_ONE_IN) == 0 ? kept : &passing;

        item->next = *list;
        *list = item;
    }

    uint64_t sum = sum_of_some(passing);

    free_blocks(passing);
    return sum;
}

uint64_t run_mixed_site(const struct run *run)
{
    struct block *kept = NULL;
    uint64_t sum = 0;

    for (unsigned turn = 0; turn < run->turns; turn++)
        sum = sum * 31 + sort_items(draw_count(), &kept);
    sum += sum_of_all(kept);
    free_blocks(kept);
    return sum;
}

/* What one thread makes another one frees. Only the producer draws. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct block *places[QUEUE_PLACES];
    uint64_t put;
    uint64_t got;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void queue_put(struct block *message)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.put - queue.got == QUEUE_PLACES)
        pthread_cond_wait(&queue.changed, &queue.lock);
    queue.places[queue.put++ % QUEUE_PLACES] = message;
    pthread_cond_broadcast(&queue.changed);
    pthread_mutex_unlock(&queue.lock);
}

static struct block *queue_get(void)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.put == queue.got)
        pthread_cond_wait(&queue.changed, &queue.lock);

    struct block *message = queue.places[queue.got++ % QUEUE_PLACES];

    pthread_cond_broadcast(&queue.changed);
    pthread_mutex_unlock(&queue.lock);
    return message;
}

static APART void produce_messages(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        size_t bytes = draw_bytes();

        queue_put(put_block(must(malloc(bytes)), bytes, NULL));
    }
}

static void *produce(void *argument)
{
    const struct run *run = argument;

    for (unsigned turn = 0; turn < run->turns; turn++)
        produce_messages(draw_count());
    queue_put(NULL);
    return NULL;
}

static APART uint64_t consume_message(struct block *message)
{
    uint64_t sum = sum_of_all(message);

    free(message);
    return sum;
}

static void *consume(void *argument)
{
    uint64_t *sum = argument;
    struct block *message;

    while ((message = queue_get()) != NULL)
        *sum = *sum * 31 + consume_message(message);
    return NULL;
}

uint64_t run_handoff(const struct run *run)
{
    struct run copy = *run;
    pthread_t producer, consumer;
    uint64_t sum = 0;

    if (pthread_create(&producer, NULL, produce, &copy) != 0 ||
        pthread_create(&consumer, NULL, consume, &sum) != 0)
        abort();
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    return sum;
}

/* Built once, used, and dropped at the end. */
struct tree {
    struct tree *left;
    struct tree *right;
    size_t bytes;
    unsigned char content[];
};

static APART struct tree *build_tree(unsigned nodes)
{
    if (nodes == 0)
        return NULL;

    size_t bytes = draw_bytes();
    struct tree *tree = must(malloc(sizeof *tree + bytes));

    tree->bytes = bytes;
    fill(tree->content, bytes);
    tree->left = build_tree((nodes - 1) / 2);
    tree->right = build_tree(nodes - 1 - (nodes - 1) / 2);
    return tree;
}

static APART uint64_t walk_tree(const struct tree *tree)
{
    uint64_t sum = 0;

    while (tree != NULL) {
        sum = sum * 31 + sum_of(tree->content, tree->bytes);
        tree = draw(2) == 0 ? tree->left : tree->right;
    }
    return sum;
}

static APART void drop_tree(struct tree *tree)
{
    if (tree == NULL)
        return;
    drop_tree(tree->left);
    drop_tree(tree->right);
    free(tree);
}

uint64_t run_one_shot(const struct run *run)
{
    struct tree *tree = build_tree(run->turns * NODES_PER_TURN);
    uint64_t sum = 0;

    for (unsigned turn = 0; turn < run->turns; turn++)
        sum = sum * 31 + walk_tree(tree);
    drop_tree(tree);
    return sum;
}

/* The program has a pool of its own, and one that is new every twenty turns, with the session that
 * goes with it. */
struct pool {
    unsigned char *memory;
    size_t used;
    struct block *session;
};

static APART void renew_pool(struct pool *pool)
{
    free(pool->memory);
    pool->memory = must(malloc(POOL_BYTES));
}

static APART void renew_session(struct pool *pool)
{
    size_t bytes = draw_bytes();

    free_blocks(pool->session);
    pool->session = put_block(must(malloc(bytes)), bytes, NULL);
}

static void *pool_take(struct pool *pool, size_t bytes)
{
    void *memory = pool->memory + pool->used;

    pool->used += room_for(bytes);
    return pool->used <= POOL_BYTES ? memory : NULL;
}

static APART uint64_t serve_from_pool(struct pool *pool, unsigned count)
{
    struct block *list = NULL;

    pool->used = 0;
    for (unsigned i = 0; i < count; i++) {
        size_t bytes = draw_bytes();

        list = put_block(must(pool_take(pool, bytes)), bytes, list);
    }
    return sum_of_some(list) + sum_of_some(pool->session);
}

uint64_t run_pool(const struct run *run)
{
    struct pool pool = {0};
    uint64_t sum = 0;

    for (unsigned turn = 0; turn < run->turns; turn++) {
        if (turn % POOL_TURNS == 0) {
            renew_pool(&pool);
            renew_session(&pool);
        }
        sum = sum * 31 + serve_from_pool(&pool, draw_count());
    }
    free(pool.memory);
    free_blocks(pool.session);
    return sum;
}
