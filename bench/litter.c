#include "bench/litter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alloc/backends.h"
#include "bench/random.h"

/* The seed's stream for litter; streams of data are iteration numbers. */
static const uint64_t litter_stream = UINT64_MAX - 1;

enum {
    LITTER_MOST_BLOCKS = 1 << 20,
    LITTER_ALIGN = 16,
    LITTER_TIMES_PEAK = 10,
    LITTER_LEAST_MIB = 1,
    LITTER_MOST_MIB = 256,
    LITTER_PAGE_BYTES = 4096,
};

const struct acre_parameter acre_age_parameter = {
    .name = "age",
    .argument = "N[,N...]",
    .help = "besides the clean heap, heaps that were littered in N cycles\n"
            "(default 0: clean only)",
    .defaults = "0",
    .is_list = true,
    .is_aside = true,
    .least = 0,
    .most = 1000,
    .before = "age ",
    .after = "",
};

const struct acre_parameter acre_occupancy_parameter = {
    .name = "age-occupancy",
    .argument = "PCT",
    .help = "blocks of the littered heap that stay (default 50)",
    .defaults = "50",
    .is_aside = true,
    .least = 0,
    .most = 100,
    .before = "occupancy ",
    .after = " %",
};

/* The load ---------------------------------------------------------------------------------- */

uint64_t acre_litter_full_bytes(const struct acre_litter_load *load)
{
    const uint64_t least = UINT64_C(1024) * 1024 * LITTER_LEAST_MIB;
    const uint64_t most = UINT64_C(1024) * 1024 * LITTER_MOST_MIB;
    uint64_t bytes = load->peak_bytes < most ? load->peak_bytes * LITTER_TIMES_PEAK : most;

    return bytes < least ? least : bytes > most ? most : bytes;
}

struct acre_litter_load_text acre_litter_load_text(const struct acre_litter_load *load)
{
    struct acre_litter_load_text text;
    size_t used = (size_t)snprintf(text.text, sizeof text.text, "%" PRIu64, load->peak_bytes);
    size_t buckets = ACRE_LEDGER_BUCKETS;

    while (buckets > 0 && load->sizes[buckets - 1] == 0)
        buckets--;
    for (size_t i = 0; i < buckets; i++)
        used += (size_t)snprintf(text.text + used, sizeof text.text - used, ",%" PRIu64,
                                 load->sizes[i]);
    return text;
}

bool acre_litter_load_read(const struct acre_refusal *refusal, const char *text,
                           struct acre_litter_load *load)
{
    char word[32];
    size_t count = 0;

    *load = (struct acre_litter_load){0};
    for (; acre_next_word(&text, word, sizeof word); count++) {
        if (count > ACRE_LEDGER_BUCKETS)
            return acre_refuse(refusal, "--age-load: more than %d buckets", ACRE_LEDGER_BUCKETS);
        if (!acre_read_number(refusal, "--age-load", word, 0, INT64_MAX,
                              count == 0 ? &load->peak_bytes : &load->sizes[count - 1]))
            return false;
    }
    return true;
}

/* Sizes ------------------------------------------------------------------------------------- */

/* The histogram as sums, so small that a random number of 31 bits chooses among them. */
struct draw {
    struct acre_random random;
    uint64_t up_to[ACRE_LEDGER_BUCKETS];
    uint64_t total;
};

static void begin_draw(struct draw *draw, const struct acre_litter_plan *plan)
{
    uint64_t greatest = 0;
    unsigned shift = 0;

    *draw = (struct draw){0};
    acre_random_init(&draw->random, plan->seed, litter_stream);
    for (size_t i = 0; i < ACRE_LEDGER_BUCKETS; i++)
        greatest = plan->load.sizes[i] > greatest ? plan->load.sizes[i] : greatest;
    while (greatest >> shift > UINT32_MAX / 2 / ACRE_LEDGER_BUCKETS)
        shift++;
    for (size_t i = 0; i < ACRE_LEDGER_BUCKETS; i++) {
        draw->total += plan->load.sizes[i] >> shift;
        draw->up_to[i] = draw->total;
    }
}

