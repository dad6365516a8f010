/* What is known of a trace, for programs. docs/info.md says what each name means. */
#include <stdlib.h>

#include "report/info_parts.h"
#include "report/maker.h"

enum { MOST_CALLERS = 64 };

struct writing {
    const struct acre_info *info;
    struct acre_maker maker;
};

/* Figures --------------------------------------------------------------------------------------
 */

static void put_figures(struct writing *writing, json_t *object,
                        const struct acre_profile_figures *figures)
{
    bool knows = writing->info->leaks->is_known;

    acre_put_count(&writing->maker, object, "blocks", figures->blocks);
    acre_put_count(&writing->maker, object, "bytes", figures->bytes);
    acre_put_count(&writing->maker, object, "resizes", figures->resizes);
    acre_put_count(&writing->maker, object, "freed", figures->freed);
    acre_put_count(&writing->maker, object, knows ? "not_freed_blocks" : "live_blocks",
                   figures->live_blocks);
    acre_put_count(&writing->maker, object, knows ? "not_freed_bytes" : "live_bytes",
                   figures->live_bytes);
    acre_put_count(&writing->maker, object, "most_blocks", figures->most_blocks);
    acre_put_count(&writing->maker, object, "most_bytes", figures->most_bytes);
    acre_put_count(&writing->maker, object, "peak_blocks", figures->peak_blocks);
    acre_put_count(&writing->maker, object, "peak_bytes", figures->peak_bytes);
    acre_put_count(&writing->maker, object, "short_blocks", figures->short_blocks);
    acre_put_count(&writing->maker, object, "short_bytes", figures->short_bytes);
    acre_put_count(&writing->maker, object, "life_ns", figures->life_ns);
    acre_put_count(&writing->maker, object, "waste_bytes", figures->waste_bytes);
    acre_put_count(&writing->maker, object, "peak_waste_bytes", figures->peak_waste_bytes);
    acre_put_count(&writing->maker, object, "other_thread", figures->other_thread);
    acre_put_count(&writing->maker, object, "inherited", figures->inherited);
    acre_put_count(&writing->maker, object, "inherited_bytes", figures->inherited_bytes);
}

/* Sites ----------------------------------------------------------------------------------------
 */

static void put_frame(struct writing *writing, json_t *object, const char *function,
                      const char *file, uint32_t line)
{
    acre_put_text(&writing->maker, object, "function", function);
    if (file != NULL)
        acre_put_text(&writing->maker, object, "file", file);
    if (line > 0)
        acre_put_count(&writing->maker, object, "line", line);
}

/* The heaviest of a group's call stacks, from the innermost frame on. */
static json_t *stack_of(struct writing *writing, const struct acre_site_group *group)
{
    const struct acre_info *info = writing->info;
    struct acre_walk walk = acre_walk_of(info->profile, info->names, group->stack);
    const struct acre_frame *frame;
    json_t *stack = json_array();

    for (size_t i = 0; i < MOST_CALLERS && (frame = acre_walk_next(&walk)) != NULL; i++) {
        const char *module = acre_path_of_node(info->profile, walk.node);
        json_t *object = json_object();

        put_frame(writing, object, frame->function, frame->file, frame->line);
        if (module[0] != '\0')
            acre_put_text(&writing->maker, object, "module", module);
        acre_add(&writing->maker, stack, object);
    }
    writing->maker.failed = writing->maker.failed || walk.has_no_memory;
    return stack;
}

static json_t *sites_of(struct writing *writing, const struct acre_profile_site *sites,
                        size_t count, enum acre_site_order order)
{
    const struct acre_info *info = writing->info;
    struct acre_site_groups groups;
    json_t *array = json_array();

    if (!acre_site_groups_make(
            &groups, info->memory, info->profile, info->names, sites, count,
            info->shows_stacks ? ACRE_SITE_GROUP_BY_STACK : ACRE_SITE_GROUP_BY_FUNCTION, order)) {
        writing->maker.failed = true;
        return array;
    }
    for (size_t i = 0; i < groups.count && (info->top == 0 || i < info->top); i++) {
        const struct acre_site_group *group = &groups.groups[i];
        json_t *object = json_object();

        put_frame(writing, object, group->function, group->file, group->line);
        acre_put_count(&writing->maker, object, "stacks", group->sites);
        put_figures(writing, object, &group->figures);
        acre_put(&writing->maker, object, "stack", stack_of(writing, group));
        acre_add(&writing->maker, array, object);
    }
    acre_site_groups_fini(&groups);
    return array;
}

