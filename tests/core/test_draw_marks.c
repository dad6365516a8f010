/* Pictures of the object graph: what is marked as garbage, at which moments one can be drawn, and
 * that nothing is touched by it. */
#include "support/mtest.h"

#include "alloc/ledger.h"
#include "core/collect.h"
#include "core/function.h"
#include "core/picture.h"

/* Garbage ------------------------------------------------------------------------------------- */

/* A ring of three over `next`, with a tail that hangs on it; nobody holds it but the caller's
 * `nodes[0]`. */
static void make_ring(struct node **nodes)
{
    for (int i = 0; i < 4; i++)
        nodes[i] = world_new(&world, world.plain_type, (char)('a' + i));
    for (int i = 0; i < 3; i++)
        world_link(&world, nodes[i], &nodes[i]->next, nodes[(i + 1) % 3]);
    world_link(&world, nodes[1], &nodes[1]->other, nodes[3]);
    for (int i = 1; i < 4; i++)
        acre_unref(world.engine, &(struct node *){nodes[i]});
}

static void free_ring(struct node **nodes)
{
    world_link(&world, nodes[2], &nodes[2]->next, NULL); /* nodes[0] may die */
}

MTest(draw, garbage)
{
    struct node *nodes[5];

    open_in(WORLD_PINNED);
    make_ring(nodes);
    draw_nodes(nodes, 4);
    lacks("garbage");

    acre_unref(world.engine, &(struct node *){nodes[0]});
    draw_nodes(nodes, 4);
    cr_assert_eq(count(", garbage</font>"), 4, "the tail as well");
    cr_assert_eq(count("peripheries=2"), 4);
    cr_assert(line_has("  n0 [", "<b>a</b><br/><font point-size=\"10\">Plain, count 1, garbage"));
    has("double, orange: garbage, held by garbage only (4 objects)");
    lacks("outside");

    /* of a part of it nobody can say so */
    draw_nodes(nodes, 2);
    lacks("garbage");
    has("  o0 -> n0\n");

    /* a live object holds it */
    nodes[4] = world_new(&world, world.plain_type, 'l');
    world_link(&world, nodes[4], &nodes[4]->other, nodes[1]);
    draw_nodes(nodes, 5);
    lacks("garbage");
    cr_assert_eq(count("outside</i>"), 1);
    world_link(&world, nodes[4], &nodes[4]->other, NULL);

    /* it holds a live object */
    world_link(&world, nodes[0], &nodes[0]->other, nodes[4]);
    draw_nodes(nodes, 5);
    cr_assert_eq(count(", garbage</font>"), 4);
    cr_assert(!line_has("  n4 [", "garbage"));
    acre_unref(world.engine, &nodes[4]);
    free_ring(nodes);
    close_world();
}

/* A sticky count keeps what it holds; so does a bulk region, whatever the counts. */
MTest(draw, held_for_other_reasons)
{
    struct node *nodes[4];

    open_in(WORLD_PINNED);
    make_ring(nodes);
    nodes[0]->object.strong = UINT32_MAX;
    draw_nodes(nodes, 4);
    lacks("garbage");
    lacks("outside");
    cr_assert(line_has("  n0 [", "count sticks<"));
    nodes[0]->object.strong = 1;
    free_ring(nodes);
    close_world();

    open_in(WORLD_BULK);
    make_ring(nodes);
    acre_unref(world.engine, &nodes[0]);
    nodes[0] = nodes[2]->next;
    draw_nodes(nodes, 4);
    lacks("garbage");
    has("  subgraph cluster_1 {\n");
    has("label=<<b>first</b>, bulk: 4 objects>]");
    close_world();
}

static uint32_t random_below(uint32_t limit)
{
    static uint64_t state = 17;

    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % limit;
}

/* Nodes with two random references each, of which some stay held by C: as many are returned in
 * `held` and NULL for the rest. What is alive is listed; returns how many are. */
enum { NODES = 12 };

