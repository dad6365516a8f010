#include "advise/advise.h"

#include <string.h>

#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "advise/explain.h"
#include "advise/lasting.h"
#include "alloc/grow.h"

enum {
    FEW_MARKERS = 128,                /* so many are looked at without a choice before */
    MOST_SAMPLED = 1 << 20,           /* blocks of a sample, about */
    MOST_ROW_BYTES = 256 << 20,       /* of what lives in a sample, about */
    PEAK_SHARE = 4,                   /* the budget: one in so many bytes of the peak ... */
    LEAST_BUDGET_BYTES = 1024 * 1024, /* ... and these at least */
    MOST_TRIES = 7,                   /* choices that are over it */
};

/* How much less a region may keep after a choice that was over the budget. */
#define LEAST_FACTOR 0.1
#define MOST_FACTOR  0.8

struct acre_adviser {
    struct acre_alloc *memory;
    const struct acre_advise_request *request;
    struct acre_steps steps;
    struct acre_tallies tallies;
    struct acre_markers markers, planned_markers;
    struct acre_sites sites;
    struct acre_lags lags[ACRE_ADVISE_MOST_RECORDINGS];
    size_t lag_count;
    struct acre_findings findings;
    struct acre_choice choice;
    uint8_t *region_of_site; /* the choice's */
    uint64_t thin_mask;      /* as of lags */
    struct acre_region_plan plan;
    struct acre_advice advice;
};

static const struct acre_layout adviser_layout = {
    sizeof(struct acre_adviser), _Alignof(struct acre_adviser), ACRE_PURPOSE_OTHER};

struct acre_adviser *acre_adviser_new(struct acre_alloc *memory)
{
    struct acre_adviser *adviser = acre_allocate(memory, adviser_layout);

    if (adviser == NULL)
        return NULL;
    memset(adviser, 0, sizeof *adviser);
    adviser->memory = memory;
    acre_steps_init(&adviser->steps, memory);
    acre_tallies_init(&adviser->tallies, memory);
    acre_markers_init(&adviser->markers, memory);
    acre_markers_init(&adviser->planned_markers, memory);
    adviser->sites.memory = memory;
    return adviser;
}

static void end_lags(struct acre_adviser *adviser)
{
    while (adviser->lag_count > 0)
        acre_lags_fini(&adviser->lags[--adviser->lag_count]);
}

void acre_adviser_destroy(struct acre_adviser *adviser)
{
    if (adviser == NULL)
        return;
    end_lags(adviser);
    acre_advice_fini(&adviser->advice, adviser->memory);
    acre_free_elements(adviser->memory, adviser->region_of_site, ACRE_LAGS_MOST_SITES, 1);
    acre_sites_fini(&adviser->sites);
    acre_markers_fini(&adviser->planned_markers);
    acre_markers_fini(&adviser->markers);
    acre_tallies_fini(&adviser->tallies);
    acre_steps_fini(&adviser->steps);
    acre_free(adviser->memory, adviser, adviser_layout);
}

const struct acre_advice *acre_adviser_advice(const struct acre_adviser *adviser)
{
    return &adviser->advice;
}

const struct acre_steps *acre_adviser_steps(const struct acre_adviser *adviser)
{
    return &adviser->steps;
}

/* Readings ---------------------------------------------------------------------------------------
 */

static void tell_stage(const struct acre_adviser *adviser, const char *what, size_t recording)
{
    const struct acre_advise_request *request = adviser->request;

    if (request->stage != NULL)
        request->stage(request->to, what, &request->recordings[recording]);
}

static enum acre_advised read_calls(struct acre_adviser *adviser, size_t recording,
                                    bool (*take)(void *to, const struct acre_call *call), void *to)
{
    const struct acre_advise_request *request = adviser->request;
    const struct acre_calls_reader reader = {
        .recording = &request->recordings[recording],
        .steps = &adviser->steps,
        .memory = adviser->memory,
        .take = take,
        .to = to,
        .progress = request->progress,
        .of = request->to,
    };

    switch (acre_calls_read(&reader)) {
    case ACRE_CALLS_READ:
        return ACRE_ADVISED;
    case ACRE_CALLS_NO_TRACE:
        return ACRE_ADVISE_NO_TRACE;
    default:
        return ACRE_ADVISE_NO_MEMORY;
    }
}

