/* The visit that times each iteration by itself. The clock is read once an iteration, some 25 ns,
 * which the timed visit is to be without: hence one of its own. */
#include <stdlib.h>

#include "alloc/backends.h"
#include "bench/clock.h"
#include "bench/visit/nearest_rank.h"
#include "bench/visit/session.h"
#include "report/stats.h"

enum {
    MOST_PAUSES = 1 << 16,
    LEAST_PAUSES = 2,
    PAUSES_WARM_UP = 2, /* iterations, at the least */
    PAUSES_WARM_UP_NS = 10 * 1000 * 1000,
};

/* Outside of the heap that is measured, and touched before. */
struct pauses {
    struct acre_alloc *pages;
    double *ns;
    size_t count;
};

static bool open_pauses(struct pauses *pauses)
{
    *pauses = (struct pauses){.pages = acre_pages_new()};
    if (pauses->pages != NULL)
        pauses->ns = acre_allocate_array(pauses->pages, MOST_PAUSES, sizeof *pauses->ns, 64,
                                         ACRE_PURPOSE_OTHER);
    for (size_t i = 0; pauses->ns != NULL && i < MOST_PAUSES; i++)
        pauses->ns[i] = 0;
    return pauses->ns != NULL;
}

static void close_pauses(struct pauses *pauses)
{
    if (pauses->ns != NULL)
        acre_free(pauses->pages, pauses->ns,
                  (struct acre_layout){MOST_PAUSES * sizeof *pauses->ns, 64, ACRE_PURPOSE_OTHER});
    acre_destroy(pauses->pages);
}

static bool warm_up(struct acre_session *session)
{
    double end_ns = acre_now_ns() + PAUSES_WARM_UP_NS;
    uint64_t count = 0;

    while (count < PAUSES_WARM_UP || acre_now_ns() < end_ns) {
        if (!acre_session_step(session))
            return false;
        count++;
    }
    return true;
}

/* From one reading of the clock to the next: no time between iterations is lost. */
static bool time_each(struct acre_session *session, struct pauses *pauses)
{
    double begin_ns = acre_now_ns();
    double end_ns = begin_ns + (double)session->visit->timed_ms * 1e6;

    while (pauses->count < MOST_PAUSES && (pauses->count < LEAST_PAUSES || begin_ns < end_ns)) {
        double now_ns;

        if (!acre_session_step(session))
            return false;
        now_ns = acre_now_ns();
        pauses->ns[pauses->count++] = now_ns - begin_ns;
        begin_ns = now_ns;
    }
    return true;
}

static bool keep(struct acre_cell_pauses *kept, struct pauses *pauses)
{
    acre_sort_doubles(pauses->ns, pauses->count);
    return acre_series_append(&kept->p50_ns, acre_nearest_rank(pauses->ns, pauses->count, 50)) &&
           acre_series_append(&kept->p99_ns, acre_nearest_rank(pauses->ns, pauses->count, 99)) &&
           acre_series_append(&kept->max_ns, acre_nearest_rank(pauses->ns, pauses->count, 100)) &&
           acre_series_append(&kept->count, (double)pauses->count);
}

void acre_visit_pauses(struct acre_session *session)
{
    struct pauses pauses;
    bool done = open_pauses(&pauses);

    if (!done)
        acre_session_fail(session, "out of memory");
    done = done && acre_session_open(session) && warm_up(session) && time_each(session, &pauses) &&
           acre_session_drain(session);
    acre_session_end(session);
    if (done) {
        session->cell->has_pauses = true;
        if (!keep(&session->cell->pauses, &pauses))
            acre_session_fail(session, "out of memory");
    }
    close_pauses(&pauses);
}
