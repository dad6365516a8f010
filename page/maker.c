#include "page/maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/format.h"

json_t *acre_ratio_object(struct acre_maker *maker, const struct acre_ratio *ratio)
{
    json_t *object = json_object();

    acre_put_number(maker, object, "point", ratio->point);
    if (ratio->has_interval) {
        acre_put_number(maker, object, "low", ratio->low);
        acre_put_number(maker, object, "high", ratio->high);
    }
    return object;
}

json_t *acre_judged_ratio(struct acre_maker *maker, const struct acre_ratio *ratio)
{
    json_t *object = acre_ratio_object(maker, ratio);

    acre_put_text(maker, object, "verdict", acre_verdict_words(ratio->verdict));
    acre_put_text(maker, object, "words", acre_format_verdict(ratio, true).text);
    return object;
}

json_t *acre_thinned(struct acre_maker *maker, const struct acre_series *series, size_t most)
{
    json_t *array = json_array();
    size_t stride = 1 + series->count / (most + 1);

    for (size_t i = 0; i < series->count; i += stride)
        acre_add(maker, array, json_real(series->values[i]));
    return array;
}

/* What has been printed, a line each. */
static json_t *lines_of(struct acre_maker *maker, const char *text)
{
    json_t *array = json_array();

    while (*text != '\0') {
        size_t length = strcspn(text, "\n"), indent = strspn(text, " ");

        if (indent < length)
            acre_add(maker, array, json_stringn(text + indent, length - indent));
        text += length + (text[length] != '\0');
    }
    return array;
}

json_t *acre_paragraphs(struct acre_maker *maker, const struct acre_said *said)
{
    enum { NEVER_WRAPPED = 1 << 28 };
    char *text = NULL;
    size_t bytes = 0;
    const struct acre_page page = {
        .stream = open_memstream(&text, &bytes),
        .width = NEVER_WRAPPED,
    };
    json_t *lines = NULL;
    bool is_said = page.stream != NULL && said->say(&page, said->context);

    is_said = page.stream != NULL && fclose(page.stream) == 0 && is_said;
    if (is_said)
        lines = lines_of(maker, text);
    free(text);
    return lines;
}
