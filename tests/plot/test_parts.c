/* What figures are made of: ticks that people count in, text that stays text, styles that differ.
 */
#include "tests/support/mtest.h"

#include "plot/canvas.h"
#include "plot/gnuplot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Ticks -------------------------------------------------------------------------------------- */

static void expect_sound(const struct acre_ticks *ticks, double low, double high, size_t most)
{
    cr_expect(ticks->count >= 2 && ticks->count <= most, "%zu ticks from %g to %g", ticks->count,
              low, high);
    for (size_t i = 0; i < ticks->count; i++) {
        cr_expect(ticks->at[i] >= low * (1.0 - 1e-6) && ticks->at[i] <= high * (1.0 + 1e-6),
                  "%g is outside of %g to %g", ticks->at[i], low, high);
        cr_expect(ticks->labels[i].text[0] != '\0');
        if (i > 0) {
            cr_expect_gt(ticks->at[i], ticks->at[i - 1]);
            cr_expect_str_neq(ticks->labels[i].text, ticks->labels[i - 1].text, "from %g to %g",
                              low, high);
        }
    }
}

MTest(ticks, are_there_on_any_axis)
{
    srand(1);
    for (int i = 0; i < 2000; i++) {
        double low = pow(10.0, -3.0 + 9.0 * (double)rand() / RAND_MAX);
        double factor = 1.04 + pow(10.0, -2.0 + 8.0 * (double)rand() / RAND_MAX);
        size_t most = 5 + (size_t)rand() % 4;
        struct acre_range range = {low, low * factor};
        struct acre_ticks ticks = acre_ticks_log(&range, most);

        expect_sound(&ticks, range.low, range.high, most);
        range = (struct acre_range){0.0, low * factor};
        ticks = acre_ticks_linear(&range, most);
        expect_sound(&ticks, range.low, range.high, most);
    }
}

static void expect_labels(const struct acre_ticks *ticks, const char *wanted)
{
    char labels[512] = "";

    for (size_t i = 0; i < ticks->count; i++) {
        strncat(labels, i > 0 ? " " : "", sizeof labels - strlen(labels) - 1);
        strncat(labels, ticks->labels[i].text, sizeof labels - strlen(labels) - 1);
    }
    cr_expect_str_eq(labels, wanted);
}

MTest(ticks, of_a_narrow_axis_have_labels)
{
    struct acre_ticks ticks = acre_ticks_log(&(struct acre_range){1.01, 1.5}, 7);

    expect_labels(&ticks, "1.1 1.2 1.3 1.4 1.5");
    ticks = acre_ticks_log(&(struct acre_range){0.995, 1.03}, 5);
    expect_labels(&ticks, "1.00 1.01 1.02 1.03");
}

MTest(ticks, of_a_wide_axis_are_powers_of_ten)
{
    struct acre_ticks ticks = acre_ticks_log(&(struct acre_range){90, 2e5}, 5);

    expect_labels(&ticks, "100 1,000 10,000 100,000");
    ticks = acre_ticks_log(&(struct acre_range){0.9, 16}, 7);
    expect_labels(&ticks, "1 2 3 5 10");
    ticks = acre_ticks_log(&(struct acre_range){1e-150, 1e150}, 6);
    cr_expect(ticks.count >= 2 && ticks.count <= 6);
}

MTest(ticks, of_bytes_are_powers_of_two)
{
    struct acre_ticks ticks = acre_ticks_bytes(&(struct acre_range){3e5, 4e7}, 5);

    expect_labels(&ticks, "512 KiB 2 MiB 8 MiB 32 MiB");
    ticks = acre_ticks_bytes(&(struct acre_range){0.5, 1e19}, 5);
    cr_expect(ticks.count >= 2 && ticks.count <= 5);
}

MTest(ranges, are_there_whatever_was_held)
{
    struct acre_range range = {INFINITY, -INFINITY};

    acre_range_hold(&range, NAN);
    acre_range_hold(&range, INFINITY);
    acre_range_pad_log(&range, 0.1);
    cr_expect(range.low > 0.0 && range.low < 1.0 && range.high > 10.0 && range.high < 20.0);
    range = (struct acre_range){2.0, 2.0};
    acre_range_pad_log(&range, 0.1);
    cr_expect(range.low < 2.0 && range.high > 2.0);
    range = (struct acre_range){5e-324, 1.7e308};
    acre_range_pad_log(&range, 0.1);
    cr_expect(range.low > 0.0 && isfinite(range.high));
}

