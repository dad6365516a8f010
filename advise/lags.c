#include "advise/lags.h"

#include <string.h>

#include "alloc/grow.h"

/* From begin to end ------------------------------------------------------------------------------
 */

static void *zeros(struct acre_alloc *memory, size_t count, size_t element_bytes)
{
    struct acre_layout layout = acre_layout_of_elements(count, element_bytes);
    void *elements = acre_allocate(memory, layout);

    if (elements != NULL)
        memset(elements, 0, layout.size);
    return elements;
}

static size_t cell_count(const struct acre_lags *lags)
{
    return (size_t)lags->sites->count * lags->lanes;
}

static bool make_cells(struct acre_lags *lags)
{
    struct acre_lag_cells *cells = &lags->cells;
    size_t count = cell_count(lags);

    cells->births = zeros(lags->memory, count, sizeof *cells->births);
    cells->epochs = zeros(lags->memory, count, sizeof *cells->epochs);
    cells->last_epoch = zeros(lags->memory, count, sizeof *cells->last_epoch);
    for (unsigned k = 0; k < ACRE_LAGS_MOST_K; k++) {
        cells->lags[k] = zeros(lags->memory, count, sizeof *cells->lags[k]);
        if (cells->lags[k] == NULL)
            return false;
    }
    return cells->births != NULL && cells->epochs != NULL && cells->last_epoch != NULL;
}

bool acre_lags_init(struct acre_lags *lags, struct acre_alloc *memory, struct acre_markers *markers,
                    const struct acre_sites *sites, const struct acre_steps *steps,
                    uint64_t sample_mask, uint64_t thin_mask)
{
    uint32_t lanes = (markers->count / ACRE_LAGS_LANES + 1) * ACRE_LAGS_LANES;

    *lags = (struct acre_lags){
        .memory = memory,
        .markers = markers,
        .sites = sites,
        .steps = steps,
        .lanes = lanes,
        .sample_mask = sample_mask,
        .thin_mask = thin_mask,
    };
    lags->now = zeros(memory, lanes, sizeof *lags->now);
    lags->last = zeros(memory, lanes, sizeof *lags->last);
    lags->reach = zeros(memory, lanes, sizeof *lags->reach);
    lags->gaps = zeros(memory, lanes, sizeof *lags->gaps);
    lags->of_sites = zeros(memory, sites->count, sizeof *lags->of_sites);
    return lags->now != NULL && lags->last != NULL && lags->reach != NULL && lags->gaps != NULL &&
           lags->of_sites != NULL && make_cells(lags);
}

void acre_lags_fini(struct acre_lags *lags)
{
    struct acre_alloc *memory = lags->memory;
    struct acre_lag_cells *cells = &lags->cells;
    size_t count = cell_count(lags);

    acre_free_elements(memory, lags->now, lags->lanes, sizeof *lags->now);
    acre_free_elements(memory, lags->last, lags->lanes, sizeof *lags->last);
    acre_free_elements(memory, lags->reach, lags->lanes, sizeof *lags->reach);
    acre_free_elements(memory, lags->gaps, lags->lanes, sizeof *lags->gaps);
    acre_free_elements(memory, lags->of_sites, lags->sites->count, sizeof *lags->of_sites);
    acre_free_elements(memory, cells->births, count, sizeof *cells->births);
    acre_free_elements(memory, cells->epochs, count, sizeof *cells->epochs);
    acre_free_elements(memory, cells->last_epoch, count, sizeof *cells->last_epoch);
    for (unsigned k = 0; k < ACRE_LAGS_MOST_K; k++)
        acre_free_elements(memory, cells->lags[k], count, sizeof *cells->lags[k]);
    acre_free_elements(memory, lags->objects, lags->object_capacity, sizeof *lags->objects);
    acre_free_elements(memory, lags->rows, lags->row_capacity, lags->lanes * sizeof *lags->rows);
    acre_free_elements(memory, lags->free_rows, lags->free_capacity, sizeof *lags->free_rows);
    *lags = (struct acre_lags){.memory = memory, .sites = lags->sites};
}

/* Epochs -----------------------------------------------------------------------------------------
 */

static void fire(struct acre_lags *lags, uint32_t marker, uint32_t clock)
{
    lags->reach[marker] = acre_gaps_fire(&lags->gaps[marker], clock - lags->last[marker]);
    lags->last[marker] = clock;
    lags->now[marker]++;
}

static bool fire_all(struct acre_lags *lags, const struct acre_call *call)
{
    uint32_t count, birth;
    const uint16_t *fired = acre_markers_fired(lags->markers, lags->steps, call->at.step, &count);

    if (fired == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++)
        fire(lags, fired[i], (uint32_t)call->clock);
    birth = call->kind == ACRE_CALL_BIRTH ? acre_markers_birth(lags->markers, call->at.place) : 0;
    if (birth != 0)
        fire(lags, birth - 1, (uint32_t)call->clock);
    return true;
}

/* Births and deaths ------------------------------------------------------------------------------
 */

/* splitmix64's finish (Steele, Lea and Flood, Fast splittable pseudorandom number generators,
 * 2014). */
