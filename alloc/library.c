#include "alloc/library.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

/* dlsym looks into what a library needs as well, where the C library's malloc would be found. */
static bool is_of(const void *symbol, void *library)
{
    struct link_map *of_symbol = NULL;
    struct link_map *of_library = NULL;
    Dl_info info;

    return dladdr1(symbol, &info, (void **)&of_symbol, RTLD_DL_LINKMAP) != 0 &&
           dlinfo(library, RTLD_DI_LINKMAP, &of_library) == 0 && of_symbol == of_library;
}

static bool find(void *library, const char *name, void *where)
{
    void *symbol = dlsym(library, name);

    if (symbol != NULL && !is_of(symbol, library))
        symbol = NULL;
    memcpy(where, &symbol, sizeof symbol);
    return symbol != NULL;
}

bool acre_library_load(const char *file, const char *package, const struct acre_symbol *symbols,
                       size_t count, char *why, size_t why_bytes)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        snprintf(why, why_bytes, package != NULL ? "%s (package %s)" : "%s", dlerror(), package);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!find(library, symbols[i].name, symbols[i].where)) {
            snprintf(why, why_bytes, "%s has no %s", file, symbols[i].name);
            dlclose(library);
            return false;
        }
    return true;
}

bool acre_library_find(const char *file, const char *name, void *where)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    bool is_found = library != NULL && find(library, name, where);

    if (!is_found)
        memset(where, 0, sizeof(void *));
    if (library != NULL)
        dlclose(library);
    return is_found;
}

const void *acre_function_address(const void *pointer)
{
    const void *address;

    memcpy(&address, pointer, sizeof address);
    return address;
}
