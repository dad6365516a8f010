#include "advise/picture.h"

#include <string.h>

void acre_picture_begin(struct acre_picture *picture, const struct acre_advice *advice,
                        size_t recording)
{
    memset(picture, 0, sizeof *picture);
    picture->stretch = 1;
    picture->window_count = advice->region_count;
    for (uint32_t i = 0; i < advice->region_count; i++) {
        const struct acre_region_counts *counts = &advice->regions[i].counts[recording];
        struct acre_picture_window *window = &picture->windows[i];
        uint64_t shown =
            counts->resets > 0 ? counts->births / counts->resets * ACRE_PICTURE_TURNS : 0;

        window->first_reset = counts->resets / 2;
        /* Half of the room is left for what is born beside the region. */
        window->each = 1 + shown / (ACRE_PICTURE_BLOCKS / 2);
    }
}

/* Memory -----------------------------------------------------------------------------------------
 */

/* Two stretches become one. */
static void halve(struct acre_picture *picture)
{
    for (uint32_t i = 0; i + 1 < picture->point_count; i += 2) {
        struct acre_picture_point point = picture->points[i];
        const struct acre_picture_point *next = &picture->points[i + 1];

        if (next->live_bytes > point.live_bytes)
            point.live_bytes = next->live_bytes;
        if (next->planned_bytes > point.planned_bytes)
            point.planned_bytes = next->planned_bytes;
        picture->points[i / 2] = point;
    }
    picture->point_count /= 2;
    picture->stretch *= 2;
}

static void add_point(struct acre_picture *picture, const struct acre_compile_moment *moment)
{
    uint64_t number = moment->event->number;
    struct acre_picture_point *last;

    if (picture->point_count > 0) {
        last = &picture->points[picture->point_count - 1];
        if (number < last->event + picture->stretch) {
            if (moment->live_bytes > last->live_bytes)
                last->live_bytes = moment->live_bytes;
            if (moment->planned_bytes > last->planned_bytes)
                last->planned_bytes = moment->planned_bytes;
            return;
        }
    }
    if (picture->point_count == ACRE_PICTURE_POINTS)
        halve(picture);
    picture->points[picture->point_count++] =
        (struct acre_picture_point){number, moment->live_bytes, moment->planned_bytes};
}

/* Windows ----------------------------------------------------------------------------------------
 */

static bool is_birth(const struct acre_trace_event *event)
{
    return event->kind == ACRE_TRACE_ALLOCATE;
}

static void note_death(struct acre_picture_window *window, const struct acre_trace_event *event)
{
    for (uint32_t i = window->block_count; i-- > 0;)
        if (window->blocks[i].died == 0 && window->blocks[i].object == event->object) {
            window->blocks[i].died = event->number;
            return;
        }
}

static void note_birth(struct acre_picture_window *window, const struct acre_trace_event *event,
                       bool is_in)
{
    if (window->seen_births++ % window->each != 0 || window->block_count == ACRE_PICTURE_BLOCKS)
        return;
    window->blocks[window->block_count++] = (struct acre_picture_block){
        .born = event->number, .object = (uint32_t)event->object, .is_in = is_in};
}

static bool is_open(const struct acre_picture_window *window)
{
    return window->reset_count > 0 && window->reset_count <= ACRE_PICTURE_TURNS;
}

static void look(struct acre_picture_window *window, const struct acre_compile_moment *moment,
                 uint32_t number)
{
    const struct acre_trace_event *event = moment->event;

    if ((moment->step->resets >> number & 1) != 0) {
        if (window->seen_resets >= window->first_reset && window->reset_count <= ACRE_PICTURE_TURNS)
            window->resets[window->reset_count++] = event->number;
        window->seen_resets++;
    }
    if (event->kind == ACRE_TRACE_FREE && !event->is_unknown && window->reset_count > 0)
        note_death(window, event);
    else if (is_birth(event) && is_open(window))
        note_birth(window, event, moment->step->group == number + 1);
}

void acre_picture_watch(void *to, const struct acre_compile_moment *moment)
{
    struct acre_picture *picture = to;

    add_point(picture, moment);
    for (uint32_t i = 0; i < picture->window_count; i++)
        look(&picture->windows[i], moment, i);
}
