#include "profile/timeline.h"

/* An even number, so that two by two become half of them; and there is room for the end. */
enum { MOST_STEPS = ACRE_PROFILE_POINTS / 2 - 2 };

static const struct acre_layout points_layout = {
    ACRE_PROFILE_POINTS * sizeof(struct acre_profile_point), _Alignof(struct acre_profile_point),
    ACRE_PURPOSE_OTHER};

bool acre_profile_timeline_init(struct acre_profile_timeline *timeline, struct acre_alloc *memory)
{
    *timeline = (struct acre_profile_timeline){
        .points = acre_allocate(memory, points_layout),
        .events_a_step = 1,
    };
    return timeline->points != NULL;
}

void acre_profile_timeline_free(struct acre_alloc *memory, struct acre_profile_point *points)
{
    acre_free(memory, points, points_layout);
}

/* The highest (of equal ones the last) and the lowest (the first) of some points, in their order.
 */
static void choose(const struct acre_profile_point *points, size_t count,
                   struct acre_profile_point *chosen)
{
    size_t highest = 0;
    size_t lowest = 0;

    for (size_t i = 1; i < count; i++) {
        if (points[i].live_bytes >= points[highest].live_bytes)
            highest = i;
        if (points[i].live_bytes < points[lowest].live_bytes)
            lowest = i;
    }
    chosen[0] = points[highest < lowest ? highest : lowest];
    chosen[1] = points[highest < lowest ? lowest : highest];
}

static void halve(struct acre_profile_timeline *timeline)
{
    for (size_t step = 0; step < timeline->steps / 2; step++) {
        struct acre_profile_point chosen[2];

        choose(&timeline->points[4 * step], 4, chosen);
        memcpy(&timeline->points[2 * step], chosen, sizeof chosen);
    }
    timeline->steps /= 2;
    timeline->events_a_step *= 2;
}

void acre_profile_timeline_add(struct acre_profile_timeline *timeline,
                               const struct acre_profile_point *point)
{
    struct acre_profile_point *step = &timeline->points[2 * timeline->steps];
    bool first_is_lower;

    if (timeline->events == 0)
        step[0] = step[1] = *point;
    first_is_lower = step[0].live_bytes <= step[1].live_bytes;
    if (point->live_bytes >= step[first_is_lower].live_bytes) {
        step[0] = step[!first_is_lower];
        step[1] = *point;
    } else if (point->live_bytes < step[!first_is_lower].live_bytes) {
        step[0] = step[first_is_lower];
        step[1] = *point;
    }
    if (++timeline->events < timeline->events_a_step)
        return;
    timeline->events = 0;
    if (++timeline->steps == MOST_STEPS)
        halve(timeline);
}

size_t acre_profile_timeline_finish(struct acre_profile_timeline *timeline,
                                    const struct acre_profile_point *end)
{
    struct acre_profile_point *points = timeline->points;
    size_t count = 2 * (timeline->steps + (timeline->events > 0));
    size_t kept = 0;

    points[count++] = *end;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || memcmp(&points[i], &points[kept - 1], sizeof *points) != 0)
            points[kept++] = points[i];
    return kept;
}