static uint64_t hash_of(uint64_t number)
{
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

/* And one; 0 for want of memory. */
static uint32_t take_row(struct acre_lags *lags)
{
    if (lags->free_count > 0)
        return lags->free_rows[--lags->free_count];
    if (!acre_grow(lags->memory, &lags->rows, lags->row_count, &lags->row_capacity,
                   lags->lanes * sizeof *lags->rows) ||
        (lags->row_capacity > lags->free_capacity &&
         !acre_grow(lags->memory, &lags->free_rows, lags->free_capacity, &lags->free_capacity,
                    sizeof *lags->free_rows)))
        return 0;
    return ++lags->row_count;
}

static uint32_t *row_of(const struct acre_lags *lags, uint32_t row)
{
    return lags->rows + (size_t)(row - 1) * lags->lanes;
}

static void enter(struct acre_lags *lags, uint32_t site, uint32_t *restrict row, uint32_t clock)
{
    const uint32_t *restrict now = lags->now;
    const uint32_t *restrict last = lags->last;
    const uint32_t *restrict reach = lags->reach;
    size_t cell = acre_lag_cell(lags, site, 0);
    uint32_t *restrict births = lags->cells.births + cell;
    uint32_t *restrict epochs = lags->cells.epochs + cell;
    uint32_t *restrict last_epoch = lags->cells.last_epoch + cell;

    for (uint32_t i = 0; i < lags->lanes; i++) {
        uint32_t is_in_scope = clock - last[i] <= reach[i] ? UINT32_MAX : 0;
        uint32_t epoch = now[i] & is_in_scope; /* epoch 0: it has not fired yet */

        row[i] = epoch;
        births[i] += epoch != 0;
        epochs[i] += epoch != 0 && epoch != last_epoch[i];
        last_epoch[i] = epoch != 0 ? epoch : last_epoch[i];
    }
}

static void leave(struct acre_lags *lags, uint32_t site, const uint32_t *restrict row)
{
    const uint32_t *restrict now = lags->now;
    size_t cell = acre_lag_cell(lags, site, 0);
    uint32_t *restrict one = lags->cells.lags[0] + cell;
    uint32_t *restrict two = lags->cells.lags[1] + cell;

    for (uint32_t i = 0; i < lags->lanes; i++) {
        uint32_t lag = row[i] != 0 ? now[i] - row[i] : 0;

        one[i] += lag >= 1;
        two[i] += lag >= 2;
    }
}

static struct acre_lag_object *object_at(struct acre_lags *lags, uint32_t object)
{
    for (; lags->object_count <= object; lags->object_count++) {
        if (!acre_grow(lags->memory, &lags->objects, lags->object_count, &lags->object_capacity,
                       sizeof *lags->objects))
            return NULL;
        lags->objects[lags->object_count] = (struct acre_lag_object){0};
    }
    return &lags->objects[object];
}

static bool bear(struct acre_lags *lags, const struct acre_call *call)
{
    const struct acre_sites *sites = lags->sites;
    struct acre_lag_object *object = object_at(lags, call->object);
    struct acre_site_lags *site;
    uint32_t number = call->at.place != 0 && call->at.place <= sites->place_count
                          ? sites->of_place[call->at.place - 1]
                          : 0;

    if (object == NULL)
        return false;
    lags->born++;
    *object = (struct acre_lag_object){.site = number, .thread = call->at.thread};
    if (number == 0)
        return true;
    site = &lags->of_sites[number - 1];
    site->has_threads |= site->births > 0 && site->thread != call->at.thread;
    site->thread = call->at.thread;
    site->births++;
    site->bytes += call->bytes;
    if ((hash_of(lags->born) & (acre_lags_each(lags, number - 1) - 1)) != 0)
        return true;
    object->row = take_row(lags);
    if (object->row == 0)
        return false;
    enter(lags, number - 1, row_of(lags, object->row), (uint32_t)call->clock);
    return true;
}

static void die(struct acre_lags *lags, struct acre_lag_object *object)
{
    if (object->row != 0) {
        leave(lags, object->site - 1, row_of(lags, object->row));
        lags->free_rows[lags->free_count++] = object->row;
    }
    *object = (struct acre_lag_object){0};
}

/* A region pays all steps of what grows. */
static void grow(struct acre_lags *lags, const struct acre_lag_object *object,
                 const struct acre_call *call)
{
    if (object->site != 0 && call->bytes > call->old_bytes)
        lags->of_sites[object->site - 1].bytes += call->bytes;
}

bool acre_lags_take(void *to, const struct acre_call *call)
{
    struct acre_lags *lags = to;
    struct acre_lag_object *object;

    if (call->at.step != 0 && !fire_all(lags, call))
        return false;
    if (call->kind == ACRE_CALL_SCOPE || call->kind == ACRE_CALL_ELSE)
        return true;
    if (call->kind == ACRE_CALL_BIRTH)
        return bear(lags, call);
    object = &lags->objects[call->object];
    if (call->kind == ACRE_CALL_RESIZE) {
        grow(lags, object, call);
        return true;
    }
    if (object->site != 0 && call->at.thread != 0 && call->at.thread != object->thread)
        lags->of_sites[object->site - 1].elsewhere++;
    die(lags, object);
    return true;
}

void acre_lags_end(struct acre_lags *lags)
{
    for (size_t i = 0; i < lags->object_count; i++)
        if (lags->objects[i].row != 0)
            die(lags, &lags->objects[i]);
}
