#include "import/modules.h"

#include <stdlib.h>
#include <string.h>

#include "alloc/grow.h"

static struct acre_layout layout_of_path(size_t bytes)
{
    return (struct acre_layout){bytes, 1, ACRE_PURPOSE_OTHER};
}

void acre_import_modules_init(struct acre_import_modules *modules, struct acre_alloc *memory)
{
    *modules = (struct acre_import_modules){.memory = memory};
}

void acre_import_modules_fini(struct acre_import_modules *modules)
{
    struct acre_alloc *memory = modules->memory;

    for (size_t i = 0; i < modules->count; i++)
        acre_free(memory, modules->modules[i].path, layout_of_path(modules->modules[i].path_bytes));
    acre_free_elements(memory, modules->modules, modules->capacity, sizeof *modules->modules);
    acre_free_elements(memory, modules->loaded, modules->loaded_capacity, sizeof *modules->loaded);
    acre_import_modules_init(modules, memory);
}

void acre_import_modules_clear(struct acre_import_modules *modules)
{
    for (size_t i = 0; i < modules->loaded_count; i++)
        modules->modules[modules->loaded[i]].is_loaded = false;
    modules->loaded_count = 0;
}

static bool is_same(const struct acre_import_module *a, const struct acre_import_module *b)
{
    return a->bias == b->bias && a->first == b->first && a->end == b->end &&
           a->path_bytes == b->path_bytes && memcmp(a->path, b->path, a->path_bytes) == 0;
}

/* All are told again whenever one comes. Its place; `count` for want of memory. */
static size_t place_of(struct acre_import_modules *modules, const struct acre_import_module *module)
{
    struct acre_import_module copy = *module;
    size_t place = 0;

    while (place < modules->count && !is_same(&modules->modules[place], module))
        place++;
    if (place < modules->count)
        return place;
    if (place == ACRE_TRACE_MOST_MODULES ||
        !acre_grow(modules->memory, &modules->modules, modules->count, &modules->capacity,
                   sizeof copy))
        return modules->count;
    copy.path = acre_allocate(modules->memory, layout_of_path(module->path_bytes));
    if (copy.path == NULL)
        return modules->count;
    memcpy(copy.path, module->path, module->path_bytes);
    copy.number = 0;
    copy.is_loaded = false;
    modules->modules[modules->count++] = copy;
    return place;
}

bool acre_import_modules_add(struct acre_import_modules *modules,
                             const struct acre_import_module *module)
{
    size_t place;

    if (!acre_grow(modules->memory, &modules->loaded, modules->loaded_count,
                   &modules->loaded_capacity, sizeof *modules->loaded))
        return false;
    place = place_of(modules, module);
    if (place == modules->count)
        return false;
    if (modules->modules[place].is_loaded)
        return true;
    modules->modules[place].is_loaded = true;
    modules->loaded[modules->loaded_count++] = (uint32_t)place;
    modules->is_sorted = false;
    return true;
}

static int compare(const void *a, const void *b, void *modules_of)
{
    const struct acre_import_module *modules = modules_of;
    uint64_t first = modules[*(const uint32_t *)a].first,
             other = modules[*(const uint32_t *)b].first;

    return (first > other) - (first < other);
}

/* The one that begins last of those that begin no later; NULL: the address is in none. */
static struct acre_import_module *find(struct acre_import_modules *modules, uint64_t address)
{
    size_t low = 0, high = modules->loaded_count;
    struct acre_import_module *found;

    if (!modules->is_sorted && modules->loaded_count > 0)
        qsort_r(modules->loaded, modules->loaded_count, sizeof *modules->loaded, compare,
                modules->modules);
    modules->is_sorted = true;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (modules->modules[modules->loaded[middle]].first <= address)
            low = middle + 1;
        else
            high = middle;
    }
    found = low > 0 ? &modules->modules[modules->loaded[low - 1]] : NULL;
    return found != NULL && address < found->end ? found : NULL;
}

struct acre_trace_frame acre_import_modules_frame(struct acre_import_modules *modules,
                                                  struct acre_trace_writer *writer,
                                                  uint64_t address)
{
    struct acre_import_module *module = find(modules, address);

    if (module == NULL)
        return (struct acre_trace_frame){.offset = address};
    if (module->number == 0) {
        const struct acre_trace_module told = {
            .path = module->path,
            .path_bytes = module->path_bytes,
            .load_bias = module->bias,
            .first_address = module->first,
            .bytes = module->end - module->first,
        };

        module->number = acre_trace_put_module(writer, &told);
    }
    return (struct acre_trace_frame){.module = module->number, .offset = address - module->bias};
}
