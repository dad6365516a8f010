#include "report/diff_print.h"

#include "report/format.h"
#include "report/site_text.h"

enum { TITLE_WIDTH = 32, MOST_TEXT_BYTES = 1024 };

/* Numbers --------------------------------------------------------------------------------------
 */

static bool is_in_bytes(enum acre_site_order order)
{
    return order == ACRE_SITE_ORDER_PEAK || order == ACRE_SITE_ORDER_BYTES ||
           order == ACRE_SITE_ORDER_LEAKED;
}

static struct acre_number number_of(uint64_t number, bool in_bytes)
{
    return in_bytes ? acre_format_bytes((double)number) : acre_format_count(number);
}

/* "12 % more", "as much", "2.5 times as much"; of nothing there is no share. */
static struct acre_number change_in_words(uint64_t a, uint64_t b)
{
    double ratio = a > 0 ? (double)b / (double)a : 0;
    struct acre_number words;

    if (a == b)
        snprintf(words.text, sizeof words.text, "as much");
    else if (a == 0 || b == 0)
        snprintf(words.text, sizeof words.text, "%s", a == 0 ? "more" : "nothing any more");
    else if (ratio >= 2)
        snprintf(words.text, sizeof words.text, "%.40s times as much",
                 acre_format_digits(ratio).text);
    else
        snprintf(words.text, sizeof words.text, "%.40s %% %s",
                 acre_format_short(100 * (ratio > 1 ? ratio - 1 : 1 - ratio)).text,
                 ratio > 1 ? "more" : "less");
    return words;
}

/* The sentence ----------------------------------------------------------------------------------
 */

static const struct acre_profile_figures *total_of(const struct acre_diff_report *report,
                                                   size_t side)
{
    return &report->sides[side].profile->total;
}

/* "B allocates 12 % more than A: 112 MiB instead of 100 MiB" */
static void put_allocated(const struct acre_diff_report *report, FILE *to)
{
    uint64_t a = total_of(report, 0)->bytes;
    uint64_t b = total_of(report, 1)->bytes;

    if (a == b)
        fprintf(to, "B allocates as much as A, %s", acre_format_bytes((double)a).text);
    else if (a == 0 || b == 0)
        fprintf(to, "B allocates %s and A %s", acre_format_bytes((double)b).text,
                acre_format_bytes((double)a).text);
    else
        fprintf(to, "B allocates %s %s A: %s instead of %s", change_in_words(a, b).text,
                b >= 2 * a ? "as" : "than", acre_format_bytes((double)b).text,
                acre_format_bytes((double)a).text);
    fprintf(to, ", in %s blocks instead of %s", acre_format_count(total_of(report, 1)->blocks).text,
            acre_format_count(total_of(report, 0)->blocks).text);
}

static void put_peak(const struct acre_diff_report *report, FILE *to)
{
    uint64_t a = total_of(report, 0)->peak_bytes;
    uint64_t b = total_of(report, 1)->peak_bytes;

    fprintf(to, ". At its peak it has %s", change_in_words(a, b).text);
    if (a != b)
        fprintf(to, ": %s instead of %s", acre_format_bytes((double)b).text,
                acre_format_bytes((double)a).text);
    fputc('.', to);
}

static void put_places(const struct acre_diff *diff, FILE *to)
{
    if (diff->added > 0)
        fprintf(to, " %s place%s new.", acre_format_count(diff->added).text,
                diff->added == 1 ? " is" : "s are");
    if (diff->gone > 0)
        fprintf(to, " %s place%s gone.", acre_format_count(diff->gone).text,
                diff->gone == 1 ? " is" : "s are");
}

/* A trace that ends early has figures that are too low, and what is live there is no leak. */
static void put_doubts(const struct acre_diff_report *report, FILE *to)
{
    bool a = acre_profile_knows_leaks(report->sides[0].profile);
    bool b = acre_profile_knows_leaks(report->sides[1].profile);

    if (!a || !b)
        fprintf(to,
                " %s not complete: what it did later is missing here, and nothing is said of "
                "leaks.",
                !a && !b ? "Both are"
                : !a     ? "A is"
                         : "B is");
}

static bool is_same(const struct acre_diff_report *report)
{
    const struct acre_profile_figures *a = total_of(report, 0);
    const struct acre_profile_figures *b = total_of(report, 1);

    return report->diff->changed + report->diff->added + report->diff->gone == 0 &&
           a->blocks == b->blocks && a->bytes == b->bytes && a->peak_bytes == b->peak_bytes;
}

