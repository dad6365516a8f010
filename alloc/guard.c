/* Decorator: see guard.h for what it does and how a block is laid out. */
#include "alloc/guard.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "alloc/decorator.h"
#include "alloc/guard_report.h"

enum {
    RED_BYTES = 32,
    RED = 0xFD,
    FRESH = 0xCD,
    DEAD = 0xDD,
    QUARANTINE_BYTES = 16 << 20,
};

struct acre_guard {
    struct acre_decorator decorator;
    struct acre_guard_options options;
    struct acre_guards alone; /* the family of one that was given none */
    struct acre_guard *next;  /* of the family */
    struct acre_guard_table table;
    struct acre_guarded *oldest_dead, *newest_dead;
    size_t freed_bytes; /* in the quarantine, zones included */
    bool frees_singly;  /* the inner one takes them */
    /* Behind a pointer, since acre_check takes a constant allocator and gives back a sentence. */
    struct acre_guard_sentence *sentence;
};

/* Layout ------------------------------------------------------------------------------------ */

/* The caller's bytes begin behind the red ones, at a multiple of the alignment. */
static size_t bytes_in_front(struct acre_layout layout)
{
    return layout.align > RED_BYTES ? layout.align : RED_BYTES;
}

/* What is asked of the inner one; valid only if its size is. */
static struct acre_layout inner_layout(struct acre_layout layout)
{
    layout.size += bytes_in_front(layout) + RED_BYTES;
    return layout;
}

static void *inner_block(const struct acre_guarded *row)
{
    return row->block - bytes_in_front(row->layout);
}

/* What is found ----------------------------------------------------------------------------- */

static const char *owner_of(const struct acre_guard *guard)
{
    return guard->options.owner != NULL ? guard->options.owner : guard->decorator.ops.name;
}

static void say(const struct acre_guard *guard, struct acre_guard_finding finding)
{
    if (finding.owner == NULL)
        finding.owner = owner_of(guard);
    finding.tells_scope = guard->options.scope != NULL;
    acre_guard_say(guard->sentence, &finding);
}

/* The one place of the library that prints and aborts. */
static void print_and_abort(const struct acre_guard_sentence *sentence)
{
    ssize_t written = write(STDERR_FILENO, sentence->text, sentence->length);

    if (written > 0)
        written = write(STDERR_FILENO, "\n", 1);
    (void)written;
    abort();
}

static void tell(const struct acre_guard *guard, struct acre_guard_finding finding)
{
    struct acre_guard_report report = {
        .defect = finding.defect,
        .address = finding.row != NULL ? finding.row->block : finding.address,
        .sentence = guard->sentence->text,
    };

    say(guard, finding);
    if (guard->options.on_defect == NULL)
        print_and_abort(guard->sentence);
    else
        guard->options.on_defect(guard->options.context, &report);
}

/* Damage ------------------------------------------------------------------------------------ */

/* Bytes that all have one value unless somebody wrote there. */
struct zone {
    unsigned char *begin;
    size_t bytes;
    int value;
};

static bool is_whole(const struct zone *zone)
{
    return zone->begin[0] == zone->value &&
           memcmp(zone->begin, zone->begin + 1, zone->bytes - 1) == 0;
}

/* In front of the block, behind it, and, of a dead one, itself. */
static struct zone zone_of(const struct acre_guarded *row, enum acre_defect defect)
{
    switch (defect) {
    case ACRE_DEFECT_UNDERRUN:
        return (struct zone){row->block - RED_BYTES, RED_BYTES, RED};
    case ACRE_DEFECT_OVERRUN:
        return (struct zone){row->block + row->layout.size, RED_BYTES, RED};
    default:
        return (struct zone){row->block, row->layout.size, DEAD};
    }
}

static void fill(struct zone zone)
{
    memset(zone.begin, zone.value, zone.bytes);
}

static bool find_in_zone(const struct acre_guarded *row, enum acre_defect defect,
                         struct acre_guard_finding *finding)
{
    const struct zone zone = zone_of(row, defect);
    size_t first = 0;
    size_t last = zone.bytes - 1;

    if (is_whole(&zone))
        return false;
    while (zone.begin[first] == zone.value)
        first++;
    while (zone.begin[last] == zone.value)
        last--;
    *finding = (struct acre_guard_finding){
        .defect = defect,
        .row = row,
        .first_byte = zone.begin + first - row->block,
        .last_byte = zone.begin + last - row->block,
    };
    return true;
}

