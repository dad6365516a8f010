/*
 * threads PART [NAME...]: what may be used by several threads is, so that ThreadSanitizer and
 * helgrind have something to look at; neither can look into Criterion. Exit status 0: results were
 * right as well.
 *
 *    allocators NAME...  backends, held to what they state (conformance.h)
 *    arenas              four threads with arenas (beside one another), pools and reaps, on one
 *                        layer of pages
 *    engines             the same with engines; and one engine that goes round all four
 *    handoff NAME...     the workload, under each lifetime that suits the backend
 */
#include <pthread.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/registry.h"
#include "bench/bench.h"
#include "bench/conformance/exam.h"
#include "core/variable.h"
#include "tests/core/check.h"

enum { THREADS = 4, STEPS = 400, ROUNDS = 8, ITERATIONS = 5 };

struct one {
    unsigned number;
    struct acre_alloc *pages; /* of all */
    struct acre_alloc *arena; /* its spare chunks are those of all */
    struct acre_engine *engine;
    struct acre_variable **x;
};

static void run_threads(void *(*function)(void *), struct one *ones)
{
    pthread_t threads[THREADS];

    for (unsigned i = 0; i < THREADS; i++)
        check(pthread_create(&threads[i], NULL, function, &ones[i]) == 0, "no thread");
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* Allocators -------------------------------------------------------------------------------- */

static void conform(struct acre_alloc *alloc, const char *name, uint64_t seed)
{
    struct acre_conformance conformance = {.seed = seed, .steps = STEPS};

    check(acre_conformance_check(alloc, &conformance), "%s, call %llu: %s", name,
          (unsigned long long)conformance.calls, conformance.breach);
}

static void check_allocators(const char *name)
{
    struct acre_backend backend;
    char why[256];

    check(acre_backend_open(&backend, name, why, sizeof why), "%s: %s", name, why);
    conform(backend.pinned, name, 1);
    if (backend.regions[0] != NULL)
        conform(backend.regions[0], name, 2);
    acre_backend_close(&backend);
    printf("%s: %s\n", name, acre_threads_name(acre_backend_kind_of(name)->threads));
}

/* Arenas ------------------------------------------------------------------------------------ */

/* Not the whole of conformance.h, which has threads of its own. */
static void use(struct acre_alloc *alloc, uint64_t seed)
{
    struct acre_conformance conformance = {.seed = seed};
    struct acre_exam *exam = calloc(1, sizeof *exam);
    bool is_kept_to = true;

    check(exam != NULL, "no memory");
    exam->alloc = alloc;
    exam->conformance = &conformance;
    acre_random_init(&exam->random, seed, 0);
    for (int i = 0; is_kept_to && i < STEPS; i++)
        is_kept_to = i % 100 == 99 ? acre_exam_reset(exam) : acre_exam_step(exam);
    check(is_kept_to && acre_exam_give_all(exam), "%s: %s", alloc->ops->name, conformance.breach);
    free(exam);
}

static void *use_arenas(void *argument)
{
    const struct one *one = argument;
    struct acre_alloc *allocs[] = {
        acre_pool_new(one->pages, NULL),
        acre_reap_new(one->pages, NULL),
    };

    use(one->arena, one->number);
    for (size_t i = 0; i < sizeof allocs / sizeof allocs[0]; i++) {
        use(allocs[i], one->number);
        acre_destroy(allocs[i]);
    }
    return NULL;
}

static void check_arenas(void)
{
    struct acre_alloc *pages = acre_pages_new();
    struct one ones[THREADS];
    size_t held_bytes = 1;

    for (unsigned i = 0; i < THREADS; i++) {
        struct acre_arena_options options = {.chunk_bytes = 1,
                                             .beside = i > 0 ? ones[0].arena : NULL};

        ones[i] =
            (struct one){.number = i, .pages = pages, .arena = acre_arena_new(pages, &options)};
    }
    run_threads(use_arenas, ones);
    for (unsigned i = THREADS; i-- > 0;)
        acre_destroy(ones[i].arena);
    check(acre_held_bytes(pages, &held_bytes) && held_bytes == 0, "%zu bytes are lost", held_bytes);
    acre_destroy(pages);
}

/* Engines ----------------------------------------------------------------------------------- */

static void square(struct acre_engine *engine, struct acre_variable **x)
{
    check(acre_assign(engine, x, acre_square(engine, *x)) == ACRE_OK, "%s", acre_error(engine));
    check(acre_backward(engine, *x) == ACRE_OK, "%s", acre_error(engine));
}

static void *use_engine(void *argument)
{
    const struct one *one = argument;
    struct acre_alloc *pool = acre_pool_new(one->pages, NULL);
    struct acre_variable *x = NULL;
    struct acre_engine *engine;

    check(acre_engine_new(&engine, pool, NULL) == ACRE_OK, "no engine");
    check(acre_assign(engine, &x, acre_variable_of(engine, 1.0 + one->number)) == ACRE_OK, "%s",
          acre_error(engine));
    for (int i = 0; i < ROUNDS / 2; i++)
        square(engine, &x);
    acre_unref(engine, &x);
    check(acre_misuses(engine) == 0, "%s", acre_error(engine));
    check(acre_engine_destroy(engine) == 0, "objects leaked");
    acre_destroy(pool);
    return NULL;
}

static struct {
    pthread_mutex_t lock;
    pthread_cond_t change;
    unsigned turn;
} circle = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};

