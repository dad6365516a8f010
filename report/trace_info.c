#include "report/trace_info.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report/format.h"

enum { SCOPES_SHOWN = 10 };

struct info {
    const struct acre_trace_summary *summary;
    const struct acre_trace_reader *reader;
    const struct acre_page *page;
};

static bool is_complete(const struct info *info)
{
    return info->reader->input.state == ACRE_TRACE_COMPLETE;
}

static const char *field(const struct info *info, const char *key)
{
    return acre_trace_field(info->reader, key);
}

static struct acre_number bytes(uint64_t number)
{
    return acre_format_bytes((double)number);
}

/* What calls have allocated: what was inherited is none of it. */
static struct acre_counts without_inherited(struct acre_counts counts, struct acre_live inherited)
{
    counts.allocations -= inherited.blocks;
    counts.requested_bytes -= inherited.bytes;
    return counts;
}

static struct acre_live all_inherited(const struct info *info)
{
    struct acre_live all = {0};

    for (uint32_t p = 0; p < ACRE_PURPOSE_COUNT; p++)
        acre_live_add(&all, info->summary->inherited[p]);
    return all;
}

static struct acre_counts all_counts(const struct info *info)
{
    return without_inherited(acre_books_total(&info->summary->ledger.books), all_inherited(info));
}

/* The sentence ----------------------------------------------------------------------------------
 */

static void put_peak(const struct info *info, FILE *to)
{
    const struct acre_trace_summary *summary = info->summary;
    const struct acre_counts total = acre_books_total(&summary->ledger.books);

    if (total.peak.bytes == 0)
        return;
    fprintf(to, " At most %s were live, after event %s", bytes(total.peak.bytes).text,
            acre_format_count(summary->peak_event).text);
    if (summary->peak_is_in_scope)
        fprintf(to, " in iteration %s", acre_format_count(summary->peak_scope + 1).text);
    fputc('.', to);
}

static void put_end(const struct info *info, FILE *to)
{
    const struct acre_counts total = acre_books_total(&info->summary->ledger.books);

    if (!is_complete(info))
        fputs(" What is live where it ends may have been freed later: nothing is said of leaks.",
              to);
    else if (total.live.blocks == 0)
        fputs(" Everything was freed.", to);
    else
        fprintf(to, " Not freed: %s block%s, %s.", acre_format_count(total.live.blocks).text,
                total.live.blocks == 1 ? "" : "s", bytes(total.live.bytes).text);
}

static const char *program_of(const struct info *info)
{
    const char *workload = field(info, "workload");
    const char *executable = field(info, "executable");
    const char *slash = strrchr(executable, '/');

    if (workload[0] != '\0')
        return workload;
    if (executable[0] != '\0')
        return slash != NULL && slash[1] != '\0' ? slash + 1 : executable;
    return "The program";
}

static void put_sentence(const struct info *info, FILE *to)
{
    const struct acre_trace_summary *summary = info->summary;
    const struct acre_counts total = all_counts(info);

    fprintf(to, "%s", program_of(info));
    if (field(info, "strategy")[0] != '\0')
        fprintf(to, " under %s", field(info, "strategy"));
    fprintf(to, " made %s allocation%s of %s in all", acre_format_count(total.allocations).text,
            total.allocations == 1 ? "" : "s", bytes(total.requested_bytes).text);
    if (summary->scopes[0] > 0)
        fprintf(to, " in %s iteration%s", acre_format_count(summary->scopes[0]).text,
                summary->scopes[0] == 1 ? "" : "s");
    fputc('.', to);
    put_peak(info, to);
    put_end(info, to);
}

static bool print_sentence(const struct info *info)
{
    char *text = NULL;
    size_t text_bytes;
    FILE *to = open_memstream(&text, &text_bytes);
    bool done = to != NULL;

    if (done)
        put_sentence(info, to);
    if (done && fclose(to) != 0)
        done = false;
    if (done)
        acre_page_wrap(info->page, 2, 2, ACRE_PAINT_BOLD, text);
    free(text);
    return done;
}

/* Tables ----------------------------------------------------------------------------------------
 */

/* A table without rows is none. */
static bool print_grid(const struct info *info, struct acre_grid *grid)
{
    bool printed = !grid->failed;

    if (grid->row_count > 0) {
        fputc('\n', info->page->stream);
        printed = acre_grid_print(grid, info->page, 2);
    }
    acre_grid_free(grid);
    return printed;
}

