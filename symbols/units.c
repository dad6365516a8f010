#include "symbols/units.h"

#include <dwarf.h>
#include <elfutils/libdwelf.h>

#include "symbols/escape.h"
#include "symbols/room.h"

static const struct acre_layout unit_layout = {sizeof(struct acre_unit), _Alignof(struct acre_unit),
                                               ACRE_PURPOSE_OTHER};

void acre_units_init(struct acre_units *units, struct acre_alloc *memory)
{
    *units = (struct acre_units){.memory = memory};
    acre_spans_init(&units->spans, memory);
}

void acre_units_fini(struct acre_units *units)
{
    for (size_t i = 0; i < units->count; i++)
        acre_scopes_fini(&units->units[i].scopes);
    acre_drop_room(units->memory, units->units, units->capacity, unit_layout);
    acre_spans_fini(&units->spans);
    dwarf_end(units->dwarf);
    dwarf_end(units->supplement);
    acre_elf_close(&units->supplement_file);
    acre_units_init(units, units->memory);
}

/* Opening ---------------------------------------------------------------------------------------
 */

static Dwarf *dwarf_of(const struct acre_elf_file *file)
{
    Dwarf *dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);

    if (dwarf != NULL)
        dwarf_new_oom_handler(dwarf, acre_escape);
    return dwarf;
}

/*
 * Names that several debug files share are in a supplement (dwz). libdw would look for it by
 * itself, in places of its own and without a look at what it opens, unless it is given one: so
 * without it nothing is read, nor with one that names another.
 */
static bool open_supplement(struct acre_units *units, const struct acre_symbols_roots *roots)
{
    const char *name = NULL;
    const void *id = NULL;
    ssize_t id_bytes = dwelf_dwarf_gnu_debugaltlink(units->dwarf, &name, &id);
    struct acre_build_id wanted;

    if (id_bytes == 0)
        return true;
    wanted = acre_build_id(id, id_bytes > 0 ? (size_t)id_bytes : 0);
    if (wanted.count == 0 || !acre_find_supplement(roots, name, &wanted, &units->supplement_file))
        return false;
    units->supplement = dwarf_of(&units->supplement_file);
    if (units->supplement == NULL ||
        dwelf_dwarf_gnu_debugaltlink(units->supplement, &name, &id) != 0)
        return false;
    dwarf_setalt(units->dwarf, units->supplement);
    return true;
}

static bool add_unit(struct acre_units *units, Dwarf_Off entry)
{
    struct acre_unit *room =
        acre_make_room(units->memory, units->units, units->count, &units->capacity, unit_layout);

    if (room == NULL)
        return false;
    units->units = room;
    room[units->count] = (struct acre_unit){.entry = entry};
    acre_scopes_init(&room[units->count++].scopes, units->memory);
    return true;
}

static bool read_units(struct acre_units *units)
{
    size_t budget = ACRE_RANGES_MOST;
    Dwarf_CU *unit = NULL;
    Dwarf_Die entry;
    uint8_t type;

    while (dwarf_get_units(units->dwarf, unit, &unit, NULL, &type, &entry, NULL) == 0) {
        size_t spans_before = units->spans.span_count;

        /* For units whose other half is in a file of its own libdw would look for that file. */
        if (type != DW_UT_compile && type != DW_UT_skeleton)
            continue;
        if (!acre_ranges_add(&units->spans, &entry, units->code, (uint32_t)units->count, &budget))
            return false;
        if (units->spans.span_count > spans_before && !add_unit(units, dwarf_dieoffset(&entry)))
            return false;
    }
    return acre_spans_seal(&units->spans);
}

bool acre_units_read(struct acre_units *units, const struct acre_symbols_roots *roots,
                     const struct acre_elf_file *file)
{
    units->dwarf = dwarf_of(file);
    if (units->dwarf == NULL)
        return true;
    if (!open_supplement(units, roots)) {
        acre_units_fini(units);
        return true;
    }
    units->code = acre_elf_code(file);
    return read_units(units);
}

