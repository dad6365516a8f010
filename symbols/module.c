#include "symbols/module.h"

#include "symbols/demangle.h"
#include "symbols/escape.h"

void acre_module_init(struct acre_module *module, struct acre_alloc *memory, const char *path,
                      const struct acre_build_id *id)
{
    *module = (struct acre_module){.path = path, .id = *id};
    acre_units_init(&module->units, memory);
    acre_symbol_names_init(&module->names, memory);
}

void acre_module_fini(struct acre_module *module)
{
    acre_symbol_names_fini(&module->names);
    acre_units_fini(&module->units);
    acre_elf_close(&module->debug_file);
    acre_elf_close(&module->file);
    module->is_read = false;
}

struct reading {
    struct acre_module *module;
    const struct acre_symbols_roots *roots;
    bool is_done;
};

/* Lines and inlined functions: in the file itself, or in the one that they were moved to. */
static bool read_units(struct acre_module *module, const struct acre_symbols_roots *roots)
{
    const struct acre_build_id *id = module->id.count > 0 ? &module->id : &module->file.id;

    if (module->file.elf != NULL && !acre_units_read(&module->units, roots, &module->file))
        return false;
    if (acre_units_are_there(&module->units) ||
        !acre_find_debug(roots, module->path, id, &module->file, &module->debug_file))
        return true;
    acre_units_fini(&module->units);
    return acre_units_read(&module->units, roots, &module->debug_file);
}

/* The whole table, or else the one of what the dynamic linker has to know. */
static bool read_names(struct acre_module *module)
{
    const struct {
        const struct acre_elf_file *file;
        uint32_t type;
    } tables[] = {
        {&module->file, SHT_SYMTAB},
        {&module->debug_file, SHT_SYMTAB},
        {&module->file, SHT_DYNSYM},
    };

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i].file->elf == NULL)
            continue;
        if (!acre_symbol_names_read(&module->names, tables[i].file, tables[i].type))
            return false;
        if (acre_symbol_names_are_there(&module->names))
            return true;
    }
    return true;
}

static void read_module(void *argument)
{
    struct reading *reading = argument;
    struct acre_module *module = reading->module;

    module->state = acre_find_module(reading->roots, module->path, &module->id, &module->file);
    if (!read_units(module, reading->roots) || !read_names(module))
        return;
    /* A debug file tells even where the file itself is not there. */
    if (acre_units_are_there(&module->units))
        module->state = ACRE_SYMBOLS_LINES;
    else if (acre_symbol_names_are_there(&module->names))
        module->state = ACRE_SYMBOLS_NAMES;
    reading->is_done = true;
}

bool acre_module_read(struct acre_module *module, const struct acre_symbols_roots *roots)
{
    struct reading reading = {.module = module, .roots = roots};

    if (module->is_read)
        return true;
    module->is_read = acre_escape_from(read_module, &reading) && reading.is_done;
    if (!module->is_read)
        acre_module_fini(module);
    return module->is_read;
}

struct finding {
    struct acre_module *module;
    uint64_t address;
    struct acre_raw_frame *frames;
    uint32_t count;
    bool is_done;
};

/* What the frame that is not inlined is called. For local types of C++ there is but half a name in
 * DWARF, and the whole one in the table of symbols. */
static const char *better_name(const char *by_entry, const char *by_symbol)
{
    bool is_half = by_entry == NULL ||
                   (by_symbol != NULL && acre_is_mangled(by_symbol) && !acre_is_mangled(by_entry));

    return is_half ? by_symbol : by_entry;
}

static void find_frames(void *argument)
{
    struct finding *finding = argument;
    struct acre_module *module = finding->module;
    struct acre_raw_frame *last;

    if (!acre_units_find(&module->units, finding->address, finding->frames, &finding->count))
        return;
    if (finding->count == 0)
        finding->frames[finding->count++] = (struct acre_raw_frame){0};
    last = &finding->frames[finding->count - 1];
    last->function =
        better_name(last->function, acre_symbol_names_find(&module->names, finding->address));
    finding->is_done = true;
}

bool acre_module_find(struct acre_module *module, uint64_t address, struct acre_raw_frame *frames,
                      uint32_t *count)
{
    struct finding finding = {.module = module, .address = address, .frames = frames};

    if (!acre_escape_from(find_frames, &finding) || !finding.is_done) {
        acre_module_fini(module);
        return false;
    }
    *count = finding.count;
    return true;
}
