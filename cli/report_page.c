#include "cli/report_page.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/streams.h"
#include "report/write_file.h"

bool acre_is_page(const char *path)
{
    return acre_file_ends_with(path, ".html");
}

void acre_say_page(const char *path)
{
    printf("wrote %s%s\n", path,
           acre_page_has_charts() ? "" : ", without charts: this acre was built without ECharts");
}

enum acre_exit acre_command_page(const char *command, const struct acre_page_content *content,
                                 const char *path)
{
    char error[1024];
    enum acre_exit status = acre_page_write(content, path, error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(command, status, error);
    acre_say_page(path);
    return ACRE_EXIT_OK;
}

/* All of the files, and each but the first against the first. */
struct loaded {
    struct acre_run *runs;
    struct acre_page_run *named;
    struct acre_comparison *comparisons; /* one less */
    struct acre_page_comparison *shown;
    const char *const *names;
    size_t count;
};

static bool begin(struct loaded *loaded, char *const *paths)
{
    size_t count = 0;

    while (paths[count] != NULL)
        count++;
    *loaded = (struct loaded){
        .runs = calloc(count + 1, sizeof *loaded->runs),
        .named = calloc(count + 1, sizeof *loaded->named),
        .comparisons = calloc(count + 1, sizeof *loaded->comparisons),
        .shown = calloc(count + 1, sizeof *loaded->shown),
        .names = (const char *const *)paths,
        .count = count,
    };
    return loaded->runs != NULL && loaded->named != NULL && loaded->comparisons != NULL &&
           loaded->shown != NULL;
}

static void end(struct loaded *loaded)
{
    for (size_t i = 0; i < loaded->count; i++) {
        if (loaded->comparisons != NULL)
            acre_comparison_free(&loaded->comparisons[i]);
        if (loaded->runs != NULL)
            acre_run_free(&loaded->runs[i]);
    }
    free(loaded->runs);
    free(loaded->named);
    free(loaded->comparisons);
    free(loaded->shown);
}

static enum acre_exit load(const char *command, struct loaded *loaded)
{
    for (size_t i = 0; i < loaded->count; i++) {
        char error[1024];
        enum acre_exit status =
            acre_run_load(&loaded->runs[i], loaded->names[i], error, sizeof error);

        if (status != ACRE_EXIT_OK)
            return acre_complain(command, status, error);
        loaded->named[i] = (struct acre_page_run){&loaded->runs[i], loaded->names[i]};
    }
    return ACRE_EXIT_OK;
}

static enum acre_exit compare(const char *command, struct loaded *loaded)
{
    const struct acre_compare_options options = {.common = true};
    const struct acre_runs first = {loaded->runs, 1};

    for (size_t i = 1; i < loaded->count; i++) {
        const struct acre_runs other = {&loaded->runs[i], 1};
        char error[1024];
        enum acre_exit status = acre_compare(&loaded->comparisons[i - 1], &first, &other, &options,
                                             error, sizeof error);

        if (status != ACRE_EXIT_OK)
            return acre_complain(command, status, error);
        loaded->shown[i - 1] = (struct acre_page_comparison){&loaded->comparisons[i - 1],
                                                             loaded->names, loaded->names + i};
    }
    return ACRE_EXIT_OK;
}

enum acre_exit acre_command_page_of(const char *command, char *const *paths, const char *path)
{
    struct loaded loaded;
    enum acre_exit status = begin(&loaded, paths)
                                ? load(command, &loaded)
                                : acre_complain(command, ACRE_EXIT_MEMORY, "out of memory");

    if (status == ACRE_EXIT_OK)
        status = compare(command, &loaded);
    if (status == ACRE_EXIT_OK) {
        const struct acre_page_content content = {loaded.named, loaded.count, loaded.shown,
                                                  loaded.count - 1};

        status = acre_command_page(command, &content, path);
    }
    end(&loaded);
    return status;
}
