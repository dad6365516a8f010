#include "symbols/names.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/room.h"

/* Far more than programs have; a file that is mostly holes may claim any number. */
enum { MOST_SYMBOLS = 1 << 24 };

struct symbol {
    uint64_t begin, end; /* without a size: the end of the section */
    const char *text;
    uint32_t place; /* of the text */
    bool is_sized;
};

struct table {
    struct acre_alloc *memory;
    struct symbol *symbols;
    size_t count, capacity;
};

static const struct acre_layout symbol_layout = {sizeof(struct symbol), _Alignof(struct symbol),
                                                 ACRE_PURPOSE_OTHER};

void acre_symbol_names_init(struct acre_symbol_names *names, struct acre_alloc *memory)
{
    *names = (struct acre_symbol_names){0};
    acre_spans_init(&names->spans, memory);
}

void acre_symbol_names_fini(struct acre_symbol_names *names)
{
    acre_spans_fini(&names->spans);
    acre_symbol_names_init(names, names->spans.memory);
}

static bool add(struct table *table, const struct symbol *symbol)
{
    struct symbol *room = acre_make_room(table->memory, table->symbols, table->count,
                                         &table->capacity, symbol_layout);

    if (room == NULL)
        return false;
    table->symbols = room;
    room[table->count++] = *symbol;
    return true;
}

/* Where there is code, to sections. */
static bool read_sections(struct acre_spans *sections, Elf *elf)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    uint64_t end;

    while ((section = elf_nextscn(elf, section)) != NULL)
        if (gelf_getshdr(section, &header) != NULL && (header.sh_flags & SHF_EXECINSTR) != 0 &&
            !__builtin_add_overflow(header.sh_addr, header.sh_size, &end) &&
            !acre_spans_add(sections, header.sh_addr, end, (uint32_t)elf_ndxscn(section)))
            return false;
    return acre_spans_seal(sections);
}

/* Whether it is one of code that is there. Its section is found by its address: tools that remove a
 * section leave the numbers in .dynsym as they were. */
static bool is_function(const struct acre_symbol_names *names, const struct acre_spans *sections,
                        const GElf_Sym *from, struct symbol *symbol)
{
    int type = GELF_ST_TYPE(from->st_info);
    uint32_t section = acre_spans_find(sections, from->st_value);
    GElf_Shdr header;

    if ((type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE) ||
        from->st_shndx == SHN_UNDEF || section == ACRE_SPANS_NONE ||
        gelf_getshdr(elf_getscn(names->elf, section), &header) == NULL)
        return false;
    *symbol = (struct symbol){
        .begin = from->st_value,
        .end = header.sh_addr + header.sh_size,
        .text = elf_strptr(names->elf, names->strings, from->st_name),
        .place = from->st_name,
        .is_sized = from->st_size > 0,
    };
    if (symbol->is_sized && from->st_size < symbol->end - symbol->begin)
        symbol->end = symbol->begin + from->st_size;
    /* $x and such, of arm64, tell code from data. */
    return symbol->text != NULL && symbol->text[0] != '\0' && symbol->text[0] != '$' &&
           (symbol->is_sized || names->has_locals);
}

/* Below 0: the first is the better name for what both are. */
static int order_texts(const char *a, const char *b)
{
    size_t decoration_a = strspn(a, "_"), decoration_b = strspn(b, "_");
    size_t bytes_a, bytes_b;

    if (decoration_a != decoration_b)
        return decoration_a < decoration_b ? -1 : 1;
    bytes_a = strlen(a);
    bytes_b = strlen(b);
    if (bytes_a != bytes_b)
        return bytes_a < bytes_b ? -1 : 1;
    return strcmp(a, b);
}

/* By address; what has a size first; then outer ones, then better names. */
static int order_symbols(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    if (a->is_sized != b->is_sized)
        return a->is_sized ? -1 : 1;
    if (a->end != b->end)
        return a->end > b->end ? -1 : 1;
    return order_texts(a->text, b->text);
}

/* Sorted symbols to spans. */
static bool add_spans(struct acre_symbol_names *names, const struct table *table)
{
    uint64_t covered = 0; /* by sizes, so far */
    size_t next = 0;      /* the first that begins later */

    for (size_t i = 0; i < table->count; i++) {
        const struct symbol *symbol = &table->symbols[i];
        uint64_t end = symbol->end;

        while (next < table->count && table->symbols[next].begin <= symbol->begin)
            next++;
        if (i > 0 && symbol[-1].begin == symbol->begin && symbol[-1].end == symbol->end &&
            symbol[-1].is_sized == symbol->is_sized)
            continue;
        if (symbol->is_sized && covered < end)
            covered = end;
        if (!symbol->is_sized && covered > symbol->begin)
            continue;
        if (!symbol->is_sized && next < table->count && table->symbols[next].begin < end)
            end = table->symbols[next].begin;
        if (!acre_spans_add(&names->spans, symbol->begin, end, symbol->place))
            return false;
    }
    return true;
}

static bool collect(const struct acre_symbol_names *names, const struct acre_spans *sections,
                    Elf_Data *data, struct table *table)
{
    GElf_Sym from;
    struct symbol symbol;

    for (int i = 0; i < MOST_SYMBOLS && gelf_getsym(data, i, &from) != NULL; i++)
        if (is_function(names, sections, &from, &symbol) && !add(table, &symbol))
            return false;
    return true;
}

static bool read_table(struct acre_symbol_names *names, Elf_Data *data)
{
    struct table table = {.memory = names->spans.memory};
    struct acre_spans sections;
    bool is_done;

    acre_spans_init(&sections, table.memory);
    is_done = read_sections(&sections, names->elf) && collect(names, &sections, data, &table);
    acre_spans_fini(&sections);
    if (is_done && table.count > 0) {
        qsort(table.symbols, table.count, sizeof *table.symbols, order_symbols);
        is_done = add_spans(names, &table) && acre_spans_seal(&names->spans);
    }
    acre_drop_room(table.memory, table.symbols, table.capacity, symbol_layout);
    return is_done;
}

bool acre_symbol_names_read(struct acre_symbol_names *names, const struct acre_elf_file *file,
                            uint32_t type)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(file->elf, section)) != NULL)
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == type) {
            names->elf = file->elf;
            names->strings = header.sh_link;
            names->has_locals = type == SHT_SYMTAB;
            return read_table(names, elf_getdata(section, NULL));
        }
    return true;
}

bool acre_symbol_names_are_there(const struct acre_symbol_names *names)
{
    return names->spans.segment_count > 0;
}

const char *acre_symbol_names_find(const struct acre_symbol_names *names, uint64_t address)
{
    uint32_t place = acre_spans_find(&names->spans, address);

    return place == ACRE_SPANS_NONE ? NULL : elf_strptr(names->elf, names->strings, place);
}
