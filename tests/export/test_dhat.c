/* DHAT's JSON, read again by the rules of its viewer. */
#include "export/written.h"
#include "support/mtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t sum_of(const json_t *points, const char *key)
{
    uint64_t sum = 0;
    size_t index;
    const json_t *point;

    json_array_foreach(points, index, point) sum += number_in(point, key);
    return sum;
}

/* The strings of a point, one behind the other. */
static char *list_of(const json_t *point, const json_t *table)
{
    char *list = NULL;
    size_t bytes, index;
    FILE *stream = open_memstream(&list, &bytes);
    const json_t *frame;

    json_array_foreach(json_object_get(point, "fs"), index, frame)
    {
        const char *text =
            json_string_value(json_array_get(table, (size_t)json_integer_value(frame)));

        cr_assert_not_null(text);
        fprintf(stream, "%s\n", text);
    }
    fclose(stream);
    return list;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Its viewer refuses a list of strings that comes twice, and Valgrind a maximum that was exceeded.
 */
static void dhat_is_sound(const json_t *root)
{
    const json_t *points = json_object_get(root, "pps"), *table = json_object_get(root, "ftbl");
    size_t count = json_array_size(points);
    char **lists = calloc(count + 1, sizeof *lists);

    cr_assert_str_eq(json_string_value(json_array_get(table, 0)), "[root]");
    for (size_t i = 0; i < count; i++) {
        const json_t *point = json_array_get(points, i);

        lists[i] = list_of(point, table);
        cr_assert(number_in(point, "mb") >= number_in(point, "gb"));
        cr_assert(number_in(point, "mb") >= number_in(point, "eb"));
        cr_assert(number_in(point, "mbk") >= number_in(point, "gbk"));
        cr_assert(number_in(point, "tb") >= number_in(point, "mb"));
    }
    qsort(lists, count, sizeof *lists, compare);
    for (size_t i = 1; i < count; i++)
        cr_assert_str_neq(lists[i - 1], lists[i]);
    for (size_t i = 0; i < count; i++)
        free(lists[i]);
    free(lists);
}

MTest(export_formats, dhat)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        const struct acre_profile_figures *total = &made->profile.total;
        json_t *root = written_json("dhat", made), *points = json_object_get(root, "pps");

        dhat_is_sound(root);
        cr_assert_eq(number_in(root, "dhatFileVersion"), 2);
        cr_assert_eq(number_in(root, "pid"), 4711);
        cr_assert_eq(number_in(root, "tg"), made->profile.peak_ns / 1000);
        cr_assert(number_in(root, "te") >= number_in(root, "tg"));
        cr_assert_eq(sum_of(points, "tb"), total->bytes);
        cr_assert_eq(sum_of(points, "tbk"), total->blocks);
        cr_assert_eq(sum_of(points, "tl"), total->life_ns / 1000);
        cr_assert_eq(sum_of(points, "gb"), total->peak_bytes);
        cr_assert_eq(sum_of(points, "gbk"), total->peak_blocks);
        cr_assert_eq(sum_of(points, "eb"), total->live_bytes);
        cr_assert_eq(sum_of(points, "ebk"), total->live_blocks);
        json_decref(root);
        made_free(made);
    }
}

MTest(export_formats, dhat_frames)
{
    struct made_profile *made = made_profile("small");
    json_t *root = written_json("dhat", made);
    char *list =
        list_of(json_array_get(json_object_get(root, "pps"), 1), json_object_get(root, "ftbl"));

    cr_assert_str_eq(list, "0x1300: node_new (/src/graph.h:31)\n"
                           "0x1300: optimise (/src/opt.c:40)\n"
                           "0x1000: main (/src/app.c:10)\n");
    free(list);
    json_decref(root);
    made_free(made);
    made = made_profile("hostile");
    root = written_json("dhat", made);
    cr_assert_str_eq(json_string_value(json_object_get(root, "cmd")),
                     "app \"quoted\" ? #7 \xef\xbf\xbd \\");
    json_decref(root);
    made_free(made);
}
