#include "bench/visit/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"

bool acre_session_fail(struct acre_session *session, const char *why)
{
    if (session->why_failed[0] == '\0')
        snprintf(session->why_failed, sizeof session->why_failed, "%s", why);
    return false;
}

void acre_session_keep_failure(struct acre_session *session)
{
    if (session->why_failed[0] == '\0')
        return;
    session->cell->failure = strdup(session->why_failed);
    if (session->cell->failure == NULL)
        session->is_incomplete = true;
}

static bool fail_status(struct acre_session *session, enum acre_status status)
{
    const char *error = session->stage.engine != NULL ? acre_error(session->stage.engine) : "";

    return acre_session_fail(session, error[0] != '\0' ? error : acre_status_name(status));
}

/* Which library served the calls; while there is memory. */
static void keep_identity(struct acre_session *session)
{
    const struct acre_backend *backend = &session->stage.backend;
    struct acre_library *library = &session->run->libraries[0];

    if (session->run->library_count > 0)
        return;
    library->backend = strdup(backend->name);
    library->path = strdup(backend->identity.path);
    library->version = strdup(backend->identity.version);
    library->build_id = strdup(backend->identity.build_id);
    session->run->library_count = 1;
    if (library->backend == NULL || library->path == NULL || library->version == NULL ||
        library->build_id == NULL)
        session->is_incomplete = true;
}

bool acre_session_open(struct acre_session *session)
{
    const struct acre_cell_spec *spec = &session->visit->spec;
    const struct acre_layers layers = {
        .ledger = session->ledger, .trace = session->trace, .litter = &session->litter};
    char why[256];

    session->litter = (struct acre_litter_plan){
        .cycles = spec->age_cycles,
        .occupancy_percent = spec->age_occupancy_percent,
        .seed = spec->seed,
        .load = session->visit->load,
    };
    if (!acre_workload_open_stage(session->visit->workload, spec, &session->stage, &layers, why,
                                  sizeof why))
        return acre_session_fail(session, why);
    keep_identity(session);
    session->state = session->visit->workload->open(&session->stage, spec);
    return session->state != NULL || acre_session_fail(session, "out of memory");
}

bool acre_session_step(struct acre_session *session)
{
    enum acre_status status =
        session->visit->workload->step(session->state, session->next_iteration);

    session->next_iteration++;
    return status == ACRE_OK || fail_status(session, status);
}

bool acre_session_steps(void *loop, uint64_t count)
{
    struct acre_session *session = loop;

    for (uint64_t i = 0; i < count; i++)
        if (!acre_session_step(session))
            return false;
    return true;
}

bool acre_session_drain(struct acre_session *session)
{
    enum acre_status status = session->visit->workload->drain(session->state);

    return status == ACRE_OK || fail_status(session, status);
}

uint64_t acre_session_checksum(const struct acre_session *session)
{
    return session->visit->workload->checksum(session->state);
}

void acre_session_end(struct acre_session *session)
{
    if (session->state != NULL)
        session->visit->workload->close(session->state);
    acre_stage_close(&session->stage);
}

uint64_t acre_session_iterations(const struct acre_visit *visit)
{
    return visit->spec.lifetime == ACRE_LIFETIME_STRONG ? ACRE_STRONG_ITERATIONS
                                                        : visit->iterations;
}

bool acre_session_open_books(struct acre_session *session, struct acre_session_books *books,
                             uint64_t rows)
{
    *books = (struct acre_session_books){.pages = acre_pages_new()};
    session->ledger = &books->ledger;
    return (books->pages != NULL && acre_ledger_init_full(&books->ledger, books->pages, rows)) ||
           acre_session_fail(session, "out of memory");
}

void acre_session_close_books(struct acre_session_books *books)
{
    acre_ledger_fini(&books->ledger);
    acre_destroy(books->pages);
}