/* Any size of a bucket is as likely as another: 2^(i-1) < size <= 2^i. */
static uint64_t draw_size(struct draw *draw, uint64_t most_bytes)
{
    uint64_t at = acre_random_below(&draw->random, draw->total);
    uint64_t half;
    uint64_t size;
    unsigned bucket = 0;

    while (draw->up_to[bucket] <= at)
        bucket++;
    if (bucket == 0)
        return 1;
    half = UINT64_C(1) << (bucket - 1);
    size = half + 1 + acre_random_next(&draw->random) % half;
    return size < most_bytes ? size : most_bytes;
}

/* The heap ---------------------------------------------------------------------------------- */

static struct acre_layout layout_of(const struct acre_litter_block *block)
{
    return (struct acre_layout){block->size, LITTER_ALIGN, ACRE_PURPOSE_OTHER};
}

static void count_block(struct acre_litter *litter, const struct acre_litter_block *block,
                        uint64_t sign)
{
    size_t usable = acre_usable_bytes(litter->alloc, block->bytes, layout_of(block));

    litter->requested_bytes += sign * block->size;
    litter->usable_bytes += sign * usable;
}

static bool add_block(struct acre_litter *litter, size_t size)
{
    struct acre_litter_block *block = &litter->blocks[litter->count];

    *block = (struct acre_litter_block){.size = size};
    block->bytes = acre_allocate(litter->alloc, layout_of(block));
    if (block->bytes == NULL)
        return false;
    for (size_t i = 0; i < size; i += LITTER_PAGE_BYTES)
        block->bytes[i] = 1;
    block->bytes[size - 1] = 1;
    count_block(litter, block, 1);
    litter->count++;
    return true;
}

static void free_down_to(struct acre_litter *litter, size_t kept)
{
    while (litter->count > kept) {
        struct acre_litter_block *block = &litter->blocks[--litter->count];

        count_block(litter, block, UINT64_MAX);
        acre_free(litter->alloc, block->bytes, layout_of(block));
    }
}

static void shuffle(struct acre_litter *litter, struct acre_random *random)
{
    for (size_t i = litter->count; i-- > 1;) {
        size_t j = acre_random_below(random, i + 1);
        struct acre_litter_block swapped = litter->blocks[i];

        litter->blocks[i] = litter->blocks[j];
        litter->blocks[j] = swapped;
    }
}

static bool fill(struct acre_litter *litter, const struct acre_litter_plan *plan, struct draw *draw)
{
    uint64_t full_bytes = acre_litter_full_bytes(&plan->load);

    while (litter->requested_bytes < full_bytes && litter->count < LITTER_MOST_BLOCKS)
        if (!add_block(litter, draw_size(draw, full_bytes)))
            return false;
    return true;
}

static bool open_table(struct acre_litter *litter)
{
    litter->pages = acre_pages_new();
    if (litter->pages != NULL)
        litter->blocks = acre_allocate_array(litter->pages, LITTER_MOST_BLOCKS,
                                             sizeof *litter->blocks, 64, ACRE_PURPOSE_OTHER);
    return litter->blocks != NULL;
}

static void note_table(struct acre_litter *litter)
{
    uint64_t bytes = acre_align_up(litter->count * sizeof *litter->blocks, LITTER_PAGE_BYTES);

    if (bytes > litter->table_bytes)
        litter->table_bytes = bytes;
}

bool acre_litter_spread(struct acre_litter *litter, const struct acre_litter_plan *plan,
                        struct acre_alloc *alloc)
{
    struct draw draw;

    *litter = (struct acre_litter){0};
    begin_draw(&draw, plan);
    if (plan->cycles == 0 || draw.total == 0)
        return true;
    litter->alloc = alloc;
    if (!open_table(litter)) {
        acre_litter_end(litter);
        return false;
    }
    for (uint64_t cycle = 0; cycle < plan->cycles; cycle++) {
        if (!fill(litter, plan, &draw)) {
            acre_litter_end(litter);
            return false;
        }
        note_table(litter);
        shuffle(litter, &draw.random);
        free_down_to(litter, litter->count * plan->occupancy_percent / 100);
    }
    return true;
}

void acre_litter_end(struct acre_litter *litter)
{
    if (litter->blocks != NULL) {
        free_down_to(litter, 0);
        acre_free(litter->pages, litter->blocks,
                  (struct acre_layout){LITTER_MOST_BLOCKS * sizeof *litter->blocks, 64,
                                       ACRE_PURPOSE_OTHER});
    }
    acre_destroy(litter->pages);
    *litter = (struct acre_litter){0};
}
