#include "alloc/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static bool find(void *library, const char *name, void *where)
{
    void *symbol = dlsym(library, name);

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