static enum acre_advised count_calls(struct acre_adviser *adviser)
{
    enum acre_advised result;

    tell_stage(adviser, "counting", 0);
    result = read_calls(adviser, 0, acre_tallies_take, &adviser->tallies);
    if (result != ACRE_ADVISED)
        return result;
    if (adviser->tallies.all_births == 0)
        return ACRE_ADVISE_EMPTY;
    adviser->advice.births = adviser->tallies.all_births;
    adviser->advice.last_event = adviser->tallies.last;
    adviser->advice.known_births = adviser->tallies.known_births;
    return acre_markers_choose(&adviser->markers, &adviser->tallies, &adviser->steps) &&
                   acre_sites_choose(&adviser->sites, adviser->memory, &adviser->tallies,
                                     &adviser->steps)
               ? ACRE_ADVISED
               : ACRE_ADVISE_NO_MEMORY;
}

static enum acre_advised find_lags(struct acre_adviser *adviser, size_t recording,
                                   uint64_t sample_mask, uint64_t thin_mask)
{
    struct acre_lags *lags = &adviser->lags[adviser->lag_count++];
    enum acre_advised result;

    if (!acre_lags_init(lags, adviser->memory, &adviser->markers, &adviser->sites, &adviser->steps,
                        sample_mask, thin_mask))
        return ACRE_ADVISE_NO_MEMORY;
    result = read_calls(adviser, recording, acre_lags_take, lags);
    acre_lags_end(lags);
    return result;
}

static void set_findings(struct acre_adviser *adviser)
{
    adviser->findings = (struct acre_findings){
        .markers = &adviser->markers,
        .sites = &adviser->sites,
        .steps = &adviser->steps,
        .lags = adviser->lags,
        .recording_count = adviser->lag_count,
        .all_births = adviser->tallies.all_births,
        .is_sampled = adviser->lags[0].sample_mask != 0,
    };
}

static uint64_t row_bytes(const struct acre_adviser *adviser)
{
    return (adviser->markers.count + ACRE_LAGS_LANES) * sizeof(uint32_t);
}

static uint64_t most_row_bytes(const struct acre_adviser *adviser)
{
    uint64_t most = adviser->request->most_row_bytes;

    return most > 0 ? most : (uint64_t)MOST_ROW_BYTES;
}

/* Of so many blocks that work and memory stay within bounds. */
static uint64_t sample_mask(const struct acre_adviser *adviser)
{
    uint64_t mask = 0;

    while (adviser->tallies.all_births / (mask + 1) > MOST_SAMPLED ||
           adviser->tallies.most_live / (mask + 1) * row_bytes(adviser) > most_row_bytes(adviser))
        mask = 2 * mask + 1;
    return mask;
}

/* What lives long fits little: where rows of all that lives would be too many, sites that fit no
 * boundary have them for the sample alone. */
static void thin_sites(struct acre_adviser *adviser, uint64_t mask)
{
    adviser->thin_mask = mask;
    for (uint32_t site = 0; site < adviser->sites.count; site++)
        adviser->sites.is_thin[site] = !acre_site_fits_any(&adviser->findings, site);
}

/* A sample of the blocks says which of many markers are worth a closer look, and which sites. */
static enum acre_advised screen(struct acre_adviser *adviser)
{
    uint64_t mask = sample_mask(adviser);
    bool has_few = adviser->markers.count <= FEW_MARKERS;
    bool has_room = adviser->tallies.most_live * row_bytes(adviser) <= most_row_bytes(adviser);
    bool keep[ACRE_MARKERS_MOST] = {false};
    enum acre_advised result;

    if (has_few && has_room)
        return ACRE_ADVISED;
    tell_stage(adviser, "looking for boundaries", 0);
    result = find_lags(adviser, 0, mask, mask);
    if (result == ACRE_ADVISED) {
        set_findings(adviser);
        if (has_few)
            memset(keep, true, sizeof keep);
        else
            acre_choice_screen(&adviser->findings, adviser->region_of_site, keep);
        if (!has_room)
            thin_sites(adviser, mask);
    }
    end_lags(adviser);
    if (result == ACRE_ADVISED && !acre_markers_keep(&adviser->markers, &adviser->steps, keep))
        result = ACRE_ADVISE_NO_MEMORY;
    return result;
}

static enum acre_advised look_closely(struct acre_adviser *adviser)
{
    enum acre_advised result = ACRE_ADVISED;

