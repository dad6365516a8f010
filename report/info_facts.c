/* What a trace itself says: how it was recorded, of which events it is made, purposes, iterations.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "report/format.h"
#include "report/info_parts.h"
#include "report/site_text.h"

enum { SCOPES_SHOWN = 10, MODULES_SHOWN = 8 };

static struct acre_number bytes(uint64_t number)
{
    return acre_format_bytes((double)number);
}

static struct acre_number count(uint64_t number)
{
    return acre_format_count(number);
}

/* Facts ----------------------------------------------------------------------------------------
 */

__attribute__((format(printf, 3, 4))) static void fact(struct acre_grid *grid, const char *name,
                                                       const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (text[0] == '\0')
        return;
    acre_grid_row(grid);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", name);
    acre_grid_set(grid, 1, ACRE_PAINT_NONE, "%s", text);
}

static void put_file(const struct acre_info *info, struct acre_grid *grid)
{
    const struct acre_trace_reader *reader = info->reader;
    double an_event = reader->events > 0 ? (double)(reader->input.offset - reader->input.begin) /
                                               (double)reader->events
                                         : 0;

    fact(grid, "file", "%s, %s bytes an event, %s block%s",
         bytes(reader->input.offset - reader->input.begin).text, acre_format_digits(an_event).text,
         count(reader->input.blocks).text, reader->input.blocks == 1 ? "" : "s");
    if (reader->input.has_next)
        fact(grid, "behind it", "the trace of another process");
    fact(grid, "dropped", "%s events", count(reader->input.trailer.dropped).text);
    if (reader->input.trailer.overhead_ns > 0)
        fact(grid, "cost", "%s, by the recorder's own account",
             acre_info_time(reader->input.trailer.overhead_ns).text);
}

static void put_odd(const struct acre_profile *profile, struct acre_grid *grid)
{
    if (profile->unknown > 0)
        fact(grid, "unknown", "%s frees or resizes of blocks that nobody saw being born",
             count(profile->unknown).text);
    if (profile->replaced > 0)
        fact(grid, "unseen", "%s blocks were freed unseen: others were born at their address",
             count(profile->replaced).text);
    if (profile->told.odd > 0)
        fact(grid, "not read", "%s events of types that this acre does not know",
             count(profile->told.odd).text);
}

static void put_origin(const struct acre_info *info, struct acre_grid *grid)
{
    const struct acre_profile *profile = info->profile;
    const char *producer = acre_info_field(info, "producer");
    const char *version = acre_info_field(info, "allocator_version");
    const char *path = acre_info_field(info, "allocator_path");
    const char *build_id = acre_info_field(info, "allocator_build_id");

    fact(grid, "recorded", "%s%s%s", acre_info_field(info, "started"),
         producer[0] != '\0' ? " by " : "", producer);
    fact(grid, "lasted", "%s", acre_info_time(profile->last_ns - profile->first_ns).text);
    fact(grid, "process", "%s", acre_info_field(info, "pid"));
    fact(grid, "executable", "%s", acre_info_field(info, "executable"));
    fact(grid, "command", "%s", acre_info_field(info, "command"));
    fact(grid, "allocator", "%s%s%s%s%.12s%s", version,
         version[0] != '\0' && path[0] != '\0' ? ", " : "", path,
         build_id[0] != '\0' ? " (build id " : "", build_id, build_id[0] != '\0' ? ")" : "");
}

static void put_figures(const struct acre_profile *profile, struct acre_grid *grid)
{
    const struct acre_profile_figures *total = &profile->total;

    if (total->waste_bytes > 0)
        fact(grid, "rounded up", "by %s, %s %% of what was asked for; at the peak by %s",
             bytes(total->waste_bytes).text,
             acre_format_digits(
                 total->bytes > 0 ? 100 * (double)total->waste_bytes / (double)total->bytes : 0)
                 .text,
             bytes(total->peak_waste_bytes).text);
    if (total->inherited > 0)
        fact(grid, "inherited", "%s block%s, %s, from the process it was forked from",
             count(total->inherited).text, total->inherited == 1 ? "" : "s",
             bytes(total->inherited_bytes).text);
}

/* What was not freed and is no leak, by what it is. */
static void put_kept(const struct acre_leaks *leaks, struct acre_grid *grid)
{
    const char *title = "kept";

    for (size_t i = 0; i < ACRE_KEPT_KINDS; i++) {
        const struct acre_kept *kept = &leaks->kept[i];

        if (kept->blocks == 0)
            continue;
        fact(grid, title, "%s: %s block%s, %s", kept->what, count(kept->blocks).text,
             kept->blocks == 1 ? "" : "s", bytes(kept->bytes).text);
        title = "";
    }
}