static size_t random_graph(struct node **held, struct node **alive)
{
    struct node *nodes[NODES];
    struct acre_weak weak[NODES];
    size_t count = 0;

    for (int i = 0; i < NODES; i++) {
        nodes[i] = held[i] = world_plain(&world);
        cr_assert_eq(acre_weak_of(world.engine, &nodes[i]->object, &weak[i]), ACRE_OK);
    }
    for (int i = 0; i < 2 * NODES; i++) {
        struct node *from = nodes[random_below(NODES)];

        world_link(&world, from, random_below(2) != 0 ? &from->next : &from->other,
                   nodes[random_below(NODES)]);
    }
    for (int i = 0; i < NODES; i++)
        if (random_below(8) != 0)
            acre_unref(world.engine, &held[i]);
    for (int i = 0; i < NODES; i++)
        if (acre_weak_is_alive(world.engine, weak[i]))
            alive[count++] = nodes[i];
    return count;
}

/* On random graphs what is marked is what a collection then frees. */
MTest(draw, agrees_with_the_collector)
{
    static const struct acre_engine_options manual = {.collector = ACRE_COLLECTOR_MANUAL};
    struct node *held[NODES];
    struct node *alive[NODES];
    uint64_t garbage = 0;
    uint64_t living = 0;

    cr_assert(world_open_with(&world, WORLD_PINNED, &manual));
    for (uint64_t graph = 0; graph < world_repetitions(500, 20); graph++) {
        size_t alive_count = random_graph(held, alive);
        struct acre_collection found;

        draw_nodes(alive, alive_count);
        cr_assert_eq(acre_collect(world.engine, &found), ACRE_OK);
        cr_assert_eq(count(", garbage</font>"), found.freed, "graph %llu:\n%s",
                     (unsigned long long)graph, text);
        garbage += found.freed;
        living += alive_count - found.freed;
        for (int i = 0; i < NODES; i++)
            acre_unref(world.engine, &held[i]);
        cr_assert_eq(acre_collect(world.engine, NULL), ACRE_OK);
    }
    cr_assert(garbage > 20 && living > 20, "%llu, %llu", (unsigned long long)garbage,
              (unsigned long long)living);
    close_world();
}

/* At any moment ------------------------------------------------------------------------------- */

static struct node *watched[2];

static void draw_at_death(struct acre_engine *engine, struct node *node)
{
    (void)engine;
    (void)node;
    draw_nodes(watched, 2);
}

MTest(draw, in_a_destructor)
{
    open_in(WORLD_PINNED);
    watched[0] = world_node(&world, 'a');
    watched[1] = world_node(&world, 'b');
    world_link(&world, watched[0], &watched[0]->next, watched[1]);
    acre_unref(world.engine, &(struct node *){watched[1]});
    watched[0]->at_death = draw_at_death;
    acre_unref(world.engine, &(struct node *){watched[0]});
    cr_assert(line_has("  n0 [style=\"dashed,rounded\"", "Node, count 0, dying<"));
    cr_assert(line_has("  n1 [", "Node, count 1<"));
    has("  n0 -> n1 [label=<next>]");
    lacks("garbage");
    lacks("outside");
    cr_assert_str_eq(world_deaths, "ab");
    close_world();
}

/* A census of the ledger's, while the Function is half made: its outputs are not linked yet. */
static struct acre_ledger full;

static enum acre_status drawing_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                        struct acre_array **ys)
{
    struct acre_live_block blocks[8];
    struct acre_object *objects[8];
    size_t object_count = acre_ledger_live(
        &full, 1u << ACRE_PURPOSE_VARIABLE | 1u << ACRE_PURPOSE_FUNCTION, blocks, 8);

    cr_assert_eq(object_count, 3);
    for (size_t i = 0; i < object_count; i++)
        objects[i] = (struct acre_object *)blocks[i].address;
    draw(&(struct acre_drawing){.objects = objects, .object_count = object_count, .follows = true});
    return acre_output_like(engine, xs[0], &ys[0]);
}

/* The memory that a Function is made in held something else before. */
static void soil(struct acre_alloc *alloc)
{
    const struct acre_layout layout = {acre_function_bytes(1, 1), 16, ACRE_PURPOSE_FUNCTION};
    void *block = acre_allocate(alloc, layout);

    memset(block, 0x55, layout.size);
    acre_free(alloc, block, layout);
}