/* Text --------------------------------------------------------------------------------------- */

static void expect_text(const char *text, const char *wanted)
{
    char *written = NULL;
    size_t bytes;
    FILE *script = open_memstream(&written, &bytes);

    cr_assert(script);
    acre_gnuplot_text(script, text);
    fclose(script);
    cr_expect_str_eq(written, wanted);
    free(written);
}

MTest(text, stays_text)
{
    expect_text("", "''");
    expect_text("it's `touch x` \"$(y)\" @z {a}_b^c \\",
                "'it''s `touch x` \"$(y)\" @z {a}_b^c \\'");
    expect_text("'; system('touch x'); '", "'''; system(''touch x''); '''");
    expect_text("a\nb\tc\033[31m\177", "'a?b?c?[31m?'");
    expect_text("gr\u00fc\u00df \u4f60 \U0001f600", "'gr\u00fc\u00df \u4f60 \U0001f600'");
}

MTest(text, is_made_of_what_xml_may_have)
{
    expect_text("\xff\x80 \xc3", "'\?\? ?'");              /* no UTF-8, and cut short */
    expect_text("\xc0\xa7 \xe0\x80\xa7", "'\?\? \?\?\?'"); /* ' in more bytes than it needs */
    expect_text("\xed\xa0\x80", "'\?\?\?'");               /* half of a pair */
    expect_text("\xef\xbf\xbf \xf4\x90\x80\x80",
                "'\?\?\? \?\?\?\?'");  /* none, and beyond the last */
    expect_text("\xc2\x9b", "'\?\?'"); /* a control character of two bytes */
}

MTest(text, is_cut_between_characters)
{
    struct acre_fit fit = acre_text_fit("short", 100.0);
    char wide[2000];

    cr_expect_str_eq(fit.text, "short");
    fit = acre_text_fit("\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc", 40.0);
    cr_expect_lt(acre_text_px(fit.text), 41.0);
    cr_expect_str_eq(fit.text + strspn(fit.text, "\u00fc"), "...");
    cr_expect_eq((strlen(fit.text) - 3) % 2, 0);
    memset(wide, 'i', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    fit = acre_text_fit(wide, 1e9);
    cr_expect_lt(strlen(fit.text), sizeof fit.text);
}

/* Styles ------------------------------------------------------------------------------------- */

enum { BACKENDS = 7, LIFETIMES = 5 };

MTest(styles, tell_strategies_apart_without_colour)
{
    static const char *const backends[BACKENDS] = {"arena",    "jemalloc", "malloc", "mimalloc",
                                                   "tcmalloc", "pool",     "reap"};
    static const char *const lifetimes[LIFETIMES] = {"strong", "collector", "weak", "walked",
                                                     "region"};
    struct acre_cell cells[BACKENDS * LIFETIMES] = {0};
    const struct acre_cell *all[BACKENDS * LIFETIMES];
    struct acre_style styles[BACKENDS * LIFETIMES];

    for (size_t i = 0; i < BACKENDS * LIFETIMES; i++) {
        cells[i].key.backend = (char *)backends[i / LIFETIMES];
        cells[i].key.lifetime = (char *)lifetimes[i % LIFETIMES];
        all[i] = &cells[i];
    }
    for (size_t i = 0; i < BACKENDS * LIFETIMES; i++) {
        styles[i] = acre_style_of(all, BACKENDS * LIFETIMES, &cells[i].key);
        for (size_t k = 0; k < i; k++)
            cr_expect(styles[i].point != styles[k].point ||
                          strcmp(styles[i].dash, styles[k].dash) != 0,
                      "%s/%s is drawn as %s/%s", cells[i].key.backend, cells[i].key.lifetime,
                      cells[k].key.backend, cells[k].key.lifetime);
    }
    cr_expect_str_eq(styles[2 * LIFETIMES].colour, "#000000", "malloc is black");
    cr_expect_str_eq(styles[0].colour, styles[LIFETIMES - 1].colour, "a backend has one colour");
}
