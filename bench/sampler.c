#include "bench/sampler.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/process_memory.h"

/* The timeline ------------------------------------------------------------------------------ */

/* `later` is the last of the row from now on. */
static void merge(struct acre_memory_sample *row, const struct acre_memory_sample *later)
{
    const struct acre_memory_sample earlier = *row;

    *row = *later;
    row->looks = earlier.looks + later->looks;
    if (earlier.resident_least_bytes < row->resident_least_bytes)
        row->resident_least_bytes = earlier.resident_least_bytes;
    if (earlier.resident_most_bytes > row->resident_most_bytes)
        row->resident_most_bytes = earlier.resident_most_bytes;
}

static void halve(struct acre_timeline *timeline)
{
    for (size_t i = 0; i < ACRE_MOST_SAMPLES / 2; i++) {
        timeline->rows[i] = timeline->rows[2 * i];
        merge(&timeline->rows[i], &timeline->rows[2 * i + 1]);
    }
    timeline->count = ACRE_MOST_SAMPLES / 2;
    timeline->looks_per_row *= 2;
}

void acre_timeline_add(struct acre_timeline *timeline, const struct acre_memory_sample *look)
{
    struct acre_memory_sample *last =
        timeline->count > 0 ? &timeline->rows[timeline->count - 1] : NULL;

    timeline->looks_per_row += timeline->looks_per_row == 0;
    if (last != NULL && last->looks < timeline->looks_per_row) {
        merge(last, look);
        return;
    }
    if (timeline->count == ACRE_MOST_SAMPLES)
        halve(timeline);
    timeline->rows[timeline->count++] = *look;
}

/* One look ---------------------------------------------------------------------------------- */

bool acre_sample(pid_t process, const struct acre_gauge *gauge, struct acre_memory_sample *look)
{
    const struct acre_gauge_reading reading = acre_gauge_read(gauge);
    struct acre_process_memory memory;
    uint64_t resident_bytes;
    uint64_t faults;

    if (reading.phase != ACRE_GAUGE_RUNNING || !acre_process_memory_read(process, &memory) ||
        !acre_process_faults_read(process, &faults))
        return false;
    /* What was read may be of a later iteration, but not of when all was dropped. */
    if (acre_gauge_read(gauge).phase != ACRE_GAUGE_RUNNING)
        return false;
    resident_bytes = acre_waste_rest(memory.anonymous_bytes, reading.others_bytes);
    *look = (struct acre_memory_sample){
        .time_ns = acre_waste_rest((uint64_t)acre_now_ns(), reading.begin_ns),
        .looks = 1,
        .iteration = reading.iteration,
        .live_bytes = reading.live_bytes,
        .usable_bytes = reading.usable_bytes,
        .held_bytes = reading.held_bytes,
        .resident_bytes = resident_bytes,
        .resident_least_bytes = resident_bytes,
        .resident_most_bytes = resident_bytes,
        .rss_bytes = memory.rss_bytes,
        .pss_bytes = memory.pss_bytes,
        .private_dirty_bytes = memory.private_dirty_bytes,
        .huge_bytes = memory.huge_bytes,
        .faults = faults,
    };
    return true;
}

/* A visit ----------------------------------------------------------------------------------- */

/* Without a page to share the visit is run all the same, and has no timeline. */
void acre_sampler_begin(struct acre_sampler *sampler, const struct acre_launch *launch,
                        const struct acre_visit *visit)
{
    sampler->timeline.count = 0;
    sampler->timeline.looks_per_row = 1;
    acre_gauge_make(&sampler->gauge, &sampler->descriptor);
    acre_visit_start(&sampler->child, launch, visit, sampler->descriptor);
}

/* Whether the child says something, or nothing any more, before the time is over. */
static bool has_spoken(const struct acre_child *child, int wait_ms)
{
    struct pollfd output = {.fd = child->output, .events = POLLIN};
    int ready = poll(&output, 1, wait_ms);

    return ready > 0 || (ready < 0 && errno != EINTR);
}

/* Page tables of a large process take the kernel milliseconds: looks have a tenth of the time. */
static int rest_after(double look_ns)
{
    double rest_ms = look_ns * 9e-6;

    return rest_ms < ACRE_SAMPLE_MS ? ACRE_SAMPLE_MS : rest_ms > 1000 ? 1000 : (int)rest_ms;
}

void acre_sampler_follow(struct acre_sampler *sampler)
{
    struct acre_memory_sample look;
    int wait_ms = ACRE_SAMPLE_MS;
    double begin_ns;

    if (sampler->gauge == NULL || !acre_child_has_started(&sampler->child))
        return;
    while (!has_spoken(&sampler->child, wait_ms)) {
        if (acre_gauge_read(sampler->gauge).phase == ACRE_GAUGE_WAITING)
            return;
        begin_ns = acre_now_ns();
        if (acre_sample(sampler->child.process, sampler->gauge, &look))
            acre_timeline_add(&sampler->timeline, &look);
        wait_ms = rest_after(acre_now_ns() - begin_ns);
    }
}

/* The timeline knows of the backend what the visit's own looks know. False for want of memory. */
static bool keep_timeline(struct acre_cell_memory *memory, const struct acre_timeline *timeline)
{
    memory->timeline = calloc(timeline->count + 1, sizeof *memory->timeline);
    if (memory->timeline == NULL)
        return false;
    for (size_t i = 0; i < timeline->count; i++) {
        struct acre_memory_sample *row = &memory->timeline[i];

        *row = timeline->rows[i];
        row->has_usable = memory->end.has_usable;
        row->has_held = memory->end.has_held;
    }
    memory->timeline_count = timeline->count;
    return true;
}

bool acre_sampler_end(struct acre_sampler *sampler, struct acre_run *answer)
{
    bool done = acre_visit_finish(&sampler->child, answer);

    acre_gauge_unmap(sampler->gauge);
    if (sampler->descriptor >= 0)
        close(sampler->descriptor);
    if (!done || !answer->cells[0].has_memory)
        return done;
    done = keep_timeline(&answer->cells[0].memory, &sampler->timeline);
    if (!done)
        acre_run_free(answer);
    return done;
}