MTest(draw, in_a_forward)
{
    static const struct acre_operator drawing_operator = {"Drawing", 1, 1, drawing_forward, NULL};

    for (int strong = 0; strong < 2; strong++) {
        const struct acre_engine_options options = {
            .back_references = strong != 0 ? ACRE_BACK_STRONG : ACRE_BACK_WEAK};
        struct acre_alloc *pages = acre_pages_new();
        struct acre_alloc *pool = acre_pool_new(pages, NULL);
        struct acre_alloc *books;
        struct acre_variable *x = NULL;
        struct acre_temp y;
        uint32_t number;

        cr_assert(acre_ledger_init_full(&full, pages, 1));
        books = acre_record_new(pool, &full.sink, 0);
        cr_assert_eq(acre_engine_new(&world.engine, books, &options), ACRE_OK);
        e = world.engine;
        assign_number(&x, 3.0);
        cr_assert_eq(acre_operator_register(e, &drawing_operator, &number), ACRE_OK);
        soil(books);
        acre_apply(e, number, &(struct acre_argument){x, ACRE_OK, false}, &y);
        cr_assert_eq(y.status, ACRE_OK, "%s", acre_error(e));
        /* x, the Function and its output, oldest first, then the array that x holds */
        cr_assert(line_has("  n1 [", "<b>Drawing</b>"));
        has("  n1 -> n0 [label=<inputs>]");
        has("  n0 -> n3 [weight=1, label=<data>]");
        if (strong != 0)
            lacks("outputs");
        else
            has("  n1 -> n2 [style=dashed, color=\"#606060\", constraint=false, label=<outputs>]");
        lacks("garbage");
        acre_unref(e, &x);
        acre_unref(e, &y.variable);
        forget_picture();
        acre_engine_destroy(e);
        acre_destroy(books);
        acre_destroy(pool);
        acre_ledger_fini(&full);
        acre_destroy(pages);
    }
}

/* Nothing is touched: neither the headers, with places among the candidates in them, nor the books.
 */
MTest(draw, leaves_everything_as_it_was)
{
    static const struct acre_engine_options manual = {.collector = ACRE_COLLECTOR_MANUAL};
    struct acre_object before[4];
    struct node *nodes[4];
    struct acre_weak weak;
    char *first;

    cr_assert(world_open_with(&world, WORLD_PINNED, &manual));
    make_ring(nodes);
    cr_assert_eq(acre_weak_of(world.engine, &nodes[1]->object, &weak), ACRE_OK);
    acre_unref(world.engine, &(struct node *){nodes[0]});
    for (int i = 0; i < 4; i++)
        before[i] = nodes[i]->object;
    uint64_t bytes = world_bytes_of(&world, 0);
    draw_nodes(nodes, 4);
    for (int i = 0; i < 4; i++)
        cr_assert_arr_eq(&before[i], &nodes[i]->object, sizeof before[i]);
    cr_assert_eq(world_bytes_of(&world, 0), bytes);

    first = text;
    text = NULL;
    draw_nodes(nodes, 4);
    cr_assert_str_eq(first, text);
    free(first);
    cr_assert_eq(acre_collect(world.engine, NULL), ACRE_OK);
    close_world();
}

/* Each allocation fails in turn, once and from then on: a status, no text, nothing kept. */
MTest(draw, without_memory)
{
    struct acre_object *root;
    struct node *first = NULL;
    uint64_t failures = 0;

    open_in(WORLD_PINNED);
    for (int i = 0; i < 200; i++) {
        struct node *node = world_plain(&world);

        world_link(&world, node, &node->next, first);
        acre_unref(world.engine, &first);
        first = node;
    }
    root = &first->object;
    for (int forever = 0; forever < 2; forever++)
        for (uint64_t k = 1;; k++) {
            uint64_t bytes = world_bytes_of(&world, 0);
            enum acre_status status;

            world.plan.fail_at = world.plan.calls + k;
            world.plan.forever = forever != 0;
            status = try_draw(
                &(struct acre_drawing){.objects = &root, .object_count = 1, .follows = true});
            world.plan.fail_at = 0;
            cr_assert_eq(world_bytes_of(&world, 0), bytes);
            if (status == ACRE_OK)
                break;
            cr_assert_eq(status, ACRE_NO_MEMORY);
            cr_assert(error_says("census"));
            cr_assert_eq(text_bytes, 0);
            failures++;
        }
    cr_assert_gt(failures, 10);
    acre_unref(world.engine, &first);
    close_world();
}
