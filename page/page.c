#include "page/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page/model.h"
#include "page/parts.h"
#include "report/format.h"
#include "report/write_file.h"

/* Nothing is fetched, whatever a name in a run says: the browser itself forbids it. */
static const char head[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n";

static bool put_part(FILE *stream, struct acre_page_part part)
{
    size_t bytes = (size_t)(part.end - part.begin);

    return fwrite(part.begin, 1, bytes, stream) == bytes;
}

/* As text of an element. */
static void put_escaped(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<')
            fputs("&lt;", stream);
        else if (*text == '&')
            fputs("&amp;", stream);
        else
            putc(*text, stream);
    }
}

/* In a script element only "<" can end it or begin a comment; in JSON it stands in strings only. */
static int put_json(const char *bytes, size_t count, void *context)
{
    FILE *stream = context;

    for (size_t i = 0; i < count; i++)
        if (bytes[i] == '<')
            fputs("\\u003c", stream);
        else
            putc(bytes[i], stream);
    return ferror(stream) ? -1 : 0;
}

struct content {
    const json_t *model;
    const char *name;
};

static bool put(const void *context, FILE *stream)
{
    const struct content *content = context;

    fputs(head, stream);
    fputs("<title>", stream);
    put_escaped(stream, content->name);
    fputs(" - acre</title>\n<style>\n", stream);
    put_part(stream, acre_page_style());
    fputs("</style>\n</head>\n<body>\n<main id=\"page\"><noscript>This page draws its numbers with "
          "JavaScript; 'acre report' prints them.</noscript></main>\n"
          "<script type=\"application/json\" id=\"data\">",
          stream);
    errno = 0;
    if (json_dump_callback(content->model, put_json, stream, JSON_COMPACT) != 0)
        return false;
    fputs("</script>\n<script>", stream);
    put_part(stream, acre_page_charts());
    fputs("</script>\n<script>\n", stream);
    put_part(stream, acre_page_script());
    fputs("</script>\n</body>\n</html>\n", stream);
    return !ferror(stream);
}

enum acre_exit acre_page_write(const struct acre_run *run, const char *name, const char *path,
                               char *error, size_t error_bytes)
{
    json_t *model = acre_page_model(run);
    const struct content content = {model, name};
    const struct acre_content whole = {put, &content};
    bool written;

    if (model == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return ACRE_EXIT_MEMORY;
    }
    written = acre_file_write(&whole, path, error, error_bytes);
    json_decref(model);
    return written ? ACRE_EXIT_OK : ACRE_EXIT_IO;
}

bool acre_page_has_charts(void)
{
    struct acre_page_part charts = acre_page_charts();

    return charts.end > charts.begin;
}
