/* The books themselves. The table of live blocks (full depth) is open addressing with linear
 * probing, at most half full; an entry with a NULL address is empty, and deletion closes the gap
 * (Knuth, The Art of Computer Programming 3, 6.4, algorithm R) so that no tombstones gather. */
#include "alloc/ledger.h"

#include <stdlib.h>
#include <string.h>

struct acre_ledger_entry {
    const void *address;
    uint64_t scope;      /* of birth */
    uint64_t born_bytes; /* total.requested_bytes just before its birth */
    size_t size, usable_bytes;
    uint32_t purpose, source;
};

unsigned acre_ledger_bucket(uint64_t value)
{
    return value <= 1 ? 0 : 64u - (unsigned)__builtin_clzll(value - 1);
}

void acre_ledger_lifetimes(const struct acre_ledger *ledger,
                           uint64_t histogram[ACRE_LEDGER_BUCKETS])
{
    memset(histogram, 0, ACRE_LEDGER_BUCKETS * sizeof *histogram);
    for (size_t size = 0; size < ACRE_LEDGER_BUCKETS; size++)
        for (size_t lifetime = 0; lifetime < ACRE_LEDGER_BUCKETS; lifetime++)
            histogram[lifetime] += ledger->deaths[size][lifetime];
}

/* The table of live blocks -------------------------------------------------------------------- */

static size_t home_of(const struct acre_ledger *ledger, const void *address)
{
    uint64_t key = (uint64_t)(uintptr_t)address >> 3;

    return (size_t)((key * 0x9E3779B97F4A7C15u) >> 20) & (ledger->entry_capacity - 1);
}

static struct acre_ledger_entry *find_entry(const struct acre_ledger *ledger, const void *address)
{
    size_t i = home_of(ledger, address);

    while (ledger->entries[i].address != NULL && ledger->entries[i].address != address)
        i = (i + 1) & (ledger->entry_capacity - 1);
    return &ledger->entries[i];
}

static struct acre_layout layout_of_entries(size_t capacity)
{
    return (struct acre_layout){capacity * sizeof(struct acre_ledger_entry), 64,
                                ACRE_PURPOSE_OTHER};
}

static bool grow_entries(struct acre_ledger *ledger)
{
    struct acre_ledger_entry *old = ledger->entries;
    size_t old_capacity = ledger->entry_capacity;
    size_t capacity = old_capacity == 0 ? 1024 : 2 * old_capacity;
    struct acre_ledger_entry *entries = acre_allocate(ledger->memory, layout_of_entries(capacity));

    if (entries == NULL)
        return false;
    memset(entries, 0, capacity * sizeof *entries);
    ledger->entries = entries;
    ledger->entry_capacity = capacity;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].address != NULL)
            *find_entry(ledger, old[i].address) = old[i];
    acre_free(ledger->memory, old, layout_of_entries(old_capacity));
    return true;
}

static void remove_entry(struct acre_ledger *ledger, struct acre_ledger_entry *entry)
{
    size_t mask = ledger->entry_capacity - 1;
    size_t hole = (size_t)(entry - ledger->entries);

    for (size_t i = (hole + 1) & mask; ledger->entries[i].address != NULL; i = (i + 1) & mask) {
        size_t home = home_of(ledger, ledger->entries[i].address);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            ledger->entries[hole] = ledger->entries[i];
            hole = i;
        }
    }
    ledger->entries[hole].address = NULL;
    ledger->entry_count--;
}

/* Full ---------------------------------------------------------------------------------------- */

uint64_t acre_ledger_held_bytes(const struct acre_ledger *ledger)
{
    uint64_t held_bytes = 0;

    for (size_t i = 0; i < ACRE_BOOKS_SOURCES; i++) {
        size_t bytes = 0;

        if (ledger->observed[i] != NULL && acre_held_bytes(ledger->observed[i], &bytes))
            held_bytes += bytes;
    }
    return held_bytes;
}

static void sample_held(struct acre_ledger *ledger)
{
    uint64_t held_bytes = acre_ledger_held_bytes(ledger);

    if (held_bytes > ledger->peak_held_bytes)
        ledger->peak_held_bytes = held_bytes;
}

