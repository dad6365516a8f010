#include "bench/parameter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/format.h"

/* "--fill: 'zeros' is none of randn, reuse, both" */
static bool refuse_word(const struct acre_refusal *refusal, const struct acre_parameter *parameter,
                        const char *word)
{
    char known[256] = "";
    size_t used = 0;

    for (size_t i = 0; i < parameter->word_count && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "",
                                 parameter->words[i].name);
    return acre_refuse(refusal, "--%s: '%.40s' is none of %s%s%s", parameter->name, word, known,
                       parameter->all != NULL ? ", " : "",
                       parameter->all != NULL ? parameter->all : "");
}

static bool read_value(const struct acre_refusal *refusal, const struct acre_parameter *parameter,
                       const char *word, uint64_t *value)
{
    char option[40];

    if (parameter->words == NULL) {
        snprintf(option, sizeof option, "--%s", parameter->name);
        return acre_read_number(refusal, option, word, parameter->least, parameter->most, value);
    }
    for (*value = 0; *value < parameter->word_count; (*value)++)
        if (strcmp(parameter->words[*value].name, word) == 0)
            return true;
    return refuse_word(refusal, parameter, word);
}

static bool add(const struct acre_refusal *refusal, const struct acre_parameter *parameter,
                const char *word, struct acre_values *values)
{
    uint64_t value;

    if (!read_value(refusal, parameter, word, &value))
        return false;
    for (size_t i = 0; i < values->count; i++)
        if (values->values[i] == value)
            return acre_refuse(refusal, "--%s: %.40s stands there twice", parameter->name, word);
    if (values->count == ACRE_MOST_VALUES)
        return acre_refuse(refusal, "--%s: more than %d values", parameter->name, ACRE_MOST_VALUES);
    values->values[values->count++] = value;
    return true;
}

bool acre_parameter_read(const struct acre_refusal *refusal, const struct acre_parameter *parameter,
                         const char *text, struct acre_values *values)
{
    char word[128];

    values->count = 0;
    if (parameter->argument == NULL) {
        values->values[values->count++] = 1;
        return true;
    }
    if (!parameter->is_list)
        return add(refusal, parameter, text, values);
    if (parameter->all != NULL && strcmp(text, parameter->all) == 0) {
        for (size_t i = 0; i < parameter->word_count; i++)
            values->values[values->count++] = i;
        return true;
    }
    while (acre_next_word(&text, word, sizeof word))
        if (!add(refusal, parameter, word, values))
            return false;
    return values->count > 0 || acre_refuse(refusal, "--%s: the list is empty", parameter->name);
}

void acre_parameter_set_defaults(const struct acre_parameter *parameter, struct acre_values *values)
{
    char ignored[8];

    *values = (struct acre_values){.count = 1};
    if (parameter->argument != NULL)
        acre_parameter_read(&(struct acre_refusal){ignored, sizeof ignored}, parameter,
                            parameter->defaults, values);
}

struct acre_value_text acre_parameter_text(const struct acre_parameter *parameter, uint64_t value)
{
    struct acre_value_text text;

    if (parameter->words != NULL)
        snprintf(text.text, sizeof text.text, "%s",
                 value < parameter->word_count ? parameter->words[value].name : "?");
    else
        snprintf(text.text, sizeof text.text, "%" PRIu64, value);
    return text;
}

bool acre_parameter_is_told(const struct acre_parameter *parameter, uint64_t value)
{
    struct acre_values defaults;

    if (!parameter->is_aside)
        return true;
    acre_parameter_set_defaults(parameter, &defaults);
    return value != defaults.values[0];
}

bool acre_parameter_key(const struct acre_parameter *parameter, uint64_t value,
                        struct acre_key_parameter *key)
{
    key->name = strdup(parameter->name);
    key->value = strdup(acre_parameter_text(parameter, value).text);
    if (parameter->words != NULL)
        key->title = strdup(value < parameter->word_count ? parameter->words[value].title : "?");
    else if (asprintf(&key->title, "%s%s%s", parameter->before, acre_format_count(value).text,
                      parameter->after) < 0)
        key->title = NULL;
    return key->name != NULL && key->value != NULL && key->title != NULL;
}

void acre_parameter_help(FILE *stream, const struct acre_parameter *parameter)
{
    char option[64];
    const char *line = parameter->help;

    snprintf(option, sizeof option, "--%s%s%s", parameter->name,
             parameter->argument != NULL ? " " : "",
             parameter->argument != NULL ? parameter->argument : "");
    fprintf(stream, "    %-21s ", option);
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        fprintf(stream, "%.*s\n%26s", (int)(end - line), line, "");
    fprintf(stream, "%s\n", line);
}
