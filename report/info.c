#include "report/info.h"

#include <string.h>

#include "report/info_parts.h"
#include "report/site_text.h"

/* What the parts have in common ----------------------------------------------------------------
 */

const char *acre_info_program(const struct acre_info *info)
{
    const char *workload = acre_info_field(info, "workload");
    const char *executable = acre_info_field(info, "executable");

    if (workload[0] != '\0')
        return workload;
    return executable[0] != '\0' ? acre_last_part(executable) : "The program";
}

struct acre_number acre_info_time(uint64_t ns)
{
    return ns < UINT64_C(60000000000) ? acre_format_ns((double)ns)
                                      : acre_format_seconds((double)ns / 1e9);
}

bool acre_info_print_grid(struct acre_grid *grid, const struct acre_page *page)
{
    bool printed = !grid->failed;

    if (grid->row_count > 0) {
        fputc('\n', page->stream);
        printed = acre_grid_print(grid, page, 2);
    }
    acre_grid_free(grid);
    return printed;
}

/* The sentence ----------------------------------------------------------------------------------
 */

static struct acre_number bytes(uint64_t number)
{
    return acre_format_bytes((double)number);
}

static struct acre_number count(uint64_t number)
{
    return acre_format_count(number);
}

static const char *plural(uint64_t number)
{
    return number == 1 ? "" : "s";
}

/* What calls have allocated: what was inherited is none of it. */
static void put_work(const struct acre_info *info, FILE *to)
{
    const struct acre_profile *profile = info->profile;
    const struct acre_profile_figures *total = &profile->total;
    uint64_t iterations = profile->told.scopes_begun[0];
    uint64_t blocks = total->blocks - total->inherited;

    fprintf(to, "%s", acre_info_program(info));
    if (acre_info_field(info, "strategy")[0] != '\0')
        fprintf(to, " under %s", acre_info_field(info, "strategy"));
    fprintf(to, " made %s allocation%s of %s in all", count(blocks).text, plural(blocks),
            bytes(total->bytes - total->inherited_bytes).text);
    if (iterations > 0)
        fprintf(to, " in %s iteration%s", count(iterations).text, plural(iterations));
    else
        fprintf(to, ", with %s call%s in %s", count(profile->calls).text, plural(profile->calls),
                acre_info_time(profile->last_ns - profile->first_ns).text);
    fputc('.', to);
}

static void put_peak(const struct acre_info *info, FILE *to)
{
    const struct acre_profile *profile = info->profile;

    if (profile->total.peak_bytes == 0)
        return;
    fprintf(to, " At most %s %s live, ", bytes(profile->total.peak_bytes).text,
            profile->total.peak_bytes == 1 ? "was" : "were");
    if (profile->told.scopes_begun[0] == 0)
        fprintf(to, "in %s block%s, %s after its start.", count(profile->total.peak_blocks).text,
                plural(profile->total.peak_blocks), acre_info_time(profile->peak_ns).text);
    else if (profile->told.peak_is_in_scope)
        fprintf(to, "after event %s in iteration %s.", count(profile->peak_event).text,
                count(profile->told.peak_scope + 1).text);
    else
        fprintf(to, "after event %s.", count(profile->peak_event).text);
}

/* Why nothing can be said of leaks. */
static void put_ignorance(const struct acre_info *info, FILE *to)
{
    const struct acre_trace_trailer *trailer = &info->profile->trailer;
    char how[128];

    if (info->profile->state != ACRE_TRACE_INCOMPLETE)
        fputs(" The trace is damaged", to);
    else if (trailer->end == 0)
        fputs(" The end of the trace is missing", to);
    else
        fprintf(to, " It %s",
                acre_trace_end_text((enum acre_trace_end)trailer->end, trailer->error, how,
                                    sizeof how));
    if (trailer->dropped > 0)
        fprintf(to, ", and %s event%s dropped", count(trailer->dropped).text,
                trailer->dropped == 1 ? " was" : "s were");
    fputs(": what is live where the trace ends may have been freed later, and nothing is said of "
          "leaks.",
          to);
}

static void put_blocks(FILE *to, const char *front, uint64_t blocks, uint64_t bytes_in_all,
                       const char *behind)
{
    if (blocks > 0)
        fprintf(to, "%s%s block%s of %s%s", front, count(blocks).text, plural(blocks),
                bytes(bytes_in_all).text, behind);
}

static void put_leaks(const struct acre_info *info, FILE *to)
{
    const struct acre_leaks *leaks = info->leaks;

    if (leaks->blocks + leaks->kept_blocks + leaks->unsure_blocks == 0) {
        fputs(" Everything was freed.", to);
        return;
    }
    put_blocks(to, " Not freed: ", leaks->blocks, leaks->bytes, ".");
    if (leaks->blocks + leaks->unsure_blocks > 0)
        put_blocks(to, " ", leaks->kept_blocks, leaks->kept_bytes,
                   " the runtime keeps on purpose.");
    else
        put_blocks(to, " Nothing leaked: what was not freed, ", leaks->kept_blocks,
                   leaks->kept_bytes, ", the runtime keeps on purpose.");
    put_blocks(to, " Of ", leaks->unsure_blocks, leaks->unsure_bytes,
               " that the C library allocated it is not known for whom: their call stacks end "
               "there.");
}

/* What the recorder could not see, and what it cost. */
static void put_recorder(const struct acre_info *info, FILE *to)
{
    const struct acre_trace_trailer *trailer = &info->profile->trailer;
    uint64_t lasted_ns = info->profile->last_ns - info->profile->first_ns;
    const char *hidden_by = acre_info_field(info, "hidden_by");

    if (hidden_by[0] != '\0')
        fprintf(to,
                " malloc of %s serves the program itself, in front of the recorder: only other "
                "libraries were seen.",
                hidden_by);
    if (trailer->overhead_ns == 0)
        return;
    fprintf(to, " Recording took %s", acre_info_time(trailer->overhead_ns).text);
    if (lasted_ns > 0 && trailer->overhead_ns <= lasted_ns)
        fprintf(to, " of that, %s %%",
                acre_format_digits(100 * (double)trailer->overhead_ns / (double)lasted_ns).text);
    fputc('.', to);
}

static void put_sentence(const void *info_of, FILE *to)
{
    const struct acre_info *info = info_of;

    put_work(info, to);
    put_peak(info, to);
    if (info->leaks->is_known)
        put_leaks(info, to);
    else
        put_ignorance(info, to);
    put_recorder(info, to);
}

bool acre_info_print_sentence(const struct acre_info *info, const struct acre_page *page)
{
    return acre_page_sentence(page, put_sentence, info);
}

/* All of it -------------------------------------------------------------------------------------
 */

bool acre_info_print(const struct acre_info *info, const struct acre_page *page)
{
    if (!acre_info_print_sentence(info, page) || !acre_info_print_sites(info, page))
        return false;
    if (info->is_sorted)
        return true;
    return acre_info_print_purposes(info, page) && acre_info_print_scopes(info, page) &&
           acre_info_print_lives(info, page) && acre_info_print_threads(info, page) &&
           acre_info_print_events(info, page) && acre_info_print_facts(info, page);
}