static void note_birth(struct acre_ledger *ledger, const struct acre_event *event)
{
    ledger->size_histogram[acre_ledger_bucket(event->layout.size)]++;
    ledger->usable_bytes += event->usable_bytes;
    if (ledger->usable_bytes > ledger->peak_usable_bytes)
        ledger->peak_usable_bytes = ledger->usable_bytes;
    if (2 * ledger->entry_count >= ledger->entry_capacity && !grow_entries(ledger)) {
        ledger->lost++;
        return;
    }
    *find_entry(ledger, event->address) = (struct acre_ledger_entry){
        .address = event->address,
        .scope = ledger->sink.scope,
        .born_bytes = ledger->books.total.born.bytes - event->layout.size,
        .size = event->layout.size,
        .usable_bytes = event->usable_bytes,
        .purpose = acre_books_purpose(event->layout.purpose),
        .source = acre_books_source(event->source),
    };
    ledger->entry_count++;
}

static void note_death(struct acre_ledger *ledger, const struct acre_ledger_entry *entry)
{
    uint64_t lifetime_bytes = ledger->books.total.born.bytes - entry->born_bytes - entry->size;

    ledger->usable_bytes -= entry->usable_bytes;
    ledger->deaths[acre_ledger_bucket(entry->size)][acre_ledger_bucket(lifetime_bytes)]++;
    if (ledger->sink.scope != entry->scope) {
        acre_live_add(&ledger->outlived[entry->purpose], (struct acre_live){1, entry->size});
    }
}

static void note_reset(struct acre_ledger *ledger, uint32_t source)
{
    size_t i = 0;

    /* Removing moves a later entry into the hole, so the hole is looked at again. */
    while (i < ledger->entry_capacity) {
        struct acre_ledger_entry *entry = &ledger->entries[i];

        if (entry->address != NULL && entry->source == source) {
            note_death(ledger, entry);
            remove_entry(ledger, entry);
        } else {
            i++;
        }
    }
}

/* NULL for a block that was not entered: lost, or older than the ledger. */
static struct acre_ledger_entry *find_live(const struct acre_ledger *ledger, const void *address)
{
    struct acre_ledger_entry *entry =
        ledger->entry_capacity > 0 ? find_entry(ledger, address) : NULL;

    return entry != NULL && entry->address != NULL ? entry : NULL;
}

static void note_free(struct acre_ledger *ledger, const struct acre_event *event)
{
    struct acre_ledger_entry *entry = find_live(ledger, event->address);

    if (entry == NULL)
        return;
    note_death(ledger, entry);
    remove_entry(ledger, entry);
}

static void note_resize(struct acre_ledger *ledger, const struct acre_event *event)
{
    struct acre_ledger_entry *entry = find_live(ledger, event->address);

    if (entry == NULL)
        return;
    ledger->usable_bytes += event->usable_bytes - entry->usable_bytes;
    /* Its lifetime is what others allocated since: bytes it gave up are to count as its own. */
    if (event->layout.size < entry->size)
        entry->born_bytes += entry->size - event->layout.size;
    entry->size = event->layout.size;
    entry->usable_bytes = event->usable_bytes;
}

/* The books were kept before: they are what births and deaths are dated with. */
static void note_event(struct acre_sink *sink, const struct acre_event *event)
{
    struct acre_ledger *ledger = (void *)sink; /* it is one, and aligned as one */
    struct acre_ledger_scope *row =
        ledger->scope_count > 0 ? &ledger->scopes[ledger->scope_count - 1] : NULL;
    uint64_t live_bytes = acre_tally_live(&ledger->books.total).bytes;

    ledger->calls++;
    switch (event->kind) {
    case ACRE_EVENT_ALLOCATE:
        note_birth(ledger, event);
        break;
    case ACRE_EVENT_FREE:
        note_free(ledger, event);
        break;
    case ACRE_EVENT_RESIZE:
        note_resize(ledger, event);
        break;
    case ACRE_EVENT_RESET:
        note_reset(ledger, acre_books_source(event->source));
        break;
    case ACRE_EVENT_REFUSE:
        break;
    }
    if (row != NULL && row->scope == sink->scope) {
        row->allocations += event->kind == ACRE_EVENT_ALLOCATE;
        row->requested_bytes += event->kind == ACRE_EVENT_ALLOCATE ? event->layout.size : 0;
        if (live_bytes > row->peak_bytes)
            row->peak_bytes = live_bytes;
    }
    if (live_bytes >= ledger->sampled_peak_bytes)
        ledger->peak_call = ledger->calls;
    if (live_bytes > ledger->sampled_peak_bytes) {
        ledger->sampled_peak_bytes = live_bytes;
        sample_held(ledger);
    }
    if (ledger->calls == ledger->stop.number)
        ledger->stop.function(ledger->stop.context);
}

void acre_ledger_init(struct acre_ledger *ledger)
{
    *ledger = (struct acre_ledger){.sink = {.books = &ledger->books}};
}

static struct acre_layout layout_of_scopes(size_t scopes)
{
    return (struct acre_layout){scopes * sizeof(struct acre_ledger_scope), 64, ACRE_PURPOSE_OTHER};
}

