#include "symbols/find.h"

#include <elfutils/libdwelf.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEBUG_DIRECTORY "/usr/lib/debug"

/* What is wanted, and the most telling of the reasons for which a file was refused. */
struct search {
    const struct acre_build_id *id; /* count 0: any will do */
    const GElf_Word *checksum;      /* or NULL */
    bool takes_objects;
    struct acre_elf_file *found;
    enum acre_symbols_state why;
};

static void refuse(struct search *search, enum acre_symbols_state why)
{
    acre_elf_close(search->found);
    if (why > search->why)
        search->why = why;
}

/* Whether the file of that path is the one. */
__attribute__((format(printf, 2, 3))) static bool try(struct search *search, const char *format,
                                                      ...)
{
    char path[PATH_MAX];
    enum acre_elf_opening opening;
    va_list arguments;
    int bytes;

    va_start(arguments, format);
    bytes = vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    if (bytes < 0 || (size_t)bytes >= sizeof path)
        return false;
    opening = acre_elf_open(search->found, path);
    if (opening == ACRE_ELF_MISSING)
        return false;
    if (opening == ACRE_ELF_UNREADABLE || (search->found->is_object && !search->takes_objects)) {
        refuse(search, ACRE_SYMBOLS_UNREADABLE);
        return false;
    }
    if ((search->id->count == 0 || acre_build_id_equals(search->id, &search->found->id)) &&
        (search->checksum == NULL || *search->checksum == acre_elf_checksum(search->found)))
        return true;
    refuse(search, ACRE_SYMBOLS_OTHER_BUILD);
    return false;
}

static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

enum acre_symbols_state acre_find_module(const struct acre_symbols_roots *roots, const char *path,
                                         const struct acre_build_id *id,
                                         struct acre_elf_file *found)
{
    struct search search = {.id = id, .found = found, .why = ACRE_SYMBOLS_MISSING};

    for (size_t i = 0; i < roots->count; i++)
        if (try(&search, "%s/%s", roots->paths[i], path) ||
            try(&search, "%s/%s", roots->paths[i], name_in(path)))
            return ACRE_SYMBOLS_NONE;
    return try(&search, "%s", path) ? ACRE_SYMBOLS_NONE : search.why;
}

/* "/.build-id/ab/cdef.debug" */
struct id_name {
    char text[2 * ACRE_SYMBOLS_MOST_ID_BYTES + 32];
};

static struct id_name name_by_id(const struct acre_build_id *id)
{
    char digits[2 * ACRE_SYMBOLS_MOST_ID_BYTES + 1] = "";
    struct id_name name;

    for (size_t i = 0; i < id->count; i++)
        snprintf(digits + 2 * i, 3, "%02x", id->bytes[i]);
    snprintf(name.text, sizeof name.text, "/.build-id/%.2s/%s.debug", digits, digits + 2);
    return name;
}

static bool find_by_id(struct search *search, const struct acre_symbols_roots *roots)
{
    struct id_name name;

    if (search->id->count == 0)
        return false;
    name = name_by_id(search->id);
    for (size_t i = 0; i < roots->count; i++)
        if (try(search, "%s%s", roots->paths[i], name.text) ||
            try(search, "%s" DEBUG_DIRECTORY "%s", roots->paths[i], name.text))
            return true;
    return try(search, DEBUG_DIRECTORY "%s", name.text);
}

/* Beside the module, or below a directory of debug files as it is below the root. */
static bool find_by_link(struct search *search, const struct acre_symbols_roots *roots,
                         const char *path, const char *name)
{
    int directory = (int)(name_in(path) - path); /* its bytes, with the slash */

    for (size_t i = 0; i < roots->count; i++) {
        const char *root = roots->paths[i];

        if (try(search, "%s/%.*s%s", root, directory, path, name) ||
            try(search, "%s/%.*s.debug/%s", root, directory, path, name) ||
            try(search, "%s" DEBUG_DIRECTORY "/%.*s%s", root, directory, path, name) ||
            try(search, "%s/%s", root, name))
            return true;
    }
    return try(search, "%.*s%s", directory, path, name) ||
           try(search, "%.*s.debug/%s", directory, path, name) ||
           try(search, DEBUG_DIRECTORY "/%.*s%s", directory, path, name);
}

bool acre_find_debug(const struct acre_symbols_roots *roots, const char *path,
                     const struct acre_build_id *id, const struct acre_elf_file *module,
                     struct acre_elf_file *found)
{
    struct search search = {.id = id, .found = found};
    const char *name;
    GElf_Word checksum;

    if (find_by_id(&search, roots))
        return true;
    name = module->elf != NULL ? dwelf_elf_gnu_debuglink(module->elf, &checksum) : NULL;
    if (name == NULL || strchr(name, '/') != NULL || strlen(path) >= PATH_MAX)
        return false;
    /* An id tells more than a checksum, and at once. */
    if (id->count == 0)
        search.checksum = &checksum;
    return find_by_link(&search, roots, path, name);
}

bool acre_find_supplement(const struct acre_symbols_roots *roots, const char *name,
                          const struct acre_build_id *id, struct acre_elf_file *found)
{
    struct search search = {.id = id, .takes_objects = true, .found = found};

    if (find_by_id(&search, roots))
        return true;
    if (name[0] != '/')
        return false;
    for (size_t i = 0; i < roots->count; i++)
        if (try(&search, "%s%s", roots->paths[i], name))
            return true;
    return try(&search, "%s", name);
}