static json_t *leaks_of(struct writing *writing)
{
    const struct acre_leaks *leaks = writing->info->leaks;
    json_t *object = json_object();
    json_t *kept = json_array();

    acre_put_count(&writing->maker, object, "blocks", leaks->blocks);
    acre_put_count(&writing->maker, object, "bytes", leaks->bytes);
    acre_put_count(&writing->maker, object, "unsure_blocks", leaks->unsure_blocks);
    acre_put_count(&writing->maker, object, "unsure_bytes", leaks->unsure_bytes);
    acre_put(&writing->maker, object, "sites",
             sites_of(writing, leaks->sites, leaks->count, ACRE_SITE_ORDER_LEAKED));
    for (size_t i = 0; i < ACRE_KEPT_KINDS; i++) {
        json_t *kind = json_object();

        acre_put_text(&writing->maker, kind, "what", leaks->kept[i].what);
        acre_put_count(&writing->maker, kind, "blocks", leaks->kept[i].blocks);
        acre_put_count(&writing->maker, kind, "bytes", leaks->kept[i].bytes);
        acre_add(&writing->maker, kept, kind);
    }
    acre_put(&writing->maker, object, "kept", kept);
    return object;
}

/* Rows of numbers ------------------------------------------------------------------------------
 */

static void add_row(struct writing *writing, json_t *rows, const uint64_t *numbers, size_t count)
{
    json_t *row = json_array();

    for (size_t i = 0; i < count; i++)
        acre_add(&writing->maker, row,
                 json_integer((json_int_t)(numbers[i] <= INT64_MAX ? numbers[i] : INT64_MAX)));
    acre_add(&writing->maker, rows, row);
}

static json_t *points_of(struct writing *writing)
{
    const struct acre_profile *profile = writing->info->profile;
    json_t *rows = json_array();

    for (size_t i = 0; i < profile->point_count; i++) {
        const struct acre_profile_point *point = &profile->points[i];
        const uint64_t numbers[] = {point->time_ns, point->live_bytes, point->live_blocks,
                                    point->usable_bytes, point->allocated_bytes};

        add_row(writing, rows, numbers, sizeof numbers / sizeof numbers[0]);
    }
    return rows;
}

static json_t *sizes_of(struct writing *writing)
{
    const struct acre_profile *profile = writing->info->profile;
    json_t *rows = json_array();

    for (unsigned size = 0; size < ACRE_PROFILE_SIZE_CLASSES; size++) {
        const uint64_t numbers[] = {UINT64_C(1) << size, profile->sizes[size]};

        if (profile->sizes[size] > 0)
            add_row(writing, rows, numbers, 2);
    }
    return rows;
}

static json_t *lives_of(struct writing *writing)
{
    const struct acre_profile *profile = writing->info->profile;
    json_t *rows = json_array();

    for (unsigned size = 0; size < ACRE_PROFILE_SIZE_CLASSES; size++)
        for (unsigned life = 0; life < ACRE_PROFILE_LIFE_CLASSES; life++) {
            const uint64_t numbers[] = {UINT64_C(1) << size, UINT64_C(1) << life,
                                        profile->lives[size][life]};

            if (profile->lives[size][life] > 0)
                add_row(writing, rows, numbers, 3);
        }
    return rows;
}

static json_t *threads_of(struct writing *writing)
{
    const struct acre_profile *profile = writing->info->profile;
    json_t *rows = json_array();

    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct acre_profile_thread *thread = &profile->threads[i];
        const uint64_t numbers[] = {thread->thread, thread->events, thread->blocks, thread->bytes};

        add_row(writing, rows, numbers, 4);
    }
    return rows;
}

static json_t *iterations_of(struct writing *writing)
{
    const struct acre_told *told = &writing->info->profile->told;
    json_t *rows = json_array();

    for (size_t i = 0; i < told->scope_count; i++) {
        const struct acre_told_scope *scope = &told->scopes[i];
        const uint64_t numbers[] = {scope->scope, scope->blocks, scope->bytes, scope->peak_bytes,
                                    scope->live_bytes};

        add_row(writing, rows, numbers, 5);
    }
    return rows;
}