    for (size_t i = 0; i < adviser->request->recording_count && result == ACRE_ADVISED; i++) {
        tell_stage(adviser, "following blocks", i);
        result = find_lags(adviser, i, 0, adviser->thin_mask);
    }
    set_findings(adviser);
    return result;
}

/* Price ------------------------------------------------------------------------------------------
 */

static enum acre_advised result_of(enum acre_compiled compiled)
{
    switch (compiled) {
    case ACRE_COMPILED:
        return ACRE_ADVISED;
    case ACRE_COMPILE_NO_TRACE:
        return ACRE_ADVISE_NO_TRACE;
    case ACRE_COMPILE_EMPTY:
        return ACRE_ADVISE_EMPTY;
    case ACRE_COMPILE_TOO_LARGE:
        return ACRE_ADVISE_TOO_LARGE;
    default:
        return ACRE_ADVISE_NO_MEMORY;
    }
}

static enum acre_advised compile_to(struct acre_adviser *adviser,
                                    const struct acre_advised_program *wanted, int file,
                                    const struct acre_plan *plan, struct acre_program *header)
{
    const struct acre_advise_request *request = adviser->request;
    struct acre_recording *recording = &request->recordings[wanted->recording];
    const char *slash = strrchr(recording->path, '/');
    const struct acre_compile_request compiling = {
        .file = file,
        .name = slash != NULL ? slash + 1 : recording->path,
        .plan = plan,
        .progress = request->progress,
        .to = request->to,
        .header = header,
        .most_events = wanted->most_events,
        .watch = wanted->watch,
        .watcher = wanted->watcher,
    };
    struct acre_trace_reader reader;
    enum acre_compiled compiled = ACRE_COMPILE_NO_TRACE;

    if (acre_trace_reader_open(&reader, adviser->memory, recording->path, recording->offset) ==
        ACRE_TRACE_READING)
        compiled = acre_compile(&compiling, &reader, adviser->memory);
    else if (reader.input.state == ACRE_TRACE_NO_MEMORY)
        compiled = ACRE_COMPILE_NO_MEMORY;
    acre_trace_reader_close(&reader);
    return result_of(compiled);
}

static enum acre_advised compile(struct acre_adviser *adviser,
                                 const struct acre_advised_program *wanted,
                                 const struct acre_plan *plan, struct acre_program *header)
{
    int nowhere = wanted->file < 0 ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
    enum acre_advised result = ACRE_ADVISE_NO_MEMORY;

    if (wanted->file >= 0 || nowhere >= 0)
        result =
            compile_to(adviser, wanted, wanted->file >= 0 ? wanted->file : nowhere, plan, header);
    if (nowhere >= 0)
        close(nowhere);
    return result;
}

/* The plan has its counts then, and is to be ended. */
static enum acre_advised compile_planned(struct acre_adviser *adviser,
                                         const struct acre_advised_program *wanted,
                                         struct acre_program *header)
{
    enum acre_advised result = ACRE_ADVISE_NO_MEMORY;

    if (acre_region_plan_init(&adviser->plan, &adviser->findings, &adviser->choice, &adviser->steps,
                              &adviser->request->recordings[wanted->recording],
                              &adviser->planned_markers))
        result = compile(adviser, wanted, &adviser->plan.plan, header);
    acre_region_plan_end(&adviser->plan);
    return result;
}

enum acre_advised acre_adviser_compile(struct acre_adviser *adviser,
                                       const struct acre_advised_program *wanted,
                                       struct acre_program *header)
{
    enum acre_advised result;

    tell_stage(adviser, "compiling", wanted->recording);
    if (!wanted->is_planned)
        return compile(adviser, wanted, NULL, header);
    result = compile_planned(adviser, wanted, header);
    acre_region_plan_fini(&adviser->plan);
    return result;
}

/* Exact, and without a program: it goes nowhere. */
static enum acre_advised price(struct acre_adviser *adviser, size_t number)
{
    const struct acre_advised_program wanted = {
        .recording = number, .is_planned = true, .file = -1};
    enum acre_advised result;

    tell_stage(adviser, "pricing", number);
    result = compile_planned(adviser, &wanted, &adviser->advice.programs[number]);
    for (uint32_t i = 0; i < adviser->choice.region_count; i++)
        adviser->advice.regions[i].counts[number] = adviser->plan.regions[i].counts;
    acre_region_plan_fini(&adviser->plan);
    return result;
}

