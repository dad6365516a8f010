/* Requests, each of which drops what it made before it returns, and what else may go on there. */
#include "planted.h"

#include <string.h>

enum { KEPT_EVERY = 50, CACHED_TURNS = 3, LOG_STEP_BYTES = 64, LINGERING = 10 };

struct node {
    struct node *next;
    size_t bytes;
    unsigned char *text;
};

struct kind {
    uint64_t (*answer)(const struct node *list);
    uint64_t (*meanwhile)(unsigned turn);                  /* or NULL */
    struct node *(*due)(struct node *list, unsigned turn); /* what is dropped; NULL: the list */
};

static APART struct node *parse(unsigned count)
{
    struct node *list = NULL;

    for (unsigned i = 0; i < count; i++) {
        struct node *node = take(sizeof *node);

        node->bytes = draw_bytes();
        node->text = take(node->bytes);
        fill(node->text, node->bytes);
        node->next = list;
        list = node;
    }
    return list;
}

static APART void drop_list(struct node *list)
{
    while (list != NULL) {
        struct node *next = list->next;

        give(list->text);
        give(list);
        list = next;
    }
}

/* Looks only. */
static APART uint64_t tally(const struct node *list)
{
    uint64_t sum = 0;

    for (; list != NULL; list = list->next)
        if (draw(3) == 0)
            sum += sum_of(list->text, list->bytes);
    return sum;
}

static APART uint64_t answer(const struct node *list)
{
    size_t bytes = draw_bytes();
    unsigned char *reply = take(bytes);
    uint64_t sum = tally(list);

    fill(reply, bytes);
    sum += sum_of(reply, bytes);
    give(reply);
    return sum;
}

static APART uint64_t handle_request(const struct kind *kind, unsigned turn)
{
    begin_turn();

    struct node *list = parse(draw_count());
    uint64_t sum = kind->answer(list);

    if (kind->meanwhile != NULL)
        sum += kind->meanwhile(turn);
    drop_list(kind->due != NULL ? kind->due(list, turn) : list);
    return sum;
}

static uint64_t handle_requests(const struct run *run, const struct kind *kind)
{
    uint64_t sum = 0;

    for (unsigned turn = 0; turn < run->turns; turn++)
        sum = sum * 31 + handle_request(kind, turn);
    return sum;
}

/* All of it dies within the request. */
uint64_t run_request(const struct run *run)
{
    static const struct kind kind = {.answer = answer};

    return handle_requests(run, &kind);
}

/* Of every fiftieth request a result stays until the end. */
static struct block *results;

static APART uint64_t keep_result(unsigned turn)
{
    if (turn % KEPT_EVERY != 0)
        return 0;

    size_t bytes = draw_bytes();

    results = put_block(must(malloc(bytes)), bytes, results);
    return results->content[0];
}

uint64_t run_kept_result(const struct run *run)
{
    static const struct kind kind = {.answer = answer, .meanwhile = keep_result};
    uint64_t sum = handle_requests(run, &kind);

    sum += sum_of_all(results);
    free_blocks(results);
    return sum;
}

/* A cache is filled by the first who ask, and then stays. */
static struct block *cache;

static APART void fill_cache(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        size_t bytes = draw_bytes();

        cache = put_block(must(malloc(bytes)), bytes, cache);
    }
}

static APART uint64_t lookup(unsigned turn)
{
    if (turn >= 1 && turn <= CACHED_TURNS)
        fill_cache(draw_count());
    return sum_of_some(cache);
}

uint64_t run_cache(const struct run *run)
{
    static const struct kind kind = {.answer = answer, .meanwhile = lookup};
    uint64_t sum = handle_requests(run, &kind);

    free_blocks(cache);
    return sum;
}

/* A log grows over the turns, by doubling or in small steps. */
static struct {
    unsigned char *text;
    size_t length;
    size_t room;
    int doubles;
} journal;

static APART uint64_t append_log(unsigned turn)
{
    size_t bytes = 10 + draw(31);

    (void)turn;
    if (journal.length + bytes > journal.room) {
        journal.room += journal.doubles && journal.room > 0 ? journal.room : LOG_STEP_BYTES;
        journal.text = must(realloc(journal.text, journal.room));
    }
    fill(journal.text + journal.length, bytes);
    journal.length += bytes;
    return bytes;
}

uint64_t run_grown_over_turns(const struct run *run)
{
    static const struct kind kind = {.answer = answer, .meanwhile = append_log};

    journal.doubles = run->seed % 2 == 0;

    uint64_t sum = handle_requests(run, &kind);

    sum += sum_of(journal.text, journal.length);
    free(journal.text);
    return sum;
}

/* The answer grows within its turn. */
static APART uint64_t format_answer(const struct node *list)
{
    size_t room = LOG_STEP_BYTES;
    size_t length = 0;
    unsigned char *text = take(room);

    for (; list != NULL; list = list->next) {
        size_t wanted = room;

        while (length + list->bytes > wanted)
            wanted *= 2;
        if (wanted > room)
            text = regrow(text, room, wanted);
        room = wanted;
        memcpy(text + length, list->text, list->bytes);
        length += list->bytes;
    }

    uint64_t sum = sum_of(text, length);

    give(text);
    return sum;
}

uint64_t run_grown_within(const struct run *run)
{
    static const struct kind kind = {.answer = format_answer};

    return handle_requests(run, &kind);
}

/* Something is lost in each turn. */
static APART uint64_t leak_one(unsigned turn)
{
    size_t bytes = draw_bytes();
    struct block *lost = put_block(must(malloc(bytes)), bytes, NULL);

    (void)turn;
    return sum_of_all(lost);
}

uint64_t run_leak(const struct run *run)
{
    static const struct kind kind = {.answer = answer, .meanwhile = leak_one};

    return handle_requests(run, &kind);
}

/* With an odd seed the lists of the second half each live ten turns; no other block is made, so
 * that nothing is left of the region. */
static struct node *lingering[LINGERING];
static unsigned lingers_from;

static struct node *linger(struct node *list, unsigned turn)
{
    if (turn < lingers_from)
        return list;

    struct node *oldest = lingering[turn % LINGERING];

    lingering[turn % LINGERING] = list;
    return oldest;
}

uint64_t run_second_input(const struct run *run)
{
    static const struct kind kind = {.answer = tally, .due = linger};

    lingers_from = run->seed % 2 == 0 ? run->turns : run->turns / 2;

    uint64_t sum = handle_requests(run, &kind);

    for (unsigned i = 0; i < LINGERING; i++)
        drop_list(lingering[i]);
    return sum;
}
