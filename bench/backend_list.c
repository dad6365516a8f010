#include "bench/backend_list.h"

#include <stdio.h>
#include <string.h>

#include "alloc/registry.h"

static void add(struct acre_backend_list *list, const char *name)
{
    if (list->count < ACRE_MOST_BACKENDS)
        snprintf(list->names[list->count++], ACRE_BACKEND_NAME_BYTES, "%s", name);
}

void acre_backend_list_usual(struct acre_backend_list *list)
{
    const struct acre_backend_kind *kind;

    *list = (struct acre_backend_list){0};
    for (size_t i = 0; (kind = acre_backend_kind_at(i)) != NULL; i++)
        if (kind->is_usual)
            add(list, kind->name);
}

static void list_all(struct acre_backend_list *list)
{
    const struct acre_backend_kind *kind;

    for (size_t i = 0; (kind = acre_backend_kind_at(i)) != NULL; i++)
        if (!kind->takes_path)
            add(list, kind->name);
}

/* Levenshtein's distance, for "did you mean"; words are short. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[64];
    size_t length = strlen(b);

    if (length >= 64 || strlen(a) >= 64)
        return 64;
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (; *a != '\0'; a++) {
        unsigned diagonal = row[0]++;

        for (unsigned j = 1; j <= length; j++) {
            unsigned above = row[j];
            unsigned best = diagonal + (*a != b[j - 1]);

            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[length];
}

static bool refuse_unknown(const struct acre_refusal *refusal, const char *word)
{
    const struct acre_backend_kind *kind;
    const char *nearest = NULL;
    unsigned least = 3;
    size_t count = 0;

    for (; (kind = acre_backend_kind_at(count)) != NULL; count++) {
        unsigned d = distance(word, kind->name);

        if (d < least) {
            least = d;
            nearest = kind->name;
        }
    }
    if (nearest != NULL)
        return acre_refuse(refusal,
                           "unknown backend '%.40s' (did you mean '%s'?); 'acre list' shows all",
                           word, nearest);
    return acre_refuse(refusal, "unknown backend '%.40s'; 'acre list' shows all %zu", word, count);
}

/* A word that is a setting of the backend before it, and no backend itself. */
static bool belongs_to(const struct acre_backend_list *list, const char *word)
{
    return list->count > 0 && strchr(list->names[list->count - 1], ':') != NULL &&
           acre_backend_kind_of(word) == NULL;
}

static bool refuse_length(const struct acre_refusal *refusal, const char *name)
{
    return acre_refuse(refusal, "--backends: a name of more than %d characters: '%.40s...'",
                       ACRE_BACKEND_NAME_BYTES - 1, name);
}

static bool append_word(const struct acre_refusal *refusal, struct acre_backend_list *list,
                        const char *word)
{
    char *last = list->names[list->count - 1];
    size_t used = strlen(last);
    size_t length = strlen(word);

    if (used + 1 + length >= ACRE_BACKEND_NAME_BYTES)
        return refuse_length(refusal, last);
    last[used] = ',';
    memcpy(last + used + 1, word, length + 1);
    return true;
}

static bool read_word(const struct acre_refusal *refusal, struct acre_backend_list *list,
                      const char *word)
{
    if (strcmp(word, "all") == 0) {
        list->are_named = false;
        list_all(list);
        return true;
    }
    if (belongs_to(list, word))
        return append_word(refusal, list, word);
    if (acre_backend_kind_of(word) == NULL)
        return refuse_unknown(refusal, word);
    if (list->count == ACRE_MOST_BACKENDS)
        return acre_refuse(refusal, "--backends: more than %d", ACRE_MOST_BACKENDS);
    add(list, word);
    return true;
}

static bool check(const struct acre_refusal *refusal, const struct acre_backend_list *list)
{
    char why[256];

    for (size_t i = 0; i < list->count; i++) {
        if (!acre_backend_check(list->names[i], why, sizeof why))
            return acre_refuse(refusal, "--backends: %.60s: %s", list->names[i], why);
        for (size_t j = 0; j < i; j++)
            if (strcmp(list->names[i], list->names[j]) == 0)
                return acre_refuse(refusal, "--backends: '%.60s' stands there twice",
                                   list->names[i]);
    }
    return list->count > 0 || acre_refuse(refusal, "--backends: the list is empty");
}

bool acre_backend_list_read(const struct acre_refusal *refusal, const char *text,
                            struct acre_backend_list *list)
{
    char word[ACRE_BACKEND_NAME_BYTES];

    *list = (struct acre_backend_list){.are_named = true};
    while (strcspn(text, ",") < sizeof word && acre_next_word(&text, word, sizeof word))
        if (!read_word(refusal, list, word))
            return false;
    if (*text != '\0')
        return refuse_length(refusal, text);
    return check(refusal, list);
}
