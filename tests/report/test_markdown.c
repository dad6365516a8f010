/* The page of a run as Markdown: tables whose rows are alike, and names that stay names. */
#include "tests/support/mtest.h"

#include "report/markdown.h"
#include "report/table.h"
#include "tests/report/facts.h"
#include "tests/report/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What `print` writes, the caller's to free. */
static char *printed(void (*print)(FILE *stream, const void *context), const void *context)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    cr_assert(stream);
    print(stream, context);
    cr_assert_eq(fclose(stream), 0);
    return text;
}

static void print_run(FILE *stream, const void *context)
{
    cr_assert(acre_run_print(context, stream,
                             &(struct acre_table_options){.is_markdown = true, .wide = true}));
}

static void print_title(FILE *stream, const void *context)
{
    acre_markdown_title(stream, context);
}

static void print_paragraph(FILE *stream, const void *context)
{
    acre_markdown_paragraph(stream, ACRE_PAINT_NONE, context);
}

/* Bars of a line that divide cells. */
static size_t bars(const char *line, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\\')
            i++;
        else
            count += line[i] == '|';
    }
    return count;
}

/* All lines of a table have as many cells as its first; answers how many tables there are. */
static size_t tables_of(const char *text)
{
    size_t tables = 0, wanted = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (text[0] != '|') {
            wanted = 0;
        } else if (wanted == 0) {
            wanted = bars(text, length);
            tables++;
        } else {
            cr_expect_eq(bars(text, length), wanted, "%.*s", (int)length, text);
        }
        text += length + (text[length] == '\n');
    }
    return tables;
}

MTest(markdown, a_run_is_a_page)
{
    struct acre_run run;
    sample_full(&run, 20, 1, 1.0);
    char *text = printed(print_run, &run);
    static const char *const facts[] = {
        "### square-chain 10,000 elements, depth 3, forward, x reused, order seed 20 "
        "rounds\n\n**",
        "\n| strategy | us/iter | x limit | vs malloc | faults |",
        "\n| --- | ---: | --- | --- | ---: |",
        "\n| malloc weak | 5.26 | 1.13 \\[1.13, 1.13\\] | 1 |",
        "| **1.12x faster** |",
        "\n| malloc strong | - | leaks ",
    };
    expect_facts(text, facts, sizeof facts / sizeof facts[0]);
    cr_expect(!strstr(text, "\n\n\n"), "one empty line is enough");
    cr_expect(!strchr(text, '\033'));
    cr_expect_eq(tables_of(text), 8, "%zu tables in:\n%s", tables_of(text), text);
    free(text);
    acre_run_free(&run);
}

MTest(markdown, a_name_is_no_markup)
{
    struct acre_run run;
    sample_full(&run, 20, 1, 1.0);
    for (size_t i = 0; i < run.cell_count; i++)
        if (strcmp(run.cells[i].key.backend, "arena") == 0)
            sample_text(&run.cells[i].key.backend, "a|<b>*[x](y)`_&amp;\n\x1b\xc2\x9b");
    char *text = printed(print_run, &run);
    cr_expect(strstr(text, "| a\\|\\<b\\>\\*\\[x\\](y)\\`\\_\\&amp;??? region |"), "%s", text);
    cr_expect(!strstr(text, "<b>") && !strstr(text, "a|"));
    cr_expect_eq(tables_of(text), 8);
    free(text);
    acre_run_free(&run);
}

MTest(markdown, a_line_begins_as_text)
{
    static const struct {
        const char *said, *written;
    } cases[] = {
        {"plain", "plain\n\n"},
        {"- no list", "\\- no list\n\n"},
        {"+ no list", "\\+ no list\n\n"},
        {"12. no list", "12\\. no list\n\n"},
        {"3) no list", "3\\) no list\n\n"},
        {"12 rounds", "12 rounds\n\n"},
        {"=== no title", "\\=== no title\n\n"},
        {"# no title", "\\# no title\n\n"},
        {"> no quote", "\\> no quote\n\n"},
        {"~~~", "\\~\\~\\~\n\n"},
        {"", "\n\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = printed(print_paragraph, cases[i].said);
        cr_expect_str_eq(text, cases[i].written);
        free(text);
    }
    char *title = printed(print_title, "a # b");
    cr_expect_str_eq(title, "### a \\# b\n\n");
    free(title);
}
