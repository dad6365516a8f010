/* Collapsed stacks, read again as flame graphs read them. */
#include "export/written.h"
#include "support/mtest.h"

#include <stdlib.h>
#include <string.h>

/* The sum of the weights; each line is as flame graphs want it. */
static uint64_t sum_of_lines(char *text, size_t bytes)
{
    uint64_t sum = 0;

    cr_assert_eq(strlen(text), bytes);
    for (char *line = text, *next; *line != '\0'; line = next + 1) {
        char *blank, *end;

        next = strchr(line, '\n');
        cr_assert_not_null(next);
        *next = '\0';
        blank = strrchr(line, ' ');
        cr_assert(blank != NULL && blank[1] >= '1' && blank[1] <= '9', "%s", line);
        sum += strtoull(blank + 1, &end, 10);
        cr_assert_eq(*end, '\0');
        for (const char *at = line; at < blank; at++)
            cr_assert((unsigned char)*at >= 32 && *at != 127);
    }
    return sum;
}

MTest(export_formats, collapsed)
{
    struct made_profile *made;
    char *text;
    size_t bytes;

    for (const char *const *name = made_names; *name != NULL; name++) {
        made = made_profile(*name);
        for (int m = 0; m < ACRE_EXPORT_METRICS; m++) {
            text = written_text("collapsed", made, (enum acre_export_metric)m, &bytes);
            cr_assert_eq(sum_of_lines(text, bytes), made_total(made, (enum acre_export_metric)m),
                         "%s", *name);
            free(text);
        }
        made_free(made);
    }
    made = made_profile("small");
    text = written_text("collapsed", made, ACRE_EXPORT_PEAK, &bytes);
    cr_assert_str_eq(text, "main;parse;node_new 6400\n"
                           "main;optimise;node_new 40960\n"
                           "main;optimise;node_new;libc.so.6+0x8a1b2 3000000\n"
                           "main;parse 24\n");
    free(text);
    made_free(made);
    made = made_profile("hostile");
    text = written_text("collapsed", made, ACRE_EXPORT_BYTES, &bytes);
    cr_assert_not_null(strstr(text, "semi,colon 300\n"));
    cr_assert_not_null(strstr(text, "ends 17 1000\n"));
    free(text);
    made_free(made);
}
