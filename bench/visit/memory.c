/* The memory visit, on the side of the process that is looked at: sampler.h is the other. */
#include <errno.h>
#include <time.h>

#include "bench/clock.h"
#include "bench/process_memory.h"
#include "bench/visit/session.h"

enum { MEMORY_LEAST_ITERATIONS = 2 };

struct looking {
    struct acre_session *session;
    struct acre_cell_memory *memory; /* of the cell */
    struct acre_session_books books;
    struct acre_resident_base base;
    struct acre_gauge own; /* where nobody looks on */
    struct acre_gauge *gauge;
    double begin_ns;
};

static const struct acre_litter *litter_of(const struct looking *looking)
{
    return &looking->session->stage.litter;
}

static uint64_t live_bytes(const struct looking *looking)
{
    return acre_books_total(&looking->books.ledger.books).live.bytes;
}

static uint64_t held_bytes(const struct looking *looking)
{
    return acre_waste_rest(acre_ledger_held_bytes(&looking->books.ledger),
                           litter_of(looking)->usable_bytes);
}

static uint64_t others_bytes(const struct looking *looking)
{
    return acre_resident_others(&looking->base, &looking->books.ledger, litter_of(looking));
}

static void look(const struct looking *looking, struct acre_memory_moment *moment)
{
    const struct acre_ledger *ledger = &looking->books.ledger;
    struct acre_process_memory kernel;
    bool is_told = acre_process_memory_read(0, &kernel);

    *moment = (struct acre_memory_moment){
        .live_bytes = live_bytes(looking),
        .has_usable = ledger->lost == 0 && acre_ledger_knows(ledger, ACRE_CAN_USABLE),
        .usable_bytes = ledger->usable_bytes,
        .has_held = acre_ledger_knows(ledger, ACRE_CAN_HELD),
        .held_bytes = held_bytes(looking),
        .has_rss = is_told,
        .rss_bytes = kernel.rss_bytes,
        .has_resident = is_told && looking->base.is_known,
        .resident_bytes = acre_waste_rest(kernel.anonymous_bytes, others_bytes(looking)),
    };
}

static void publish(const struct looking *looking)
{
    const struct acre_gauge_reading reading = {
        .phase = ACRE_GAUGE_RUNNING,
        .begin_ns = (uint64_t)looking->begin_ns,
        .iteration = looking->memory->iterations,
        .live_bytes = live_bytes(looking),
        .usable_bytes = looking->books.ledger.usable_bytes,
        .held_bytes = held_bytes(looking),
        .others_bytes = others_bytes(looking),
    };

    acre_gauge_publish(looking->gauge, &reading);
}

/* Between two calls that are looked at inside of an iteration which is a whole program. */
enum { CALLS_A_LOOK = 4096 };

static void publish_inside(void *context)
{
    struct looking *looking = context;
    struct acre_ledger *ledger = &looking->books.ledger;

    publish(looking);
    acre_ledger_stop_at(ledger, ledger->calls + CALLS_A_LOOK, publish_inside, looking);
}

/* The ledger's peak only grows: it was reached where it grew last. */
static void note_peak(struct looking *looking)
{
    struct acre_cell_memory *memory = looking->memory;
    uint64_t peak_bytes = looking->books.ledger.sampled_peak_bytes;

    if (peak_bytes <= memory->peak_bytes)
        return;
    memory->peak_bytes = peak_bytes;
    memory->peak_iteration = memory->iterations;
}

static bool is_over(const struct looking *looking)
{
    const struct acre_visit *visit = looking->session->visit;
    uint64_t done = looking->memory->iterations;

    if (visit->spec.lifetime == ACRE_LIFETIME_STRONG)
        return done == ACRE_STRONG_ITERATIONS;
    return done >= MEMORY_LEAST_ITERATIONS &&
           acre_now_ns() - looking->begin_ns >= (double)visit->timed_ms * 1e6;
}

static bool run(struct looking *looking)
{
    looking->begin_ns = acre_now_ns();
    publish(looking);
    if (looking->session->visit->workload->plays_program)
        publish_inside(looking);
    while (!is_over(looking)) {
        if (!acre_session_step(looking->session))
            return false;
        looking->memory->iterations++;
        note_peak(looking);
        publish(looking);
    }
    looking->memory->run_ns = (uint64_t)(acre_now_ns() - looking->begin_ns);
    return true;
}

/* Asleep, and interrupted by nobody: the backend gives back what it does by itself. */
static void wait_and_look(struct looking *looking)
{
    double seconds = looking->session->visit->wait_seconds;
    struct timespec rest = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    double begin_ns = acre_now_ns();

    acre_gauge_set_phase(looking->gauge, ACRE_GAUGE_WAITING);
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
    looking->memory->wait_ns = (uint64_t)(acre_now_ns() - begin_ns);
    look(looking, &looking->memory->later);
}

static void keep_peak_held(struct looking *looking)
{
    const struct acre_ledger *ledger = &looking->books.ledger;

    looking->memory->has_peak_held = acre_ledger_knows(ledger, ACRE_CAN_HELD);
    looking->memory->peak_held_bytes =
        acre_waste_rest(ledger->peak_held_bytes, litter_of(looking)->usable_bytes);
}

void acre_visit_memory(struct acre_session *session)
{
    struct looking looking = {
        .session = session,
        .memory = &session->cell->memory,
        .gauge = session->visit->gauge,
    };
    bool done = acre_session_open_books(session, &looking.books, 1);

    if (looking.gauge == NULL)
        looking.gauge = &looking.own;
    if (done) {
        looking.base = acre_resident_base_now(&looking.books.ledger);
        done = acre_session_open(session);
    }
    if (done) {
        look(&looking, &looking.memory->start);
        done = run(&looking);
    }
    if (done) {
        look(&looking, &looking.memory->end);
        acre_gauge_set_phase(looking.gauge, ACRE_GAUGE_DRAINING);
        done = acre_session_drain(session);
    }
    if (done) {
        look(&looking, &looking.memory->drained);
        keep_peak_held(&looking);
        wait_and_look(&looking);
        session->cell->has_memory = true;
    }
    acre_session_end(session);
    acre_session_close_books(&looking.books);
}