static void put_stacks(const struct acre_info *info, struct acre_grid *grid)
{
    const struct acre_profile *profile = info->profile;
    const char *how = acre_info_field(info, "stacks");

    if (profile->frames.count > 0 || how[0] != '\0')
        fact(grid, "call stacks", "%s frame%s in %s module%s%s%s",
             count(profile->frames.count).text, profile->frames.count == 1 ? "" : "s",
             count(profile->modules.count).text, profile->modules.count == 1 ? "" : "s",
             how[0] != '\0' ? ", by " : "", how);
}

/* Files of code of which not all is known, and why. False when out of memory. */
static bool put_names(const struct acre_info *info, struct acre_grid *grid)
{
    const struct acre_trace_modules *modules = &info->profile->modules;
    const char *title = "names";
    size_t told = 0;

    for (uint32_t module = 1; module <= modules->count && told < MODULES_SHOWN; module++) {
        enum acre_symbols_state state;

        if (!acre_names_module(info->names, module, &state))
            return false;
        if (state == ACRE_SYMBOLS_LINES)
            continue;
        fact(grid, title, "%s: %s", acre_last_part(acre_trace_module_of(modules, module)->path),
             acre_symbols_state_text(state));
        title = "";
        told++;
    }
    return true;
}

/* Where blocks came from: the names of several allocators, in order. */
static void put_sources(const struct acre_told *told, struct acre_grid *grid)
{
    for (size_t i = 0; i < ACRE_TRACE_MOST_SOURCES; i++)
        if (told->sources[i][0] != '\0')
            fact(grid, i == 0 ? "regions" : "", "%zu: %s", i, told->sources[i]);
}

/* Scopes of a program's own; iterations have a table. */
static void put_scopes(const struct acre_told *told, struct acre_grid *grid)
{
    const char *title = "scopes";

    for (size_t i = 1; i < ACRE_TRACE_MOST_SCOPE_NAMES; i++) {
        if (told->scopes_begun[i] == 0)
            continue;
        if (told->scope_names[i][0] != '\0')
            fact(grid, title, "%s: %s", told->scope_names[i], count(told->scopes_begun[i]).text);
        else
            fact(grid, title, "%zu, which has no name: %s", i, count(told->scopes_begun[i]).text);
        title = "";
    }
}

static void put_remarks(const struct acre_told *told, struct acre_grid *grid)
{
    if (told->marks > 0)
        fact(grid, "marks", "%s, words of the program's own", count(told->marks).text);
    for (size_t i = 0; i < told->remark_count && i < ACRE_TOLD_REMARKS; i++)
        fact(grid, told->remarks[i].type == ACRE_TRACE_TYPE_PROCESS ? "it did" : "not seen", "%s",
             told->remarks[i].text);
    if (told->remark_count > ACRE_TOLD_REMARKS)
        fact(grid, "", "and %s more", count(told->remark_count - ACRE_TOLD_REMARKS).text);
}

bool acre_info_facts(const struct acre_info *info, struct acre_grid *grid)
{
    static const struct acre_column columns[] = {{.title = "trace"}, {.title = "", .gap = 2}};
    const struct acre_profile *profile = info->profile;
    bool has_names;

    *grid = (struct acre_grid)ACRE_GRID_OF(columns);
    fact(grid, "state", "%s",
         profile->state == ACRE_TRACE_COMPLETE ? "complete" : profile->sentence);
    put_file(info, grid);
    put_odd(profile, grid);
    put_origin(info, grid);
    put_figures(profile, grid);
    put_kept(info->leaks, grid);
    put_stacks(info, grid);
    has_names = put_names(info, grid);
    put_sources(&profile->told, grid);
    put_scopes(&profile->told, grid);
    put_remarks(&profile->told, grid);
    return has_names;
}

bool acre_info_print_facts(const struct acre_info *info, const struct acre_page *page)
{
    struct acre_grid grid;
    bool has_names = acre_info_facts(info, &grid);

    return acre_info_print_grid(&grid, page) && has_names;
}

/* Events ---------------------------------------------------------------------------------------
 */

static bool print_calls(const struct acre_told *told, const struct acre_page *page)
{
    static const struct acre_column columns[] = {{.title = "by call"},
                                                 {.title = "", .right = true, .gap = 2}};
    struct acre_grid grid = ACRE_GRID_OF(columns);

    for (size_t i = 0; i < ACRE_TRACE_CALLS; i++) {
        if (i == ACRE_TRACE_CALL_NONE || told->calls[i] == 0)
            continue;
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s",
                      acre_trace_call_name((enum acre_trace_call)i));
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s", count(told->calls[i]).text);
    }
    return acre_info_print_grid(&grid, page);
}

