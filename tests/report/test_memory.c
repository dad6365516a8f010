/*
 * Out of memory at every place: the k-th allocation fails, and all after it, for k = 0, 1, 2, ...
 * until the call succeeds. Each failure must be told, leak nothing and leave nothing behind.
 * Calls of report/ reach the functions below by --wrap of the linker, those of jansson by its own
 * hook; what libc allocates inside itself is not touched.
 */
#include "tests/support/mtest.h"

#include "page/model.h"
#include "plot/figure.h"
#include "report/compare.h"
#include "report/run.h"
#include "report/table.h"
#include "tests/report/sample.h"
#include "tests/support/stride.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_armed;
static unsigned long calls_left;
static bool has_failed; /* a call has, since it was armed */

static bool fails(void)
{
    if (!is_armed)
        return false;
    if (calls_left > 0) {
        calls_left--;
        return false;
    }
    errno = ENOMEM;
    has_failed = true;
    return true;
}

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
char *__real_strdup(const char *text);
int __real_vasprintf(char **text, const char *format, va_list arguments);
FILE *__real_open_memstream(char **text, size_t *bytes);
char *__real_realpath(const char *path, char *resolved);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);
char *__wrap_strdup(const char *text);
int __wrap_asprintf(char **text, const char *format, ...);
int __wrap_vasprintf(char **text, const char *format, va_list arguments);
FILE *__wrap_open_memstream(char **text, size_t *bytes);
char *__wrap_realpath(const char *path, char *resolved);

