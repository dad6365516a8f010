#include "tests/report/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* splitmix64, as published by Sebastiano Vigna into the public domain. */
uint64_t sample_next(struct sample_random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double sample_uniform(struct sample_random *random)
{
    return ((double)(sample_next(random) >> 12) + 0.5) / 4503599627370496.0;
}

double sample_normal(struct sample_random *random)
{
    double radius = sqrt(-2.0 * log(sample_uniform(random)));
    return radius * cos(6.283185307179586 * sample_uniform(random));
}

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void sample_text(char **text, const char *value)
{
    char *copy = must(strdup(value));
    free(*text);
    *text = copy;
}

struct acre_cell *sample_cell(struct acre_run *run, const char *backend, const char *lifetime)
{
    for (size_t i = 0; i < run->cell_count; i++)
        if (strcmp(run->cells[i].key.backend, backend) == 0 &&
            strcmp(run->cells[i].key.lifetime, lifetime) == 0)
            return &run->cells[i];
    abort();
}

static void append(struct acre_series *series, double value)
{
    if (!acre_series_append(series, value))
        abort();
}

static void fill_parameter(struct acre_cell_key *key, const char *name, const char *value,
                           const char *title)
{
    struct acre_key_parameter *parameter = &key->parameters[key->parameter_count++];
    sample_text(&parameter->name, name);
    sample_text(&parameter->value, value);
    sample_text(&parameter->title, title);
}

static void fill_key(struct acre_cell_key *key, const char *backend, const char *lifetime,
                     bool backward)
{
    sample_text(&key->workload, "square-chain");
    sample_text(&key->unit, "");
    sample_text(&key->backend, backend);
    sample_text(&key->lifetime, lifetime);
    key->parameters = must(calloc(5, sizeof *key->parameters));
    fill_parameter(key, "elements", "10000", "10,000 elements");
    fill_parameter(key, "depth", "3", "depth 3");
    fill_parameter(key, "backward", backward ? "true" : "false",
                   backward ? "forward + backward" : "forward");
    fill_parameter(key, "fill", "reuse", "x reused");
    fill_parameter(key, "order", "seed", "order seed");
}

static void fill_recorded(struct acre_cell *cell, uint64_t leaked_bytes, bool has_held)
{
    struct acre_recorded *recorded = &cell->recorded;
    cell->has_recorded = true;
    *recorded = (struct acre_recorded){
        .iterations = 10,
        .allocations = 101,
        .frees = 98,
        .resets = 4,
        .failed = 1,
        .requested_bytes = 3200000,
        .peak_bytes = 640000,
        .peak_blocks = 22,
        .has_peak_call = true,
        .peak_call = 57,
        .has_held = has_held,
        .peak_held_bytes = has_held ? 720896 : 0,
        .leaked_blocks = leaked_bytes > 0,
        .leaked_bytes = leaked_bytes,
        .purpose_count = 2,
        .by_iteration_count = 1,
    };
    recorded->purposes = must(calloc(2, sizeof *recorded->purposes));
    for (size_t i = 0; i < 2; i++) {
        recorded->purposes[i] = (struct acre_purpose_counts){
            .allocations = 40 + i,
            .frees = 30 + i,
            .requested_bytes = 2560,
            .peak_blocks = 8,
            .peak_bytes = 512,
            .live_blocks = i,
            .live_bytes = 64 * i,
            .outlived_blocks = 4,
            .outlived_bytes = 256,
        };
        sample_text(&recorded->purposes[i].name, i == 0 ? "Variable" : "array \"data\"\n");
    }
    recorded->by_iteration = must(calloc(1, sizeof *recorded->by_iteration));
    recorded->by_iteration[0] = (struct acre_iteration_counts){10, 320000, 640000, 320000, 4, 3, 4};
    recorded->size_histogram[6] = 61;
    recorded->size_histogram[17] = 40;
    recorded->lifetime_histogram[3] = 60;
    recorded->lifetime_histogram[64] = 7;
    recorded->deaths = must(calloc(3, sizeof *recorded->deaths));
    recorded->death_count = 3;
    recorded->deaths[0] = (struct acre_death_count){6, 3, 60};
    recorded->deaths[1] = (struct acre_death_count){6, 64, 4};
    recorded->deaths[2] = (struct acre_death_count){17, 64, 3};
    sample_text(&recorded->checksum, "00c0ffee00c0ffee");
}

static void fill_stack(struct acre_waste_stack *stack, uint64_t requested_bytes,
                       uint64_t kept_bytes, bool knows)
{
    const uint64_t bytes[ACRE_WASTE_TERMS] = {
        [ACRE_WASTE_REQUESTED] = requested_bytes,
        [ACRE_WASTE_ROUNDING] = 1024,
        [ACRE_WASTE_SLACK] = 2048,
        [ACRE_WASTE_BOOKKEEPING] = 4096,
        [ACRE_WASTE_KEPT_FREE] = kept_bytes,
        [ACRE_WASTE_HELD] = requested_bytes + 1024 + 2048 + 4096 + kept_bytes,
        [ACRE_WASTE_RESIDENT] = 600000,
    };
    for (size_t i = 0; i < ACRE_WASTE_TERMS; i++) {
        struct acre_stack_part *part = &stack->parts[i];
        part->is_known = knows || i == ACRE_WASTE_REQUESTED || i == ACRE_WASTE_RESIDENT;
        part->bytes = part->is_known ? bytes[i] : 0;
        sample_text(&part->source, part->is_known ? "a \"source\"" : "not told");
    }
    stack->figures = must(calloc(1, sizeof *stack->figures));
    stack->figure_count = 1;
    stack->figures[0].number = 17;
    sample_text(&stack->figures[0].name, "stats.active");
}

static void fill_waste(struct acre_cell *cell, uint64_t kept_bytes, bool knows)
{
    cell->has_waste = true;
    fill_stack(&cell->waste.peak, 640000, kept_bytes, knows);
    fill_stack(&cell->waste.drained, 0, 640000 + kept_bytes, knows);
}

static struct acre_memory_moment moment(uint64_t live_bytes, uint64_t held_bytes, bool knows)
{
    return (struct acre_memory_moment){
        .live_bytes = live_bytes,
        .has_usable = knows,
        .has_held = knows,
        .has_rss = true,
        .has_resident = true,
        .usable_bytes = knows ? live_bytes + 1024 : 0,
        .held_bytes = knows ? held_bytes : 0,
        .rss_bytes = 3000000 + held_bytes / 2,
        .resident_bytes = held_bytes / 2,
    };
}

/* Resident grows to `held_bytes` / 2 in the third of four rows, which stands for two looks. */
static void fill_memory(struct acre_cell *cell, uint64_t held_bytes, bool knows)
{
    struct acre_cell_memory *memory = &cell->memory;
    cell->has_memory = true;
    *memory = (struct acre_cell_memory){
        .iterations = 25000,
        .run_ns = 300000017,
        .wait_ns = 1000000001,
        .peak_bytes = 640000,
        .peak_iteration = 2,
        .has_peak_held = knows,
        .peak_held_bytes = knows ? held_bytes : 0,
        .start = moment(0, 8192, knows),
        .end = moment(320000, held_bytes - 8192, knows),
        .drained = moment(0, held_bytes - 16384, knows),
        .later = moment(0, held_bytes / 4, knows),
        .timeline = must(calloc(4, sizeof *memory->timeline)),
        .timeline_count = 4,
    };
    for (uint64_t i = 0; i < 4; i++) {
        const uint64_t most = i == 2 ? held_bytes / 2 : held_bytes / 8 * (i + 1) / 2;
        memory->timeline[i] = (struct acre_memory_sample){
            .time_ns = 5000000 * (i + 1),
            .looks = 1 + (i == 2),
            .iteration = 400 * (i + 1),
            .live_bytes = 320000 + i,
            .has_usable = knows,
            .has_held = knows,
            .usable_bytes = knows ? 330000 : 0,
            .held_bytes = knows ? held_bytes : 0,
            .resident_bytes = most - 1,
            .resident_least_bytes = most / 2,
            .resident_most_bytes = most,
            .rss_bytes = 3000000 + most,
            .pss_bytes = 2000000 + most,
            .private_dirty_bytes = 1000000 + most,
            .huge_bytes = 2097152 * i,
            .faults = 300 + i,
        };
    }
}

static void fill_pauses(struct acre_cell *cell, size_t rounds, double ns)
{
    struct acre_cell_pauses *pauses = &cell->pauses;
    cell->has_pauses = true;
    for (size_t i = 0; i < rounds; i++) {
        append(&pauses->p50_ns, ns);
        append(&pauses->p99_ns, ns * (2.0 + 0.1 * (double)i));
        append(&pauses->max_ns, ns * (i == 0 ? 100.0 : 50.0));
        append(&pauses->count, 2500.0);
    }
}

static void fill_header(struct acre_run *run)
{
    sample_text(&run->acre_version, "0.1.0");
    sample_text(&run->command, "square-chain --backends malloc,arena --fill reuse");
    sample_text(&run->started, "2001-02-03T04:05:06Z");
    run->duration_seconds = 0.1;
    run->seed = UINT64_MAX;
    run->iterations = 0;
    run->machine = must(calloc(2, sizeof *run->machine));
    run->machine_count = 2;
    sample_text(&run->machine[0].name, "cpu");
    sample_text(&run->machine[0].value, "Imaginary 9000");
    sample_text(&run->machine[1].name, "kernel");
    sample_text(&run->machine[1].value, "Linux 0.0");
    run->libraries = must(calloc(1, sizeof *run->libraries));
    run->library_count = 1;
    sample_text(&run->libraries[0].backend, "malloc");
    sample_text(&run->libraries[0].path, "/lib/libc.so.6");
    sample_text(&run->libraries[0].version, "2.36");
    sample_text(&run->libraries[0].build_id, "");
    run->left_out = must(calloc(1, sizeof *run->left_out));
    run->left_out_count = 1;
    sample_text(&run->left_out[0].workload, "square-chain");
    sample_text(&run->left_out[0].strategy, "malloc/region");
    sample_text(&run->left_out[0].reason, "malloc has no reset");
}

void sample_small(struct acre_run *run)
{
    *run = (struct acre_run){0};
    fill_header(run);
    run->rounds = 2;
    run->time_budget_seconds = 90.5;
    run->has_played = true;
    run->played = (struct acre_played){.events = 11,
                                       .births = 5,
                                       .deaths = 5,
                                       .resizes = 1,
                                       .inherited = 2,
                                       .remaining = 3,
                                       .refused = 4,
                                       .unknown = 6,
                                       .threads = 7,
                                       .players = 18,
                                       .handed_over = 19,
                                       .waits = 20,
                                       .recorded_ns = 8000,
                                       .overhead_ns = 900,
                                       .rotation = 12,
                                       .reap = 1,
                                       .absorbed = 13,
                                       .resets = 14,
                                       .moved_out = 15,
                                       .peak_bytes = 16,
                                       .planned_peak_bytes = 17,
                                       .has_run_ns = true,
                                       .run_ns = 7000};
    sample_text(&run->played.region, "handle");
    run->cells = must(calloc(2, sizeof *run->cells));
    run->cell_count = 2;
    struct acre_cell *cell = &run->cells[0];
    fill_key(&cell->key, "malloc", "weak", true);
    fill_recorded(cell, 0, false);
    fill_waste(cell, 90000, true);
    cell->waste.peak.parts[ACRE_WASTE_SLACK].is_known = false;
    cell->waste.peak.parts[ACRE_WASTE_SLACK].bytes = 0;
    sample_text(&cell->waste.peak.parts[ACRE_WASTE_SLACK].source, "not told");
    fill_memory(cell, 1310720, true);
    cell->memory.later.has_rss = cell->memory.later.has_resident = false;
    cell->memory.later.rss_bytes = cell->memory.later.resident_bytes = 0;
    cell->memory.timeline_count = 1; /* the fewer bytes the better */
    fill_pauses(cell, 2, 5000.0);
    /* No decimal of fewer than 17 digits is any of these. */
    append(&cell->ns_per_iteration, 0.1 + 0.2);
    append(&cell->ns_per_iteration, 4651.000000000001);
    append(&cell->limit_ns_per_iteration, 5e-324);
    append(&cell->limit_ns_per_iteration, 1.7976931348623157e308);
    append(&cell->x_limit, 1.0 / 3.0);
    append(&cell->x_limit, 1.0000000000000002);
    append(&cell->faults_per_iteration, 0.0);
    append(&cell->faults_per_iteration, 2.0);
    cell->cold_iterations = 10;
    append(&cell->cold_ns, 1e6);
    append(&cell->cold_faults, 812.0);
    fill_key(&run->cells[1].key, "arena", "region", true);
    sample_text(&run->cells[1].failure, "killed by signal 9");
    append(&run->self_log_ratio, -0.001);
    append(&run->self_log_ratio, 0.0);
    append(&run->self_x_limit_log_ratio, 0.002);
    append(&run->self_x_limit_log_ratio, -0.1);
}

static void fill_times(struct acre_cell *cell, size_t rounds, struct sample_random *random,
                       double x_limit, double slowdown, double faults)
{
    for (size_t i = 0; i < rounds; i++) {
        double limit = 4650.0 * exp(0.004 * sample_normal(random));
        double x = x_limit * slowdown * exp(0.004 * sample_normal(random));
        append(&cell->limit_ns_per_iteration, limit);
        append(&cell->x_limit, x);
        append(&cell->ns_per_iteration, limit * x);
        append(&cell->faults_per_iteration, faults);
        append(&cell->system_ns_per_iteration, 150.0 * faults);
        append(&cell->rss_bytes, 3.0e6 * x_limit);
        append(&cell->cold_ns, 1e6 * x_limit * exp(0.05 * sample_normal(random)));
        append(&cell->cold_faults, 241.0 * x_limit);
    }
    cell->cold_iterations = 10;
}

/* Groups of square-chain, forward and backward, and then of node-churn. */
static void fill_group_key(struct acre_cell_key *key, size_t group, const char *backend,
                           const char *lifetime)
{
    fill_key(key, backend, lifetime, group == 1);
    if (group < 2)
        return;
    sample_text(&key->workload, "node-churn");
    sample_text(&key->unit, "node");
}

static void sample_groups(struct acre_run *run, size_t groups, size_t rounds, uint64_t seed,
                          double slowdown)
{
    static const struct {
        const char *backend, *lifetime;
        double x_limit, faults;
        bool has_held;
    } strategies[] = {
        {"malloc", "weak", 1.13, 0.05, true},  {"jemalloc", "weak", 1.23, 0.0, true},
        {"arena", "region", 1.01, 0.0, true},  {"arena", "walked", 1.02, 0.0, false},
        {"malloc", "strong", 0.0, 0.0, false},
    };
    const size_t count = sizeof strategies / sizeof strategies[0];
    struct sample_random random = {.state = seed};
    *run = (struct acre_run){0};
    fill_header(run);
    run->rounds = rounds;
    run->seed = 17;
    run->duration_seconds = 31.4;
    run->cells = must(calloc(groups * count, sizeof *run->cells));
    for (size_t group = 0; group < groups; group++) {
        for (size_t i = 0; i < count; i++) {
            struct acre_cell *cell = &run->cells[run->cell_count++];
            bool strong = strcmp(strategies[i].lifetime, "strong") == 0;
            bool arena = strcmp(strategies[i].backend, "arena") == 0;
            fill_group_key(&cell->key, group, strategies[i].backend, strategies[i].lifetime);
            fill_recorded(cell, strong ? 3200000 : 0, strategies[i].has_held);
            if (arena)
                cell->recorded.peak_held_bytes *= strategies[i].has_held ? 2 : 0;
            fill_waste(cell, arena ? 400000 : 100000, strategies[i].has_held);
            fill_memory(cell, arena ? 3145728 : 1310720, strategies[i].has_held);
            if (!strong)
                fill_pauses(cell, rounds, 5000.0 * strategies[i].x_limit);
            if (!strong)
                fill_times(cell, rounds, &random, strategies[i].x_limit, arena ? slowdown : 1.0,
                           strategies[i].faults);
        }
    }
    for (size_t i = 0; i < rounds; i++)
        append(&run->self_log_ratio, 0.005 * sample_normal(&random));
    for (size_t i = 0; i < rounds; i++) /* wider: times are as measured */
        append(&run->self_x_limit_log_ratio, 0.02 * sample_normal(&random));
}

void sample_full(struct acre_run *run, size_t rounds, uint64_t seed, double slowdown)
{
    sample_groups(run, 2, rounds, seed, slowdown);
}

void sample_suite(struct acre_run *run, size_t rounds, uint64_t seed, double slowdown)
{
    sample_groups(run, 3, rounds, seed, slowdown);
}

size_t sample_occurrences(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}