static enum acre_advised price_all(struct acre_adviser *adviser)
{
    enum acre_advised result = ACRE_ADVISED;

    for (size_t i = 0; i < adviser->request->recording_count && result == ACRE_ADVISED; i++)
        result = price(adviser, i);
    return result;
}

static uint64_t budget_of(const struct acre_adviser *adviser)
{
    uint64_t share = adviser->advice.programs[0].live_peak_bytes / PEAK_SHARE;

    if (adviser->request->budget_bytes != UINT64_MAX)
        return adviser->request->budget_bytes;
    return share > LEAST_BUDGET_BYTES ? share : (uint64_t)LEAST_BUDGET_BYTES;
}

static bool is_over_budget(struct acre_adviser *adviser)
{
    adviser->advice.budget_bytes = budget_of(adviser);
    for (size_t i = 0; i < adviser->request->recording_count; i++)
        if (acre_advice_extra_bytes(&adviser->advice, i) > adviser->advice.budget_bytes)
            return true;
    return false;
}

/* From here on regions have to keep less than the one that keeps most: by as much as the peak is
 * over the budget, about. */
static void lower_limit(struct acre_adviser *adviser)
{
    struct acre_choice *choice = &adviser->choice;
    double greatest = 0;
    double factor =
        (double)adviser->advice.budget_bytes / (double)acre_advice_extra_bytes(&adviser->advice, 0);

    for (uint32_t i = 0; i < choice->region_count; i++)
        if (choice->regions[i].held_bytes > greatest)
            greatest = choice->regions[i].held_bytes;
    choice->most_held_bytes = greatest * fmin(fmax(factor, LEAST_FACTOR), MOST_FACTOR);
}

static enum acre_advised choose(struct acre_adviser *adviser)
{
    struct acre_choice *choice = &adviser->choice;

    choice->most_held_bytes = INFINITY;
    for (unsigned tries = 0; tries < MOST_TRIES; tries++) {
        enum acre_advised result;

        acre_choose(choice, &adviser->findings);
        adviser->advice.region_count = choice->region_count;
        result = price_all(adviser);
        if (result != ACRE_ADVISED || !is_over_budget(adviser))
            return result;
        adviser->advice.over_budget += choice->region_count;
        lower_limit(adviser);
    }
    choice->region_count = adviser->advice.region_count = 0;
    return price_all(adviser); /* as it was recorded */
}

/* In the words of the program. */
static enum acre_advised explain(struct acre_adviser *adviser)
{
    const struct acre_advise_request *request = adviser->request;
    struct acre_lasting lasting;
    enum acre_advised result = ACRE_ADVISE_NO_MEMORY;

    if (!acre_advice_explain(&adviser->advice, request, &adviser->findings, &adviser->choice,
                             adviser->memory))
        return ACRE_ADVISE_NO_MEMORY;
    if (adviser->advice.region_count == 0)
        return ACRE_ADVISED;
    tell_stage(adviser, "looking at what lasts", 0);
    if (acre_lasting_init(&lasting, adviser->memory, &adviser->findings, &request->recordings[0],
                          &adviser->advice))
        result = read_calls(adviser, 0, acre_lasting_take, &lasting);
    if (result == ACRE_ADVISED)
        acre_lasting_end(&lasting);
    acre_lasting_fini(&lasting);
    return result;
}

enum acre_advised acre_advise(struct acre_adviser *adviser,
                              const struct acre_advise_request *request)
{
    enum acre_advised result;

    adviser->request = request;
    adviser->advice.recording_count = request->recording_count;
    adviser->region_of_site =
        acre_allocate(adviser->memory, acre_layout_of_elements(ACRE_LAGS_MOST_SITES, 1));
    if (adviser->region_of_site == NULL)
        return ACRE_ADVISE_NO_MEMORY;
    adviser->choice.region_of_site = adviser->region_of_site;
    result = count_calls(adviser);
    if (result == ACRE_ADVISED)
        result = screen(adviser);
    if (result == ACRE_ADVISED)
        result = look_closely(adviser);
    adviser->advice.markers = adviser->markers.count;
    if (result == ACRE_ADVISED)
        result = choose(adviser);
    if (result == ACRE_ADVISED)
        result = explain(adviser);
    return result;
}