void *__wrap_malloc(size_t bytes)
{
    return fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *memory, size_t bytes)
{
    return fails() ? NULL : __real_realloc(memory, bytes);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    return fails() ? -1 : __real_vasprintf(text, format, arguments);
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = __wrap_vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

FILE *__wrap_open_memstream(char **text, size_t *bytes)
{
    return fails() ? NULL : __real_open_memstream(text, bytes);
}

char *__wrap_realpath(const char *path, char *resolved)
{
    return fails() ? NULL : __real_realpath(path, resolved);
}

struct subject {
    struct acre_run before, after;
    const char *path;
    FILE *null;
    char error[256];
};

/* Each returns OK or MEMORY, having released what it made. */

static enum acre_exit try_read(struct subject *subject)
{
    struct acre_run run;
    enum acre_exit status =
        acre_run_load(&run, subject->path, subject->error, sizeof subject->error);
    acre_run_free(&run);
    return status;
}

static enum acre_exit try_write(struct subject *subject)
{
    bool good =
        acre_run_write(&subject->before, subject->path, subject->error, sizeof subject->error);
    return good ? ACRE_EXIT_OK : ACRE_EXIT_MEMORY;
}

static enum acre_exit try_print(struct subject *subject)
{
    snprintf(subject->error, sizeof subject->error, "out of memory");
    if (acre_run_print(&subject->before, subject->null, &(struct acre_table_options){.wide = true}))
        return ACRE_EXIT_OK;
    return errno == ENOMEM ? ACRE_EXIT_MEMORY : ACRE_EXIT_IO;
}

static enum acre_exit try_compare(struct subject *subject)
{
    const struct acre_compare_options options = {.has_fail_above = true};
    const char *const names[] = {"A", "B"};
    const struct acre_comparison_view view = {
        .before_names = names, .after_names = names, .wide = true};
    /* Two files against one. */
    const struct acre_run both[] = {subject->before, subject->before};
    const struct acre_runs before = {both, 2}, after = {&subject->after, 1};
    struct acre_comparison comparison;
    enum acre_exit status =
        acre_compare(&comparison, &before, &after, &options, subject->error, sizeof subject->error);
    if (status != ACRE_EXIT_OK)
        return status;
    snprintf(subject->error, sizeof subject->error, "out of memory");
    if (!acre_comparison_print(&comparison, subject->null, &view))
        status = errno == ENOMEM ? ACRE_EXIT_MEMORY : ACRE_EXIT_IO;
    acre_comparison_free(&comparison);
    return status;
}

static enum acre_exit try_page(struct subject *subject)
{
    const char *const name = "run.json";
    const struct acre_page_run run = {&subject->before, name};
    struct acre_comparison comparison;
    enum acre_exit status =
        acre_compare(&comparison, &(struct acre_runs){&subject->before, 1},
                     &(struct acre_runs){&subject->before, 1}, &(struct acre_compare_options){0},
                     subject->error, sizeof subject->error);
    if (status != ACRE_EXIT_OK)
        return status;
    const struct acre_page_comparison compared = {&comparison, &name, &name};
    json_t *model = acre_page_model(&(struct acre_page_content){&run, 1, &compared, 1});
    snprintf(subject->error, sizeof subject->error, "out of memory");
    status = model ? ACRE_EXIT_OK : ACRE_EXIT_MEMORY;
    json_decref(model);
    acre_comparison_free(&comparison);
    return status;
}

static enum acre_exit try_plot(struct subject *subject)
{
    struct acre_groups all;
    bool good = acre_groups_init(&all, &subject->before);

    snprintf(subject->error, sizeof subject->error, "out of memory");
    for (int f = 0; good && f < ACRE_FIGURE_COUNT; f++)
        for (size_t g = 0; good && g < all.count; g++)
            if (acre_figure_is_there((enum acre_figure)f, &all, g))
                good = acre_figure_write((enum acre_figure)f, &all, g, ACRE_PAGE_MM, subject->null);
    acre_groups_fini(&all);
    return good ? ACRE_EXIT_OK : ACRE_EXIT_MEMORY;
}

static void sweep_every(unsigned long step, const char *name,
                        enum acre_exit (*try)(struct subject *), struct subject *subject)
{
    for (unsigned long k = 0;; k += step * test_stride(11)) {
        cr_assert_lt(k, 20000, "%s never succeeds", name);
        calls_left = k;
        has_failed = false;
        is_armed = true;
        enum acre_exit status = try(subject);
        is_armed = false;
        if (status == ACRE_EXIT_OK) {
            cr_assert_not(has_failed, "%s succeeds without allocation %lu", name, k);
            cr_assert_gt(k, 5, "%s: only %lu allocations were counted", name, k);
            return;
        }
        /* Inside a token jansson blames the token, see run_read.c. */
        if (try == try_read && status == ACRE_EXIT_INPUT && strstr(subject->error, "not JSON: "))
            continue;
        cr_assert_eq(status, ACRE_EXIT_MEMORY, "%s, allocation %lu: status %d", name, k, status);
        cr_assert(strstr(subject->error, "out of memory") ||
                      strstr(subject->error, "Cannot allocate memory"),
                  "%s, allocation %lu: %s", name, k, subject->error);
    }
}

static void sweep(const char *name, enum acre_exit (*try)(struct subject *),
                  struct subject *subject)
{
    sweep_every(1, name, try, subject);
}

MTest(memory, every_allocation_may_fail)
{
    char path[] = "/tmp/acre-test-memory-XXXXXX";
    int file = mkstemp(path);
    cr_assert(file >= 0 && close(file) == 0);
    json_set_alloc_funcs(__wrap_malloc, free);
    struct subject subject = {.path = path, .null = fopen("/dev/null", "w")};
    cr_assert(subject.null);
    sample_small(&subject.before);
    sweep("write", try_write, &subject);
    sweep("read", try_read, &subject);
    acre_run_free(&subject.before);
    sample_full(&subject.before, 9, 1, 1.0);
    sample_full(&subject.after, 9, 2, 1.5);
    sample_cell(&subject.after, "arena", "region")->recorded.purposes[0].frees++;
    sample_cell(&subject.after, "arena", "walked")->recorded.resets = 0;
    sample_text(&sample_cell(&subject.after, "malloc", "weak")->recorded.checksum, "0");
    sweep("print", try_print, &subject);
    sweep("compare", try_compare, &subject);
    sample_text(&subject.before.cells[0].key.parameters[0].value, "10"); /* a size of its own */
    sweep("plot", try_plot, &subject);
    acre_run_free(&subject.before);
    sample_suite(&subject.before, 9, 1, 1.0);
    sweep("print of several workloads", try_print, &subject);
    /* Most of its allocations are jansson's, for one number after the other. */
    sweep_every(23, "page", try_page, &subject);
    acre_run_free(&subject.before);
    acre_run_free(&subject.after);
    fclose(subject.null);
    cr_assert_eq(unlink(path), 0);
}