#define GRID_OF(columns)                                                                           \
    {                                                                                              \
        (columns), sizeof(columns) / sizeof *(columns), NULL, 0, false                             \
    }

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

static void put_threads(const struct info *info, struct acre_grid *grid)
{
    const struct acre_trace_summary *summary = info->summary;

    if (summary->has_more_threads)
        fact(grid, "threads", "more than %d", ACRE_TRACE_MOST_THREADS_TOLD);
    else if (summary->thread_count < 2)
        fact(grid, "threads", "%zu", summary->thread_count);
    else
        for (size_t i = 0; i < summary->thread_count; i++)
            fact(grid, i == 0 ? "threads" : "", "%" PRIu32 ": %s events",
                 summary->threads[i].thread, acre_format_count(summary->threads[i].events).text);
}

/* Where blocks came from: the names of several allocators, in order. */
static void put_sources(const struct info *info, struct acre_grid *grid)
{
    for (size_t i = 0; i < ACRE_TRACE_MOST_SOURCES; i++)
        if (info->summary->sources[i][0] != '\0')
            fact(grid, i == 0 ? "regions" : "", "%zu: %s", i, info->summary->sources[i]);
}

/* Scopes of a program's own; iterations have a table. */
static void put_scopes(const struct info *info, struct acre_grid *grid)
{
    const struct acre_trace_summary *summary = info->summary;
    const char *title = "scopes";

    for (size_t i = 1; i < ACRE_TRACE_MOST_SCOPE_NAMES; i++) {
        if (summary->scopes[i] == 0)
            continue;
        if (summary->scope_names[i][0] != '\0')
            fact(grid, title, "%s: %s", summary->scope_names[i],
                 acre_format_count(summary->scopes[i]).text);
        else
            fact(grid, title, "%zu, which has no name: %s", i,
                 acre_format_count(summary->scopes[i]).text);
        title = "";
    }
}

static void put_remarks(const struct info *info, struct acre_grid *grid)
{
    const struct acre_trace_summary *summary = info->summary;

    for (size_t i = 0; i < summary->remark_count && i < ACRE_TRACE_MOST_REMARKS_TOLD; i++) {
        const struct acre_trace_remark *remark = &summary->remarks[i];

        fact(grid, remark->type == ACRE_TRACE_TYPE_PROCESS ? "it did" : "not seen", "%s",
             remark->text);
    }
    if (summary->remark_count > ACRE_TRACE_MOST_REMARKS_TOLD)
        fact(grid, "", "and %s more",
             acre_format_count(summary->remark_count - ACRE_TRACE_MOST_REMARKS_TOLD).text);
}

static void put_inherited(const struct info *info, struct acre_grid *grid)
{
    const struct acre_live inherited = all_inherited(info);

    if (inherited.blocks > 0)
        fact(grid, "inherited", "%s block%s, %s, from the process it was forked from",
             acre_format_count(inherited.blocks).text, inherited.blocks == 1 ? "" : "s",
             bytes(inherited.bytes).text);
}

static void put_stacks(const struct info *info, struct acre_grid *grid)
{
    const struct acre_trace_reader *reader = info->reader;
    const char *how = field(info, "stacks");

    if (reader->frames.count > 0 || how[0] != '\0')
        fact(grid, "call stacks", "%s frame%s in %s module%s%s%s",
             acre_format_count(reader->frames.count).text, reader->frames.count == 1 ? "" : "s",
             acre_format_count(reader->modules.count).text, reader->modules.count == 1 ? "" : "s",
             how[0] != '\0' ? ", by " : "", how);
}

static void put_odd(const struct info *info, struct acre_grid *grid)
{
    const struct acre_trace_summary *summary = info->summary;

    if (summary->unknown > 0)
        fact(grid, "unknown", "%s frees or resizes of blocks that nobody saw being born",
             acre_format_count(summary->unknown).text);
    if (summary->replaced > 0)
        fact(grid, "unseen", "%s blocks were freed unseen: others were born at their address",
             acre_format_count(summary->replaced).text);
    if (summary->odd > 0)
        fact(grid, "not read", "%s events of types that this acre does not know",
             acre_format_count(summary->odd).text);
}

