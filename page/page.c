#include "page/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page/parts.h"
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

static void put_part(FILE *stream, const struct acre_page_part *part)
{
    fwrite(part->begin, 1, (size_t)(part->end - part->begin), stream);
}

/* As text of an element. */
static void put_text(FILE *stream, const json_t *text)
{
    for (const char *at = json_string_value(text); at != NULL && *at != '\0'; at++) {
        if (*at == '<')
            fputs("&lt;", stream);
        else if (*at == '&')
            fputs("&amp;", stream);
        else
            putc(*at, stream);
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

struct document {
    const json_t *model;
    const struct acre_page_scripts *scripts;
    const char *terminal; /* the command that prints the same */
};

/* What the page is about comes first: a comparison, or else the run, or the program. */
static const json_t *answer_of(const json_t *model)
{
    const json_t *first = json_array_get(json_object_get(model, "comparisons"), 0);

    if (first == NULL)
        first = json_array_get(json_object_get(model, "runs"), 0);
    return json_object_get(first != NULL ? first : model, "answer");
}

/* The answer is there before any script has run, and where none may run. */
static void put_answer(FILE *stream, const struct document *document)
{
    fputs("<main>\n<p id=\"title\">", stream);
    put_text(stream, json_object_get(document->model, "title"));
    fputs("</p>\n<h1 id=\"answer\">", stream);
    put_text(stream, answer_of(document->model));
    fprintf(stream,
            "</h1>\n<noscript><p>The numbers below this line are drawn with JavaScript; '%s' "
            "prints them.</p></noscript>\n<div id=\"page\"></div>\n</main>\n",
            document->terminal);
}

static bool put(const void *context, FILE *stream)
{
    enum { SIGNIFICANT_DIGITS = 7 }; /* more than can be seen */
    const struct document *document = context;
    const json_t *model = document->model;

    fputs(head, stream);
    fputs("<title>", stream);
    put_text(stream, json_object_get(model, "title"));
    fputs(" - acre</title>\n<style>\n", stream);
    put_part(stream, &acre_page_style);
    fputs("</style>\n</head>\n<body>\n", stream);
    put_answer(stream, document);
    fputs("<script type=\"application/json\" id=\"model\">", stream);
    if (ferror(stream))
        return false;
    errno = 0;
    if (json_dump_callback(model, put_json, stream,
                           JSON_COMPACT | JSON_REAL_PRECISION(SIGNIFICANT_DIGITS)) != 0)
        return false;
    fputs("</script>\n<script>", stream);
    put_part(stream, &acre_page_charts);
    fputs("</script>\n<script>\n", stream);
    for (size_t i = 0; i < document->scripts->count; i++)
        put_part(stream, &document->scripts->parts[i]);
    fputs("</script>\n</body>\n</html>\n", stream);
    return !ferror(stream);
}

/* Ends the model, which is NULL where memory was short. */
static enum acre_exit write_document(json_t *model, const struct acre_page_scripts *scripts,
                                     const char *terminal, const char *path, char *error,
                                     size_t error_bytes)
{
    const struct document document = {model, scripts, terminal};
    const struct acre_content whole = {put, &document};
    bool is_written;

    if (model == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return ACRE_EXIT_MEMORY;
    }
    is_written = acre_file_write(&whole, path, error, error_bytes);
    json_decref(model);
    return is_written ? ACRE_EXIT_OK : ACRE_EXIT_IO;
}

enum acre_exit acre_page_write(const struct acre_page_content *content, const char *path,
                               char *error, size_t error_bytes)
{
    return write_document(acre_page_model(content), &acre_page_scripts_of_runs, "acre report", path,
                          error, error_bytes);
}

enum acre_exit acre_page_write_recording(const struct acre_page_recording *recording,
                                         const char *path, char *error, size_t error_bytes)
{
    return write_document(acre_page_recorded_model(recording), &acre_page_scripts_of_recordings,
                          "acre info", path, error, error_bytes);
}

enum acre_exit acre_page_write_advice(const struct acre_page_advice *advice, const char *path,
                                      char *error, size_t error_bytes)
{
    return write_document(acre_page_advised_model(advice), &acre_page_scripts_of_advice,
                          "acre advise", path, error, error_bytes);
}

bool acre_page_has_charts(void)
{
    return acre_page_charts.end > acre_page_charts.begin;
}