/* Nothing but the adoption is done about the engine: the lock is what orders the threads. */
static void *take_turns(void *argument)
{
    const struct one *one = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&circle.lock);
        while (circle.turn % THREADS != one->number)
            pthread_cond_wait(&circle.change, &circle.lock);
        pthread_mutex_unlock(&circle.lock);

        check(acre_engine_adopt(one->engine) == ACRE_OK, "%s", acre_error(one->engine));
        square(one->engine, one->x);

        pthread_mutex_lock(&circle.lock);
        circle.turn++;
        pthread_cond_broadcast(&circle.change);
        pthread_mutex_unlock(&circle.lock);
    }
    return NULL;
}

static void check_engines(void)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages, NULL);
    struct acre_variable *x = NULL;
    struct acre_engine *engine;
    struct one ones[THREADS];

    check(acre_engine_new(&engine, pool, NULL) == ACRE_OK, "no engine");
    check(acre_assign(engine, &x, acre_variable_of(engine, 1)) == ACRE_OK, "%s",
          acre_error(engine));
    for (unsigned i = 0; i < THREADS; i++)
        ones[i] = (struct one){.number = i, .pages = pages, .engine = engine, .x = &x};
    run_threads(use_engine, ones);
    run_threads(take_turns, ones);
    check(acre_engine_adopt(engine) == ACRE_OK, "%s", acre_error(engine));
    check(x->generation == THREADS * ROUNDS, "%u squares", x->generation);
    acre_unref(engine, &x);
    check(acre_misuses(engine) == 0, "%s", acre_error(engine));
    check(acre_engine_destroy(engine) == 0, "objects leaked");
    acre_destroy(pool);
    acre_destroy(pages);
}

/* Handoff ----------------------------------------------------------------------------------- */

static uint64_t limit_of(const struct acre_cell_spec *spec)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *arena = acre_arena_new(pages, NULL);
    void *limit = acre_handoff.limit_open(arena, spec);
    uint64_t checksum;

    for (uint64_t i = 0; i < ITERATIONS; i++)
        acre_handoff.limit_step(limit, i);
    checksum = acre_handoff.limit_checksum(limit);
    acre_handoff.limit_close(limit);
    acre_destroy(arena);
    acre_destroy(pages);
    return checksum;
}

static void hand_off(const char *name, enum acre_lifetime lifetime)
{
    struct acre_cell_spec spec = {.lifetime = lifetime, .values = {300, 8}, .seed = 1};
    struct acre_stage stage;
    char why[256];
    void *state;

    snprintf(spec.backend, sizeof spec.backend, "%s", name);
    check(acre_workload_open_stage(&acre_handoff, &spec, &stage, NULL, why, sizeof why), "%s", why);
    state = acre_handoff.open(&stage, &spec);
    check(state != NULL, "no state");
    for (uint64_t i = 0; i < ITERATIONS; i++)
        check(acre_handoff.step(state, i) == ACRE_OK, "%s", acre_error(stage.engine));
    check(acre_handoff.checksum(state) == limit_of(&spec), "%s has another result", name);
    check(acre_handoff.drain(state) == ACRE_OK, "%s", acre_error(stage.engine));
    acre_handoff.close(state);
    check(acre_stage_close(&stage) == 0, "objects leaked");
    printf("%s/%s\n", name, acre_lifetime_name(lifetime));
}

static void check_handoff(const char *name)
{
    unsigned suited = 0;

    for (unsigned l = 0; l < ACRE_LIFETIME_COUNT; l++)
        if (acre_workload_why_not(&acre_handoff, name, (enum acre_lifetime)l) == NULL) {
            hand_off(name, (enum acre_lifetime)l);
            suited++;
        }
    check(suited > 0, "%s suits no lifetime", name);
}

int main(int argc, char **argv)
{
    const char *part = argc > 1 ? argv[1] : "";

    if (strcmp(part, "arenas") == 0)
        check_arenas();
    else if (strcmp(part, "engines") == 0)
        check_engines();
    else
        check(argc > 2 && (strcmp(part, "allocators") == 0 || strcmp(part, "handoff") == 0),
              "no such part: %s", part);
    for (int i = 2; i < argc; i++) {
        if (strcmp(part, "allocators") == 0)
            check_allocators(argv[i]);
        else
            check_handoff(argv[i]);
    }
    return 0;
}