bool acre_info_print_events(const struct acre_info *info, const struct acre_page *page)
{
    static const struct acre_column columns[] = {{.title = "events"},
                                                 {.title = "", .right = true, .gap = 2}};
    static const char *const names[ACRE_TRACE_KINDS] = {
        [ACRE_TRACE_ALLOCATE] = "allocations",         [ACRE_TRACE_FREE] = "frees",
        [ACRE_TRACE_RESIZE] = "resizes in place",      [ACRE_TRACE_MOVE] = "resizes that moved",
        [ACRE_TRACE_RESET] = "resets of a region",     [ACRE_TRACE_REFUSE] = "refused allocations",
        [ACRE_TRACE_SCOPE_BEGIN] = "iterations begun", [ACRE_TRACE_SCOPE_END] = "iterations ended",
        [ACRE_TRACE_FRAME] = "frames of call stacks",  [ACRE_TRACE_MODULE] = "modules",
        [ACRE_TRACE_INHERIT] = "inherited blocks",     [ACRE_TRACE_OTHER] = "names and remarks",
    };
    const struct acre_told *told = &info->profile->told;
    struct acre_grid grid = ACRE_GRID_OF(columns);

    for (size_t i = 0; i < ACRE_TRACE_KINDS; i++) {
        if (told->kinds[i] == 0)
            continue;
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s", names[i]);
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s", count(told->kinds[i]).text);
    }
    return acre_info_print_grid(&grid, page) && print_calls(told, page);
}

/* Purposes and iterations ----------------------------------------------------------------------
 */

static void set_purpose(const struct acre_info *info, struct acre_grid *grid, const char *name,
                        const struct acre_profile_figures *figures)
{
    acre_grid_row(grid);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", name);
    acre_grid_set(grid, 1, ACRE_PAINT_NONE, "%s", count(figures->blocks - figures->inherited).text);
    acre_grid_set(grid, 2, ACRE_PAINT_NONE, "%s",
                  bytes(figures->bytes - figures->inherited_bytes).text);
    acre_grid_set(grid, 3, ACRE_PAINT_NONE, "%s", count(figures->most_blocks).text);
    acre_grid_set(grid, 4, ACRE_PAINT_NONE, "%s", bytes(figures->most_bytes).text);
    acre_grid_set(grid, 5, ACRE_PAINT_NONE, "%s",
                  acre_profile_knows_leaks(info->profile) ? count(figures->live_blocks).text : "?");
}

/* One purpose is none. */
bool acre_info_print_purposes(const struct acre_info *info, const struct acre_page *page)
{
    static const struct acre_column columns[] = {
        {.title = "by purpose"},
        {.title = "blocks", .right = true, .gap = 2},
        {.title = "requested", .right = true, .gap = 2},
        {.title = "peak blocks", .right = true, .gap = 2},
        {.title = "peak", .right = true, .gap = 2},
        {.title = "not freed", .right = true, .gap = 2},
    };
    const struct acre_profile *profile = info->profile;
    struct acre_grid grid = ACRE_GRID_OF(columns);

    if (profile->purposes[ACRE_PURPOSE_OTHER].blocks == profile->total.blocks)
        return true;
    set_purpose(info, &grid, "all", &profile->total);
    for (uint32_t p = 0; p < profile->purpose_names.count; p++)
        if (profile->purposes[p].blocks > 0)
            set_purpose(info, &grid, profile->purpose_names.names[p], &profile->purposes[p]);
    return acre_info_print_grid(&grid, page);
}

bool acre_info_print_scopes(const struct acre_info *info, const struct acre_page *page)
{
    static const struct acre_column columns[] = {
        {.title = "iteration"},
        {.title = "allocations", .right = true, .gap = 2},
        {.title = "requested", .right = true, .gap = 2},
        {.title = "peak", .right = true, .gap = 2},
        {.title = "live at its end", .right = true, .gap = 2},
    };
    const struct acre_told *told = &info->profile->told;
    size_t shown =
        page->wide || told->scope_count <= SCOPES_SHOWN ? told->scope_count : SCOPES_SHOWN;
    struct acre_grid grid = ACRE_GRID_OF(columns);

    for (size_t i = 0; i < shown; i++) {
        const struct acre_told_scope *scope = &told->scopes[i];

        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s", count(scope->scope + 1).text);
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s", count(scope->blocks).text);
        acre_grid_set(&grid, 2, ACRE_PAINT_NONE, "%s", bytes(scope->bytes).text);
        acre_grid_set(&grid, 3, ACRE_PAINT_NONE, "%s", bytes(scope->peak_bytes).text);
        acre_grid_set(&grid, 4, ACRE_PAINT_NONE, "%s", bytes(scope->live_bytes).text);
    }
    if (shown < told->scopes_begun[0] && shown > 0) {
        acre_grid_row(&grid);
        acre_grid_note(&grid, 0, ACRE_PAINT_NONE, "and %s more",
                       count(told->scopes_begun[0] - shown).text);
    }
    return acre_info_print_grid(&grid, page);
}
