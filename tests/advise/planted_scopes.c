/* Regions of other shapes than one request after the other. */
#include "planted.h"

enum { BATCH_TURNS = 10, STRIDES_PER_TURN = 20 };

/* The new one is made before the old one is dropped. */
static APART struct block *build(unsigned count)
{
    struct block *list = NULL;

    for (unsigned i = 0; i < count; i++) {
        size_t bytes = draw_bytes();

        list = put_block(take(bytes), bytes, list);
    }
    return list;
}

static APART void replace_model(struct block **model)
{
    begin_turn();

    struct block *fresh = build(draw_count());

    give_blocks(*model);
    *model = fresh;
}

uint64_t run_seed_order(const struct run *run)
{
    struct block *model = NULL;
    uint64_t sum = 0;

    for (unsigned turn = 0; turn < run->turns; turn++) {
        replace_model(&model);
        sum = sum * 31 + sum_of_some(model);
    }
    give_blocks(model);
    return sum;
}

/* Two phases, one after the other, that are alike but for the sites. */
static APART uint64_t parse_record(unsigned count)
{
    struct block *fields = NULL;

    for (unsigned i = 0; i < count; i++) {
        size_t bytes = draw_bytes();

        fields = put_block(must(malloc(bytes)), bytes, fields);
    }

    uint64_t sum = sum_of_some(fields);

    free_blocks(fields);
    return sum;
}

static APART uint64_t render_page(unsigned count)
{
    struct block *lines = NULL;

    for (unsigned i = 0; i < count; i++) {
        size_t bytes = draw_bytes();

        lines = put_block(must(malloc(bytes)), bytes, lines);
    }

    size_t title_bytes = draw_bytes();
    struct block *title = put_block(must(malloc(title_bytes)), title_bytes, lines);
    uint64_t sum = sum_of_some(title);

    free_blocks(title);
    return sum;
}

uint64_t run_phases(const struct run *run)
{
    uint64_t sum = 0;

    for (unsigned turn = 0; turn < run->turns; turn++)
        sum = sum * 31 + parse_record(draw_count());
    for (unsigned turn = 0; turn < run->turns; turn++)
        sum = sum * 31 + render_page(draw_count());
    return sum;
}

/* Elements live as long as the document, what it takes to make them as long as making one. */
static APART struct block *read_raw(void)
{
    size_t bytes = draw_bytes();

    return put_block(take(bytes), bytes, NULL);
}

static APART struct block *unescape(const struct block *raw)
{
    size_t bytes = sizeof *raw + raw->bytes;

    return put_block(take(bytes), bytes, NULL);
}

static APART struct block *load_element(struct block *document)
{
    struct block *raw = read_raw();
    struct block *plain = unescape(raw);
    size_t bytes = draw_bytes();
    struct block *element = put_block(take(bytes), bytes, document);

    element->content[0] = (unsigned char)sum_of_all(raw);
    element->content[1] = (unsigned char)sum_of_all(plain);
    give(plain);
    give(raw);
    return element;
}

static APART uint64_t load_document(unsigned count)
{
    struct block *document = NULL;

    begin_turn();
    for (unsigned i = 0; i < count; i++)
        document = load_element(document);

    uint64_t sum = sum_of_some(document);

    give_blocks(document);
    return sum;
}

uint64_t run_nested(const struct run *run)
{
    uint64_t sum = 0;

    for (unsigned turn = 0; turn < run->turns; turn++)
        sum = sum * 31 + load_document(draw_count());
    return sum;
}

/* Before and behind the loop there is only what lives until the end. */
static APART struct block *load_tables(unsigned turns)
{
    struct block *tables = NULL;

    for (unsigned turn = 0; turn < turns; turn++)
        for (unsigned i = draw_count(); i > 0; i--) {
            size_t bytes = draw_bytes();

            tables = put_block(must(malloc(bytes)), bytes, tables);
        }
    return tables;
}

static APART uint64_t simulate_step(unsigned count)
{
    struct block *forces = NULL;

    for (unsigned i = 0; i < count; i++) {
        size_t bytes = draw_bytes();

        forces = put_block(must(malloc(bytes)), bytes, forces);
    }

    uint64_t sum = sum_of_some(forces);

    free_blocks(forces);
    return sum;
}

static APART struct block *write_summary(unsigned turns)
{
    struct block *summary = NULL;

    for (unsigned turn = 0; turn < turns; turn++)
        for (unsigned i = draw_count(); i > 0; i--) {
            size_t bytes = draw_bytes();

            summary = put_block(must(malloc(bytes)), bytes, summary);
        }
    return summary;
}

uint64_t run_middle(const struct run *run)
{
    struct block *tables = load_tables(run->turns);
    uint64_t sum = 0;

    for (unsigned turn = 0; turn < run->turns; turn++)
        sum = sum * 31 + simulate_step(draw_count());

    struct block *summary = write_summary(run->turns);

    sum += sum_of_some(tables) + sum_of_some(summary);
    free_blocks(summary);
    free_blocks(tables);
    return sum;
}

/* A batch collects over ten turns what is then dropped at once; each turn has scratch besides. */
struct batch {
    struct block *items;
    unsigned count;
};

static APART struct block *scratch_of_turn(unsigned count)
{
    struct block *scratch = NULL;

    for (unsigned i = 0; i < count; i++) {
        size_t bytes = draw_bytes();

        scratch = put_block(must(malloc(bytes)), bytes, scratch);
    }
    return scratch;
}

static APART void batch_item(struct batch *batch)
{
    size_t bytes = draw_bytes();

    batch->items = put_block(must(malloc(bytes)), bytes, batch->items);
    batch->count++;
}

static APART void work_on_turn(struct batch *batch, uint64_t *sum)
{
    struct block *scratch = scratch_of_turn(draw_count());

    for (unsigned i = draw_count() / 4; i > 0; i--)
        batch_item(batch);
    *sum = *sum * 31 + sum_of_some(scratch);
    free_blocks(scratch);
}

/* Ends a batch, and begins one. */
static APART struct batch *flush_batch(struct batch *full, uint64_t *sum)
{
    if (full != NULL) {
        *sum += sum_of_all(full->items) + full->count;
        free_blocks(full->items);
        free(full);
    }

    struct batch *batch = must(malloc(sizeof *batch));

    *batch = (struct batch){0};
    return batch;
}

uint64_t run_interleaved(const struct run *run)
{
    uint64_t sum = 0;
    struct batch *batch = flush_batch(NULL, &sum);

    for (unsigned turn = 1; turn <= run->turns; turn++) {
        work_on_turn(batch, &sum);
        if (turn % BATCH_TURNS == 0)
            batch = flush_batch(batch, &sum);
    }
    sum += sum_of_all(batch->items);
    free_blocks(batch->items);
    free(batch);
    return sum;
}

/* Many turns of two blocks. */
static APART uint64_t take_stride(void)
{
    size_t from_bytes = draw_bytes();
    size_t to_bytes = draw_bytes();
    struct block *from = put_block(must(malloc(from_bytes)), from_bytes, NULL);
    struct block *to = put_block(must(malloc(to_bytes)), to_bytes, from);
    uint64_t sum = sum_of_all(to);

    free(to);
    free(from);
    return sum;
}

uint64_t run_strided(const struct run *run)
{
    uint64_t sum = 0;

    for (uint64_t turn = 0; turn < (uint64_t)run->turns * STRIDES_PER_TURN; turn++)
        sum = sum * 31 + take_stride();
    return sum;
}