static bool find_damage(const struct acre_guarded *row, struct acre_guard_finding *finding)
{
    enum acre_defect late = row->state == ACRE_GUARDED_FREED ? ACRE_DEFECT_WRITE_AFTER_FREE
                                                             : ACRE_DEFECT_WRITE_AFTER_RESET;

    if (row->is_out_of_reach)
        return false;
    return find_in_zone(row, ACRE_DEFECT_UNDERRUN, finding) ||
           find_in_zone(row, ACRE_DEFECT_OVERRUN, finding) ||
           (row->state != ACRE_GUARDED_LIVE && find_in_zone(row, late, finding));
}

/* Each once: what was told is mended. */
static void tell_damage(const struct acre_guard *guard, const struct acre_guarded *row)
{
    struct acre_guard_finding finding;

    while (find_damage(row, &finding)) {
        tell(guard, finding);
        fill(zone_of(row, finding.defect));
    }
}

static void tell_all_damage(const struct acre_guard *guard)
{
    for (struct acre_guarded *row = NULL;
         (row = acre_guard_table_next(&guard->table, row)) != NULL;)
        tell_damage(guard, row);
}

/* Births ------------------------------------------------------------------------------------ */

static uint64_t scope_of(const struct acre_guard *guard)
{
    return guard->options.scope != NULL ? *guard->options.scope : 0;
}

/* What is oldest in the quarantine leaves it; false when it is empty. */
static bool release_oldest(struct acre_guard *guard)
{
    struct acre_alloc *inner = guard->decorator.inner;
    struct acre_guarded *row = guard->oldest_dead;
    struct acre_layout layout;

    if (row == NULL)
        return false;
    guard->oldest_dead = row->next_dead;
    if (guard->oldest_dead == NULL)
        guard->newest_dead = NULL;
    layout = inner_layout(row->layout);
    if (guard->frees_singly) {
        tell_damage(guard, row);
        inner->ops->free(inner, inner_block(row), layout);
    }
    if (row->state == ACRE_GUARDED_FREED)
        guard->freed_bytes -= layout.size;
    acre_guard_table_remove(&guard->table, row);
    return true;
}

static void *allocate_inner(struct acre_guard *guard, struct acre_layout layout)
{
    struct acre_alloc *inner = guard->decorator.inner;
    void *block = inner->ops->allocate(inner, layout);

    while (block == NULL && guard->frees_singly && release_oldest(guard))
        block = inner->ops->allocate(inner, layout);
    return block;
}

static void *guard_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct acre_guard *guard = (struct acre_guard *)self;
    struct acre_layout padded = inner_layout(layout);
    struct acre_guarded *row;
    unsigned char *memory;

    if (!acre_layout_is_valid(padded))
        return NULL;
    row = acre_guard_table_reserve(&guard->table);
    if (row == NULL)
        return NULL;
    memory = allocate_inner(guard, padded);
    if (memory == NULL) {
        acre_guard_table_give_up(&guard->table, row);
        return NULL;
    }
    *row = (struct acre_guarded){
        .block = memory + bytes_in_front(layout),
        .layout = layout,
        .born = ++guard->options.family->allocations,
        .born_scope = scope_of(guard),
        .state = ACRE_GUARDED_LIVE,
    };
    acre_guard_table_add(&guard->table, row);
    fill(zone_of(row, ACRE_DEFECT_UNDERRUN));
    fill(zone_of(row, ACRE_DEFECT_OVERRUN));
    memset(row->block, FRESH, layout.size);
    return row->block;
}

/* Calls that are wrong ---------------------------------------------------------------------- */

/* No block begins there, as far as this guard knows. */
static void tell_stranger(const struct acre_guard *guard, const void *block)
{
    struct acre_guard_finding finding = {.address = block, .given_to = owner_of(guard)};

    for (struct acre_guard *g = guard->options.family->first; g != NULL; g = g->next) {
        finding.row = acre_guard_table_find(&g->table, block);
        finding.defect = ACRE_DEFECT_WRONG_ALLOCATOR;
        if (finding.row == NULL) {
            finding.row = acre_guard_table_around(&g->table, block);
            finding.defect = ACRE_DEFECT_INTERIOR_POINTER;
        }
        if (finding.row != NULL) {
            finding.owner = owner_of(g);
            tell(guard, finding);
            return;
        }
    }
    finding.defect = ACRE_DEFECT_FOREIGN_POINTER;
    tell(guard, finding);
}