static void put_sentence(const void *report_of, FILE *to)
{
    const struct acre_diff_report *report = report_of;
    const struct acre_profile_figures *a = total_of(report, 0);

    if (is_same(report)) {
        fprintf(to, "No difference: both make %s block%s of %s in all, with %s at the peak.",
                acre_format_count(a->blocks).text, a->blocks == 1 ? "" : "s",
                acre_format_bytes((double)a->bytes).text,
                acre_format_bytes((double)a->peak_bytes).text);
    } else {
        put_allocated(report, to);
        put_peak(report, to);
        put_places(report->diff, to);
    }
    put_doubts(report, to);
}

/* The table -------------------------------------------------------------------------------------
 */

static void set_change(struct acre_grid *grid, const struct acre_diff_row *row, uint64_t a,
                       uint64_t b, bool in_bytes)
{
    enum acre_paint paint = b > a ? ACRE_PAINT_RED : b < a ? ACRE_PAINT_GREEN : ACRE_PAINT_NONE;

    if (a != b)
        acre_grid_set(grid, 3, paint, "%c%s", b > a ? '+' : '-',
                      number_of(b > a ? b - a : a - b, in_bytes).text);
    if (!row->parts[0].is_there || !row->parts[1].is_there)
        acre_grid_set(grid, 4, paint, "%s", row->parts[0].is_there ? "gone" : "new");
    else if (a > 0 && a != b)
        acre_grid_set(grid, 4, paint, "%c%s %%", b > a ? '+' : '-',
                      acre_format_short(100 * (double)(b > a ? b - a : a - b) / (double)a).text);
}

static bool put_row(const struct acre_diff_report *report, const struct acre_page *page,
                    const struct acre_diff_row *row, struct acre_grid *grid)
{
    size_t known = row->parts[1].is_there; /* the side that says where it is */
    bool in_bytes = is_in_bytes(report->order);
    char function[MOST_TEXT_BYTES];
    char text[MOST_TEXT_BYTES];

    acre_grid_row(grid);
    snprintf(function, sizeof function, "%.*s", (int)row->function_bytes, row->function);
    acre_site_name(page, row->function_bytes > 0 ? function : "(no name)", text, sizeof text);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", text);
    for (size_t side = 0; side < 2; side++)
        acre_grid_set(
            grid, 1 + side, ACRE_PAINT_NONE, "%s",
            row->parts[side].is_there
                ? number_of(acre_site_weight(&row->parts[side].figures, report->order), in_bytes)
                      .text
                : "-");
    set_change(grid, row, acre_site_weight(&row->parts[0].figures, report->order),
               acre_site_weight(&row->parts[1].figures, report->order), in_bytes);
    if (!acre_site_way(page, report->sides[known].profile, report->sides[known].names,
                       row->parts[known].stack, row->parts[known].depth, text, sizeof text))
        return false;
    if (text[0] != '\0') {
        acre_grid_row(grid);
        acre_grid_note(grid, 0, ACRE_PAINT_NONE, "  %s", text);
    }
    return true;
}

static bool print_table(const struct acre_diff_report *report, const struct acre_page *page)
{
    static const char *const titles[ACRE_SITE_ORDERS] = {
        [ACRE_SITE_ORDER_PEAK] = "bytes at the peak",
        [ACRE_SITE_ORDER_BYTES] = "bytes allocated",
        [ACRE_SITE_ORDER_CALLS] = "calls",
        [ACRE_SITE_ORDER_SHORT] = "blocks that live shortly",
        [ACRE_SITE_ORDER_LEAKED] = "bytes not freed",
    };
    char title[TITLE_WIDTH + 1];
    const struct acre_column columns[] = {
        {.title = title},
        {.title = "A", .right = true, .gap = 2},
        {.title = "B", .right = true, .gap = 2},
        {.title = "change", .right = true, .gap = 2},
        {.title = "", .right = true, .gap = 2},
    };
    struct acre_grid grid = {.columns = columns,
                             .column_count = sizeof columns / sizeof columns[0]};
    const struct acre_diff *diff = report->diff;
    size_t shown = 0;
    bool done = true;

    snprintf(title, sizeof title, "%-*s", TITLE_WIDTH, titles[report->order]);
    while (done && shown < diff->changed && shown < report->top)
        done = put_row(report, page, &diff->rows[shown++], &grid);
    if (shown > 0 && shown < diff->changed) {
        acre_grid_row(&grid);
        acre_grid_note(&grid, 0, ACRE_PAINT_NONE, "and %s more",
                       acre_format_count(diff->changed - shown).text);
    }
    if (done && shown > 0) {
        fputc('\n', page->stream);
        done = acre_grid_print(&grid, page, 2);
    }
    acre_grid_free(&grid);
    return done;
}

bool acre_diff_print(const struct acre_diff_report *report, const struct acre_page *page)
{
    return acre_page_sentence(page, put_sentence, report) && print_table(report, page);
}
