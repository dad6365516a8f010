#include "profile/pattern.h"

#include <string.h>

#include "profile/short_name.h"

/* Back to the last star where what follows does not fit: no pattern takes longer than its length
 * times that of the name. */
static bool is_like(const char *name, size_t bytes, const char *pattern)
{
    const char *star = NULL;
    size_t at = 0;
    size_t from = 0; /* where what the star stands for ends, when it is tried next */

    while (at < bytes || *pattern != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            from = at;
        } else if (at < bytes && *pattern == name[at]) {
            pattern++;
            at++;
        } else if (star != NULL && from < bytes) {
            pattern = star + 1;
            at = ++from;
        } else {
            return false;
        }
    }
    return true;
}

static bool is_one_of(const char *name, size_t bytes, const char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_like(name, bytes, patterns[i]))
            return true;
    return false;
}

bool acre_name_is_one_of(const char *function, const char *const *patterns, size_t count)
{
    static const char internal[] = "__GI_";
    const char *name = acre_name_begin(function);

    if (strncmp(name, internal, sizeof internal - 1) == 0)
        name += sizeof internal - 1;
    name += strspn(name, "_");
    return is_one_of(name, strcspn(name, "(@"), patterns, count);
}

bool acre_path_is_one_of(const char *path, const char *const *patterns, size_t count)
{
    return is_one_of(path, strlen(path), patterns, count);
}

bool acre_file_is_one_of(const char *path, const char *const *patterns, size_t count)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    return is_one_of(name, strlen(name), patterns, count);
}