/* The row of a block that may be freed or resized with this layout; NULL: told why not. */
static struct acre_guarded *claim(const struct acre_guard *guard, const void *block,
                                  struct acre_layout layout)
{
    struct acre_guarded *row = acre_guard_table_find(&guard->table, block);
    struct acre_guard_finding finding = {.row = row, .given = layout};

    if (row == NULL) {
        tell_stranger(guard, block);
        return NULL;
    }
    if (row->state == ACRE_GUARDED_FREED)
        finding.defect = ACRE_DEFECT_DOUBLE_FREE;
    else if (row->state == ACRE_GUARDED_DROPPED)
        finding.defect = ACRE_DEFECT_FREE_AFTER_RESET;
    else if (row->layout.size != layout.size)
        finding.defect = ACRE_DEFECT_SIZE_MISMATCH;
    else if (row->layout.align != layout.align)
        finding.defect = ACRE_DEFECT_ALIGNMENT_MISMATCH;
    else if (row->layout.purpose != layout.purpose)
        finding.defect = ACRE_DEFECT_PURPOSE_MISMATCH;
    else
        return row;
    tell(guard, finding);
    return NULL;
}

/* Deaths ------------------------------------------------------------------------------------ */

static void bury(struct acre_guard *guard, struct acre_guarded *row, enum acre_guarded_state state)
{
    row->state = state;
    row->died = guard->options.family->allocations;
    row->died_scope = scope_of(guard);
    row->epoch = guard->decorator.base.epoch;
    if (guard->newest_dead != NULL)
        guard->newest_dead->next_dead = row;
    else
        guard->oldest_dead = row;
    guard->newest_dead = row;
    if (state == ACRE_GUARDED_FREED)
        guard->freed_bytes += inner_layout(row->layout).size;
}

static void guard_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    struct acre_guard *guard = (struct acre_guard *)self;
    struct acre_guarded *row = claim(guard, block, layout);

    if (row == NULL)
        return;
    tell_damage(guard, row);
    memset(row->block, DEAD, row->layout.size);
    bury(guard, row, ACRE_GUARDED_FREED);
    while (guard->frees_singly && guard->freed_bytes > guard->options.quarantine_bytes)
        release_oldest(guard);
}

/* In front the new end lies in the caller's bytes, behind it they were the old red ones. */
static bool guard_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct acre_guard *guard = (struct acre_guard *)self;
    struct acre_alloc *inner = guard->decorator.inner;
    struct acre_layout wanted = inner_layout((struct acre_layout){size, old.align, old.purpose});
    struct acre_guarded *row = claim(guard, block, old);

    if (row == NULL || !acre_layout_is_valid(wanted))
        return false;
    tell_damage(guard, row);
    if (!inner->ops->resize(inner, inner_block(row), inner_layout(old), wanted.size))
        return false;
    row->layout.size = size;
    if (size > old.size)
        memset(row->block + old.size, FRESH, size - old.size);
    fill(zone_of(row, ACRE_DEFECT_OVERRUN));
    return true;
}

/* Everything goes to the layer below, which keeps it out of reach. */
static void give_back_region(struct acre_guard *guard)
{
    acre_reset(guard->decorator.inner);
    acre_trim(guard->decorator.inner);
    if (guard->options.retiring != NULL)
        acre_retire_age(guard->options.retiring);
    for (struct acre_guarded *row = guard->oldest_dead; row != NULL; row = row->next_dead)
        row->is_out_of_reach = true;
}

static void guard_reset(struct acre_alloc *self)
{
    struct acre_guard *guard = (struct acre_guard *)self;
    uint64_t epoch = self->epoch + 1; /* of which acre_reset makes it */

    for (struct acre_guarded *row = NULL;
         (row = acre_guard_table_next(&guard->table, row)) != NULL;) {
        tell_damage(guard, row);
        if (row->state != ACRE_GUARDED_LIVE)
            continue;
        if (guard->frees_singly)
            memset(row->block, DEAD, row->layout.size);
        bury(guard, row, ACRE_GUARDED_DROPPED);
    }
    if (!guard->frees_singly)
        give_back_region(guard);
    while (guard->oldest_dead != NULL && guard->oldest_dead->epoch + guard->options.resets < epoch)
        release_oldest(guard);
}

/* The rest ---------------------------------------------------------------------------------- */