static const struct acre_layout layout_of_deaths = {
    sizeof(uint64_t[ACRE_LEDGER_BUCKETS][ACRE_LEDGER_BUCKETS]), 64, ACRE_PURPOSE_OTHER};

bool acre_ledger_init_full(struct acre_ledger *ledger, struct acre_alloc *memory, size_t scopes)
{
    *ledger = (struct acre_ledger){
        .sink = {.books = &ledger->books, .on_event = note_event, .wants_usable = true},
        .memory = memory,
    };
    ledger->scopes =
        acre_allocate_array(memory, scopes, sizeof *ledger->scopes, 64, ACRE_PURPOSE_OTHER);
    ledger->scope_capacity = scopes;
    ledger->deaths = acre_allocate(memory, layout_of_deaths);
    if (ledger->scopes == NULL || ledger->deaths == NULL) {
        acre_ledger_fini(ledger);
        return false;
    }
    /* Touched now: no page of its own is added while others are counted. */
    memset(ledger->scopes, 0, scopes * sizeof *ledger->scopes);
    memset(ledger->deaths, 0, layout_of_deaths.size);
    return true;
}

void acre_ledger_fini(struct acre_ledger *ledger)
{
    if (ledger->memory == NULL)
        return;
    acre_free(ledger->memory, ledger->entries, layout_of_entries(ledger->entry_capacity));
    acre_free(ledger->memory, ledger->scopes, layout_of_scopes(ledger->scope_capacity));
    acre_free(ledger->memory, ledger->deaths, layout_of_deaths);
    ledger->deaths = NULL;
    ledger->entries = NULL;
    ledger->entry_capacity = ledger->entry_count = 0;
    ledger->scopes = NULL;
    ledger->scope_capacity = ledger->scope_count = 0;
}

void acre_ledger_stop_at(struct acre_ledger *ledger, uint64_t call, void (*function)(void *context),
                         void *context)
{
    ledger->stop.number = call;
    ledger->stop.function = function;
    ledger->stop.context = context;
}

void acre_ledger_scope_begin(struct acre_ledger *ledger, uint64_t scope)
{
    ledger->sink.scope = scope;
    if (ledger->scope_count >= ledger->scope_capacity)
        return;
    ledger->scopes[ledger->scope_count++] = (struct acre_ledger_scope){
        .scope = scope,
        .peak_bytes = acre_books_total(&ledger->books).live.bytes,
    };
}

void acre_ledger_scope_end(struct acre_ledger *ledger)
{
    struct acre_ledger_scope *row;

    if (ledger->memory != NULL)
        sample_held(ledger);
    if (ledger->scope_count == 0)
        return;
    row = &ledger->scopes[ledger->scope_count - 1];
    if (row->scope != ledger->sink.scope)
        return;
    for (uint32_t p = 0; p < ACRE_PURPOSE_COUNT; p++)
        row->live[p] = acre_books_of(&ledger->books, p).live;
}

bool acre_ledger_knows(const struct acre_ledger *ledger, enum acre_capability capability)
{
    bool any = false;

    for (size_t i = 0; i < ACRE_BOOKS_SOURCES; i++) {
        if (ledger->observed[i] == NULL)
            continue;
        any = true;
        if (!acre_can(ledger->observed[i], capability))
            return false;
    }
    return any;
}

/* The live blocks ----------------------------------------------------------------------------- */

static bool is_for(const struct acre_ledger_entry *entry, unsigned purposes)
{
    return entry->address != NULL && (purposes >> entry->purpose & 1) != 0;
}

static int by_birth(const void *left, const void *right)
{
    const struct acre_live_block *a = left;
    const struct acre_live_block *b = right;

    return (a->born_bytes > b->born_bytes) - (a->born_bytes < b->born_bytes);
}

size_t acre_ledger_live(const struct acre_ledger *ledger, unsigned purposes,
                        struct acre_live_block *blocks, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < ledger->entry_capacity; i++)
        count += is_for(&ledger->entries[i], purposes);
    if (count > room)
        return count;
    count = 0;
    for (size_t i = 0; i < ledger->entry_capacity; i++) {
        const struct acre_ledger_entry *entry = &ledger->entries[i];

        if (is_for(entry, purposes))
            blocks[count++] = (struct acre_live_block){
                .address = entry->address,
                .size_bytes = entry->size,
                .purpose = entry->purpose,
                .source = entry->source,
                .born_bytes = entry->born_bytes,
            };
    }
    if (count > 1)
        qsort(blocks, count, sizeof *blocks, by_birth);
    return count;
}