bool acre_units_are_there(const struct acre_units *units)
{
    return units->spans.segment_count > 0;
}

/* Looking up ------------------------------------------------------------------------------------
 */

/* Its own, or that of what it is a copy of. */
static const char *name_of(Dwarf_Die *entry)
{
    static const unsigned kinds[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name};
    Dwarf_Attribute attribute;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (dwarf_attr_integrate(entry, kinds[i], &attribute) != NULL)
            return dwarf_formstring(&attribute);
    return NULL;
}

static const char *directory_of(Dwarf_Die *unit)
{
    Dwarf_Attribute attribute;

    return dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
}

/* Where the instruction comes from. */
static void put_line(Dwarf_Die *unit, uint64_t address, struct acre_raw_frame *frame)
{
    Dwarf_Line *row = dwarf_getsrc_die(unit, address);
    int line = 0;

    if (row == NULL)
        return;
    frame->file = dwarf_linesrc(row, NULL, NULL);
    frame->directory = directory_of(unit);
    if (dwarf_lineno(row, &line) == 0 && line > 0)
        frame->line = (uint32_t)line;
}

static uint64_t number_of(Dwarf_Die *entry, unsigned kind)
{
    Dwarf_Attribute attribute;
    Dwarf_Word number;

    return dwarf_attr(entry, kind, &attribute) != NULL && dwarf_formudata(&attribute, &number) == 0
               ? number
               : 0;
}

/* Where the inlined function would have been called. */
static void put_call(Dwarf_Die *unit, Dwarf_Die *inlined, struct acre_raw_frame *frame)
{
    Dwarf_Files *files;
    size_t count;
    uint64_t file = number_of(inlined, DW_AT_call_file);
    uint64_t line = number_of(inlined, DW_AT_call_line);

    if (dwarf_getsrcfiles(unit, &files, &count) == 0 && file < count)
        frame->file = dwarf_filesrc(files, (size_t)file, NULL, NULL);
    frame->directory = directory_of(unit);
    if (line <= UINT32_MAX)
        frame->line = (uint32_t)line;
}

static struct acre_unit *unit_at(struct acre_units *units, uint64_t address, Dwarf_Die *entry)
{
    uint32_t number = acre_spans_find(&units->spans, address);

    if (number == ACRE_SPANS_NONE ||
        dwarf_offdie(units->dwarf, units->units[number].entry, entry) == NULL)
        return NULL;
    return &units->units[number];
}

static bool read_scopes(struct acre_units *units, struct acre_unit *unit, Dwarf_Die *entry)
{
    if (unit->is_read)
        return true;
    unit->is_read = acre_scopes_read(&unit->scopes, entry, units->code);
    if (!unit->is_read)
        acre_scopes_fini(&unit->scopes);
    return unit->is_read;
}

bool acre_units_find(struct acre_units *units, uint64_t address, struct acre_raw_frame *frames,
                     uint32_t *count)
{
    Dwarf_Die unit_entry, entry;
    struct acre_unit *unit = unit_at(units, address, &unit_entry);
    struct acre_raw_frame *frame = frames;

    *count = 0;
    if (unit == NULL)
        return true;
    if (!read_scopes(units, unit, &unit_entry))
        return false;
    *frame = (struct acre_raw_frame){0};
    put_line(&unit_entry, address, frame);
    for (uint32_t at = acre_spans_find(&unit->scopes.spans, address); at != ACRE_SPANS_NONE;
         at = unit->scopes.scopes[at].outer) {
        const struct acre_scope *scope = &unit->scopes.scopes[at];

        if (dwarf_offdie(units->dwarf, scope->entry, &entry) == NULL)
            break;
        frame->function = name_of(&entry);
        frame->is_inlined = scope->is_inlined;
        if (!scope->is_inlined)
            break;
        *++frame = (struct acre_raw_frame){0};
        put_call(&unit_entry, &entry, frame);
    }
    *count = (uint32_t)(frame - frames) + 1;
    return true;
}