/* Behind them are red ones. */
static size_t guard_usable_bytes(const struct acre_alloc *self, const void *block,
                                 struct acre_layout layout)
{
    (void)self;
    (void)block;
    return layout.size;
}

static const char *guard_check(const struct acre_alloc *self)
{
    const struct acre_guard *guard = (const struct acre_guard *)self;
    struct acre_guard_finding finding;

    for (struct acre_guarded *row = NULL;
         (row = acre_guard_table_next(&guard->table, row)) != NULL;)
        if (find_damage(row, &finding)) {
            say(guard, finding);
            return guard->sentence->text;
        }
    return acre_check(guard->decorator.inner);
}

uint64_t acre_guard_live_blocks(const struct acre_alloc *self)
{
    const struct acre_guard *guard = (const struct acre_guard *)self;
    uint64_t count = 0;

    for (struct acre_guarded *row = NULL;
         (row = acre_guard_table_next(&guard->table, row)) != NULL;)
        count += row->state == ACRE_GUARDED_LIVE;
    return count;
}

bool acre_guards_explain(const struct acre_guards *family, const void *address, char *sentence,
                         size_t sentence_bytes)
{
    struct acre_guard_sentence whole;

    for (const struct acre_guard *guard = family->first; guard != NULL; guard = guard->next) {
        struct acre_guard_finding finding = {
            .defect = ACRE_DEFECT_USE_AFTER_RESET,
            .owner = owner_of(guard),
            .row = acre_guard_table_around(&guard->table, address),
            .address = address,
            .tells_scope = guard->options.scope != NULL,
        };

        if (finding.row == NULL || !finding.row->is_out_of_reach || sentence_bytes == 0)
            continue;
        acre_guard_say(&whole, &finding);
        if (whole.length > sentence_bytes - 1)
            whole.length = sentence_bytes - 1;
        memcpy(sentence, whole.text, whole.length);
        sentence[whole.length] = '\0';
        return true;
    }
    return false;
}

/* Live blocks stay with the inner one, as they would without a guard. */
static void guard_destroy(struct acre_alloc *self)
{
    struct acre_guard *guard = (struct acre_guard *)self;
    struct acre_guard **link = &guard->options.family->first;

    tell_all_damage(guard);
    while (release_oldest(guard))
        continue;
    while (*link != guard)
        link = &(*link)->next;
    *link = guard->next;
    acre_guard_table_fini(&guard->table);
    acre_destroy(guard->table.memory);
    free(guard->sentence);
    free(guard);
}

static void set_options(struct acre_guard *guard, const struct acre_guard_options *options)
{
    struct acre_guard_options *own = &guard->options;

    if (options != NULL)
        *own = *options;
    if (own->family == NULL)
        own->family = &guard->alone;
    if (own->quarantine_bytes == 0)
        own->quarantine_bytes = QUARANTINE_BYTES;
    if (own->resets == 0)
        own->resets = ACRE_GUARD_RESETS;
    /* Memory that a reset makes usable at once: its old blocks are forgotten. */
    if (!guard->frees_singly && own->retiring == NULL)
        own->resets = 0;
}

struct acre_alloc *acre_guard_new(struct acre_alloc *inner,
                                  const struct acre_guard_options *options)
{
    struct acre_guard *guard = calloc(1, sizeof *guard);

    if (guard == NULL)
        return NULL;
    guard->sentence = malloc(sizeof *guard->sentence);
    guard->table.memory = acre_pages_new();
    if (guard->sentence == NULL || guard->table.memory == NULL) {
        acre_destroy(guard->table.memory);
        free(guard->sentence);
        free(guard);
        return NULL;
    }
    acre_decorator_init(&guard->decorator, inner);
    guard->frees_singly = acre_can(inner, ACRE_CAN_FREE);
    set_options(guard, options);
    guard->next = guard->options.family->first;
    guard->options.family->first = guard;
    guard->decorator.ops.capabilities |= ACRE_CAN_CHECK;
    guard->decorator.ops.allocate = guard_allocate;
    guard->decorator.ops.free = guard_free;
    guard->decorator.ops.destroy = guard_destroy;
    guard->decorator.ops.resize = guard_resize;
    guard->decorator.ops.reset = guard_reset;
    guard->decorator.ops.usable_bytes = guard_usable_bytes;
    guard->decorator.ops.check = guard_check;
    return &guard->decorator.base;
}
