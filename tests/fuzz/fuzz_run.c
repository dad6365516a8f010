/* Any bytes as a run: read; and one that is read can be written and read again, shown on a
 * terminal, as Markdown, a page and figures, and compared with itself. */
#include "fuzz/target.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "page/page.h"
#include "plot/figure.h"
#include "report/compare.h"
#include "report/run.h"
#include "report/table.h"

/* Files in which a run is written: /dev/fd would not be replaced by a rename. */
static void write_and_read(const struct acre_run *run)
{
    char path[64];
    char error[1024];
    struct acre_run again;

    snprintf(path, sizeof path, "/dev/shm/acre-fuzz-%ld.json", (long)getpid());
    if (!acre_run_write(run, path, error, sizeof error)) {
        acre_fuzz_check_sentence(error);
        return;
    }
    if (!acre_run_read(&again, path, error, sizeof error))
        acre_fuzz_broken(error);
    acre_run_free(&again);
    unlink(path);
}

static bool show(const struct acre_run *run, FILE *stream)
{
    return acre_run_print(run, stream, &(struct acre_table_options){.wide = true});
}

static bool show_markdown(const struct acre_run *run, FILE *stream)
{
    return acre_run_print(run, stream, &(struct acre_table_options){.is_markdown = true});
}

static bool compare(const struct acre_run *run, FILE *stream)
{
    const struct acre_runs side = {run, 1};
    const char *const names[] = {"run.json"};
    struct acre_comparison comparison;
    char error[1024];
    bool printed;

    if (acre_compare(&comparison, &side, &side, &(struct acre_compare_options){0}, error,
                     sizeof error) != ACRE_EXIT_OK) {
        acre_fuzz_check_sentence(error);
        return true;
    }
    if (acre_comparison_exit(&comparison) != ACRE_EXIT_OK)
        acre_fuzz_broken("a run differs from itself");
    printed = acre_comparison_print(
        &comparison, stream,
        &(struct acre_comparison_view){.before_names = names, .after_names = names, .wide = true});
    acre_comparison_free(&comparison);
    return printed;
}

static bool plot(const struct acre_run *run, FILE *stream)
{
    struct acre_groups all;
    bool good = acre_groups_init(&all, run);

    for (size_t g = 0; good && g < all.count; g++)
        for (int f = 0; good && f < ACRE_FIGURE_COUNT; f++)
            if (acre_figure_is_there((enum acre_figure)f, &all, g))
                good = acre_figure_write((enum acre_figure)f, &all, g, ACRE_PAGE_MM, stream);
    acre_groups_fini(&all);
    return good;
}

/* What a terminal gets are lines of text, whatever the file says. */
static void check_text(bool (*print)(const struct acre_run *run, FILE *stream),
                       const struct acre_run *run)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);

    if (stream == NULL)
        return;
    if (!print(run, stream) && errno != ENOMEM)
        acre_fuzz_broken("a run cannot be shown");
    fclose(stream);
    for (size_t i = 0; i < bytes; i++)
        if (((unsigned char)text[i] < 32 && text[i] != '\n') || text[i] == 127)
            acre_fuzz_broken("a control character is shown");
    free(text);
}

/* "<" begins an element of the page's own, or nothing does: as many as a run without names has. */
static size_t count_elements(const struct acre_run *run)
{
    const struct acre_page_run named = {run, ""};
    char path[64], error[1024];
    size_t count = 0;
    FILE *page;
    int byte;

    snprintf(path, sizeof path, "/dev/shm/acre-fuzz-%ld.html", (long)getpid());
    if (acre_page_write(&(struct acre_page_content){.runs = &named, .run_count = 1}, path, error,
                        sizeof error) != ACRE_EXIT_OK)
        acre_fuzz_broken(error);
    page = fopen(path, "r");
    if (page == NULL)
        acre_fuzz_broken("a page is written and not there");
    while ((byte = getc(page)) != EOF)
        count += byte == '<';
    fclose(page);
    unlink(path);
    return count;
}

static void check_page(const struct acre_run *run)
{
    static size_t elements;

    if (elements == 0)
        elements = count_elements(&(struct acre_run){0});
    if (count_elements(run) != elements)
        acre_fuzz_broken("a name of the run became markup of the page");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *path = acre_fuzz_file(bytes, count);
    struct acre_run run;
    char error[1024] = "";

    if (path == NULL)
        return 0;
    if (acre_run_read(&run, path, error, sizeof error)) {
        write_and_read(&run);
        check_text(show, &run);
        check_text(show_markdown, &run);
        check_text(compare, &run);
        check_text(plot, &run);
        check_page(&run);
    } else {
        acre_fuzz_check_sentence(error);
    }
    acre_run_free(&run);
    return 0;
}