static void put_file(const struct info *info, struct acre_grid *grid)
{
    const struct acre_trace_reader *reader = info->reader;
    double an_event =
        reader->events > 0 ? (double)reader->input.offset / (double)reader->events : 0;

    fact(grid, "file", "%s, %s bytes an event, %s block%s", bytes(reader->input.offset).text,
         acre_format_digits(an_event).text, acre_format_count(reader->input.blocks).text,
         reader->input.blocks == 1 ? "" : "s");
    if (reader->input.has_next)
        fact(grid, "behind it", "the trace of another process");
    fact(grid, "dropped", "%s events", acre_format_count(reader->input.trailer.dropped).text);
    if (reader->input.trailer.overhead_ns > 0)
        fact(grid, "cost", "%s, by the recorder's own account",
             acre_format_ns((double)reader->input.trailer.overhead_ns).text);
}

static void put_origin(const struct info *info, struct acre_grid *grid)
{
    const struct acre_trace_summary *summary = info->summary;
    const char *build_id = field(info, "allocator_build_id");
    uint64_t lasted_ns =
        summary->last_ns > summary->first_ns ? summary->last_ns - summary->first_ns : 0;

    fact(grid, "recorded", "%s%s%s", field(info, "started"),
         field(info, "producer")[0] != '\0' ? " by " : "", field(info, "producer"));
    fact(grid, "lasted", "%s", acre_format_ns((double)lasted_ns).text);
    fact(grid, "process", "%s", field(info, "pid"));
    fact(grid, "executable", "%s", field(info, "executable"));
    fact(grid, "command", "%s", field(info, "command"));
    fact(grid, "allocator", "%s%s%s%s%.12s%s", field(info, "allocator_version"),
         field(info, "allocator_path")[0] != '\0' ? ", " : "", field(info, "allocator_path"),
         build_id[0] != '\0' ? " (build id " : "", build_id, build_id[0] != '\0' ? ")" : "");
}

static bool print_facts(const struct info *info)
{
    static const struct acre_column columns[] = {{.title = "trace"}, {.title = "", .gap = 2}};
    struct acre_grid grid = GRID_OF(columns);

    fact(&grid, "state", "%s", is_complete(info) ? "complete" : info->reader->input.sentence);
    put_file(info, &grid);
    put_odd(info, &grid);
    put_origin(info, &grid);
    put_inherited(info, &grid);
    put_stacks(info, &grid);
    put_sources(info, &grid);
    put_scopes(info, &grid);
    put_threads(info, &grid);
    put_remarks(info, &grid);
    return print_grid(info, &grid);
}

static bool print_events(const struct info *info)
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
    struct acre_grid grid = GRID_OF(columns);

    for (size_t i = 0; i < ACRE_TRACE_KINDS; i++) {
        if (info->summary->kinds[i] == 0)
            continue;
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s", names[i]);
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s",
                      acre_format_count(info->summary->kinds[i]).text);
    }
    return print_grid(info, &grid);
}

/* Which functions were called, where that was told. */
static bool print_calls(const struct info *info)
{
    static const struct acre_column columns[] = {{.title = "by call"},
                                                 {.title = "", .right = true, .gap = 2}};
    struct acre_grid grid = GRID_OF(columns);

    for (size_t i = 0; i < ACRE_TRACE_CALLS; i++) {
        if (i == ACRE_TRACE_CALL_NONE || info->summary->calls[i] == 0)
            continue;
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s",
                      acre_trace_call_name((enum acre_trace_call)i));
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s",
                      acre_format_count(info->summary->calls[i]).text);
    }
    return print_grid(info, &grid);
}

static void set_purpose(const struct info *info, struct acre_grid *grid, const char *name,
                        const struct acre_counts *counts)
{
    acre_grid_row(grid);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", name);
    acre_grid_set(grid, 1, ACRE_PAINT_NONE, "%s", acre_format_count(counts->allocations).text);
    acre_grid_set(grid, 2, ACRE_PAINT_NONE, "%s", bytes(counts->requested_bytes).text);
    acre_grid_set(grid, 3, ACRE_PAINT_NONE, "%s", acre_format_count(counts->peak.blocks).text);
    acre_grid_set(grid, 4, ACRE_PAINT_NONE, "%s", bytes(counts->peak.bytes).text);
    if (is_complete(info))
        acre_grid_set(grid, 5, ACRE_PAINT_NONE, "%s", acre_format_count(counts->live.blocks).text);
    else
        acre_grid_set(grid, 5, ACRE_PAINT_NONE, "?");
}