/* Names are the program's, and may not be UTF-8 as they are. */
static json_t *purposes_of(struct writing *writing)
{
    const struct acre_profile *profile = writing->info->profile;
    json_t *purposes = json_object();

    for (uint32_t p = 0; p < profile->purpose_names.count; p++) {
        json_t *purpose, *name;

        if (profile->purposes[p].blocks == 0)
            continue;
        purpose = json_object();
        put_figures(writing, purpose, &profile->purposes[p]);
        name = acre_text(profile->purpose_names.names[p]);
        acre_put(&writing->maker, purposes, name != NULL ? json_string_value(name) : "", purpose);
        json_decref(name);
    }
    return purposes;
}

/* All of it ------------------------------------------------------------------------------------
 */

static const char *name_of_state(enum acre_trace_state state)
{
    return state == ACRE_TRACE_COMPLETE     ? "complete"
           : state == ACRE_TRACE_INCOMPLETE ? "incomplete"
                                            : "damaged";
}

static void put_process(struct writing *writing, json_t *object)
{
    const struct acre_info *info = writing->info;
    const struct acre_profile *profile = info->profile;
    static const char *const fields[] = {"executable", "command",   "workload",
                                         "strategy",   "pid",       "started",
                                         "stacks",     "hidden_by", "allocator_path"};

    acre_put_count(&writing->maker, object, "acre_info", 1);
    acre_put_text(&writing->maker, object, "state", name_of_state(profile->state));
    if (profile->state != ACRE_TRACE_COMPLETE)
        acre_put_text(&writing->maker, object, "why", profile->sentence);
    acre_put_text(&writing->maker, object, "program", acre_info_program(info));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (acre_info_field(info, fields[i])[0] != '\0')
            acre_put_text(&writing->maker, object, fields[i], acre_info_field(info, fields[i]));
    acre_put_count(&writing->maker, object, "lasted_ns", profile->last_ns - profile->first_ns);
    acre_put_count(&writing->maker, object, "recording_ns", profile->trailer.overhead_ns);
    acre_put_count(&writing->maker, object, "events", profile->events);
    acre_put_count(&writing->maker, object, "dropped", profile->trailer.dropped);
    acre_put_count(&writing->maker, object, "calls", profile->calls);
    acre_put_count(&writing->maker, object, "refused", profile->refused);
    acre_put_count(&writing->maker, object, "unknown", profile->unknown);
    acre_put_count(&writing->maker, object, "replaced", profile->replaced);
    acre_put_count(&writing->maker, object, "resets", profile->resets);
    acre_put_count(&writing->maker, object, "peak_ns", profile->peak_ns);
    acre_put_count(&writing->maker, object, "peak_event", profile->peak_event);
}

static json_t *make(struct writing *writing)
{
    const struct acre_profile *profile = writing->info->profile;
    json_t *object = json_object();
    json_t *total = json_object();

    put_process(writing, object);
    put_figures(writing, total, &profile->total);
    acre_put(&writing->maker, object, "total", total);
    acre_put(&writing->maker, object, "leaks",
             writing->info->leaks->is_known ? leaks_of(writing) : json_null());
    acre_put(&writing->maker, object, "sites",
             sites_of(writing, profile->sites, profile->site_count, writing->info->order));
    acre_put(&writing->maker, object, "purposes", purposes_of(writing));
    acre_put(&writing->maker, object, "iterations", iterations_of(writing));
    acre_put(&writing->maker, object, "sizes", sizes_of(writing));
    acre_put(&writing->maker, object, "lives", lives_of(writing));
    acre_put(&writing->maker, object, "threads", threads_of(writing));
    acre_put(&writing->maker, object, "points", points_of(writing));
    return object;
}

bool acre_info_write_json(const struct acre_info *info, FILE *to)
{
    struct writing writing = {.info = info};
    json_t *object = make(&writing);
    char *text = writing.maker.failed ? NULL : json_dumps(object, JSON_INDENT(1));

    json_decref(object);
    if (text == NULL)
        return false;
    fprintf(to, "%s\n", text);
    free(text);
    return true;
}