static bool print_purposes(const struct info *info)
{
    static const struct acre_column columns[] = {
        {.title = "by purpose"},
        {.title = "blocks", .right = true, .gap = 2},
        {.title = "requested", .right = true, .gap = 2},
        {.title = "peak blocks", .right = true, .gap = 2},
        {.title = "peak", .right = true, .gap = 2},
        {.title = "not freed", .right = true, .gap = 2},
    };
    const struct acre_books *books = &info->summary->ledger.books;
    struct acre_counts counts = all_counts(info);
    struct acre_grid grid = GRID_OF(columns);

    set_purpose(info, &grid, "all", &counts);
    for (uint32_t p = 0; p < ACRE_PURPOSE_COUNT; p++) {
        counts = acre_books_of(books, p);
        if (counts.allocations == 0)
            continue;
        counts = without_inherited(counts, info->summary->inherited[p]);
        set_purpose(info, &grid, acre_purpose_name((enum acre_purpose)p), &counts);
    }
    return print_grid(info, &grid);
}

static uint64_t live_bytes(const struct acre_ledger_scope *scope)
{
    uint64_t sum = 0;

    for (size_t p = 0; p < ACRE_PURPOSE_COUNT; p++)
        sum += scope->live[p].bytes;
    return sum;
}

static bool print_scopes(const struct info *info)
{
    static const struct acre_column columns[] = {
        {.title = "iteration"},
        {.title = "allocations", .right = true, .gap = 2},
        {.title = "requested", .right = true, .gap = 2},
        {.title = "peak", .right = true, .gap = 2},
        {.title = "live at its end", .right = true, .gap = 2},
    };
    const struct acre_ledger *ledger = &info->summary->ledger;
    size_t shown = info->page->wide || ledger->scope_count <= SCOPES_SHOWN ? ledger->scope_count
                                                                           : SCOPES_SHOWN;
    struct acre_grid grid = GRID_OF(columns);

    for (size_t i = 0; i < shown; i++) {
        const struct acre_ledger_scope *scope = &ledger->scopes[i];

        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s", acre_format_count(scope->scope + 1).text);
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s", acre_format_count(scope->allocations).text);
        acre_grid_set(&grid, 2, ACRE_PAINT_NONE, "%s", bytes(scope->requested_bytes).text);
        acre_grid_set(&grid, 3, ACRE_PAINT_NONE, "%s", bytes(scope->peak_bytes).text);
        acre_grid_set(&grid, 4, ACRE_PAINT_NONE, "%s", bytes(live_bytes(scope)).text);
    }
    if (shown < info->summary->scopes[0] && shown > 0) {
        acre_grid_row(&grid);
        acre_grid_note(&grid, 0, ACRE_PAINT_NONE, "and %s more",
                       acre_format_count(info->summary->scopes[0] - shown).text);
    }
    return print_grid(info, &grid);
}

/* Both are powers of two, so one column of bounds serves sizes and lifetimes. */
static bool print_histograms(const struct info *info)
{
    static const struct acre_column columns[] = {
        {.title = "up to", .right = true},
        {.title = "blocks of that size", .right = true, .gap = 2},
        {.title = "that lived while so much was allocated", .right = true, .gap = 2},
    };
    const struct acre_ledger *ledger = &info->summary->ledger;
    uint64_t lifetimes[ACRE_LEDGER_BUCKETS];
    struct acre_grid grid = GRID_OF(columns);

    acre_ledger_lifetimes(ledger, lifetimes);
    for (unsigned i = 0; i < ACRE_LEDGER_BUCKETS; i++) {
        if (ledger->size_histogram[i] == 0 && lifetimes[i] == 0)
            continue;
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s",
                      i < 64 ? bytes(UINT64_C(1) << i).text : "more");
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s",
                      acre_format_count(ledger->size_histogram[i]).text);
        acre_grid_set(&grid, 2, ACRE_PAINT_NONE, "%s", acre_format_count(lifetimes[i]).text);
    }
    return print_grid(info, &grid);
}

bool acre_trace_info_print(const struct acre_trace_summary *summary,
                           const struct acre_trace_reader *reader, const struct acre_page *page)
{
    const struct info info = {summary, reader, page};

    return print_sentence(&info) && print_facts(&info) && print_events(&info) &&
           print_calls(&info) && print_purposes(&info) && print_scopes(&info) &&
           print_histograms(&info);
}
