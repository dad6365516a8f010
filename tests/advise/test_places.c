/* Numbers, places and steps: against walks that look at everything, and against paths that are
 * written down. */
#include "advise/tree.h"

#include "advise/markers.h"
#include "bench/random.h"

/* Numbers ----------------------------------------------------------------------------------------
 */

static struct acre_key key_at(uint64_t number)
{
    return (struct acre_key){number % 7, number * UINT64_C(0x10001)};
}

MTest(places, a_key_keeps_its_number)
{
    enum { KEYS = 5000 };
    static const struct acre_key extremes[] = {
        {0, 0}, {0, UINT64_MAX}, {UINT64_MAX, 0}, {UINT64_MAX, UINT64_MAX}, {1, 0}};
    enum { EXTREMES = sizeof extremes / sizeof extremes[0] };
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_numbers numbers;

    acre_numbers_init(&numbers, memory);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < EXTREMES; i++)
            cr_assert_eq(acre_number_of(&numbers, extremes[i]), i + 1);
    for (uint32_t i = 1; i <= KEYS; i++) {
        cr_assert_eq(acre_number_of(&numbers, key_at(i)), EXTREMES + i);
        cr_assert_eq(acre_number_of(&numbers, key_at((i + 1) / 2)), EXTREMES + (i + 1) / 2);
    }
    for (uint32_t i = 1; i <= KEYS; i++)
        cr_assert_eq(acre_number_of(&numbers, key_at(i)), EXTREMES + i);
    cr_assert_eq(numbers.count, EXTREMES + KEYS);
    acre_numbers_fini(&numbers);
    cr_assert_eq(acre_number_of(&numbers, key_at(3)), 1, "it begins anew");
    acre_numbers_fini(&numbers);
    acre_destroy(memory);
}

MTest(places, without_memory_a_key_has_no_number)
{
    enum { KEYS = 600 };
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_fault_plan plan = {0};
    struct acre_alloc *faulty = acre_fault_new(memory, &plan);
    struct acre_numbers numbers;
    uint32_t failures = 0;

    acre_numbers_init(&numbers, faulty);
    for (uint32_t i = 1; i <= KEYS; i++) {
        uint32_t number;

        plan = (struct acre_fault_plan){.fail_at = 1, .forever = true};
        number = acre_number_of(&numbers, key_at(i));
        cr_assert(number == 0 || number == i);
        failures += number == 0;
        plan = (struct acre_fault_plan){0};
        cr_assert_eq(acre_number_of(&numbers, key_at(i)), i);
    }
    cr_assert_gt(failures, 4);
    acre_numbers_fini(&numbers);
    acre_destroy(faulty);
    acre_destroy(memory);
}

/* Places -----------------------------------------------------------------------------------------
 */

enum { NODES = 400, MODULES = 3 };

struct drawn_node {
    size_t parent; /* number of it; 0: none */
    uint32_t module;
    uint64_t offset;
    uint64_t path[TREE_MOST_DEPTH]; /* cut back where it comes to a frame again */
    size_t depth;
};

/* Element 0 is none. Few offsets, so that frames come again, and so do whole paths. */
static void draw_nodes(struct drawn_node *nodes, struct acre_random *random)
{
    nodes[0] = (struct drawn_node){0};
    for (size_t i = 1; i <= NODES; i++) {
        struct drawn_node *node = &nodes[i];
        uint64_t frame;
        size_t depth = 0;

        *node = (struct drawn_node){.parent = acre_random_below(random, i)};
        memcpy(node->path, nodes[node->parent].path, sizeof node->path);
        node->module = 1 + (uint32_t)acre_random_below(random, MODULES);
        node->offset = acre_random_below(random, 8);
        frame = (uint64_t)node->module << 32 | node->offset;
        while (depth < nodes[node->parent].depth && node->path[depth] != frame)
            depth++;
        cr_assert_lt(depth, TREE_MOST_DEPTH);
        node->path[depth] = frame;
        node->depth = depth + 1;
    }
}

static bool is_same_path(const struct drawn_node *a, const struct drawn_node *b)
{
    return a->depth == b->depth && memcmp(a->path, b->path, a->depth * sizeof a->path[0]) == 0;
}

static void tell_modules(struct tree *tree, struct acre_places_of *of, bool is_turned_round)
{
    static const char *const paths[MODULES] = {"/bin/one", "/lib/two.so", "/lib/three.so"};

    for (uint32_t i = 0; i < MODULES; i++) {
        uint32_t number = is_turned_round ? MODULES - 1 - i : i;
        struct acre_trace_module module =
            module_of(paths[number], number == 1 ? "" : paths[number]);

        module.load_bias = is_turned_round ? 0x7000 : 0x555000;
        module.first_address = module.load_bias + 0x1000;
        cr_assert(acre_places_add_module(&tree->steps.places, of, &module));
    }
}

/* Whatever comes after its parent may be told next. */
static void tell_shuffled(struct tree *tree, struct acre_places_of *of,
                          const struct drawn_node *nodes, struct acre_random *random,
                          uint32_t *numbers)
{
    size_t left = NODES;

    memset(numbers, 0, (NODES + 1) * sizeof *numbers);
    while (left > 0) {
        size_t i = 1 + acre_random_below(random, NODES);
        const struct drawn_node *node = &nodes[i];

        if (numbers[i] != 0 || (node->parent != 0 && numbers[node->parent] == 0))
            continue;
        add_node(tree, of, numbers[node->parent], MODULES + 1 - node->module, node->offset);
        numbers[i] = of->node_count;
        left--;
    }
}

/* A path is a place, whatever its nodes, its modules and their addresses are in a recording. */
MTest(places, a_path_is_one_place_in_all_recordings)
{
    static struct drawn_node nodes[NODES + 1];
    uint32_t numbers[NODES + 1];

    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct acre_places_of other = {.recording = 1};
        struct acre_random random;
        struct tree tree;
        uint32_t count;

        acre_random_init(&random, seed, 1);
        draw_nodes(nodes, &random);
        begin_tree(&tree);
        tell_modules(&tree, &tree.of, false);
        for (size_t i = 1; i <= NODES; i++)
            add_node(&tree, &tree.of, (uint32_t)nodes[i].parent, nodes[i].module, nodes[i].offset);
        count = tree.steps.places.numbers.count;
        tell_modules(&tree, &other, true);
        tell_shuffled(&tree, &other, nodes, &random, numbers);
        cr_assert_eq(tree.steps.places.numbers.count, count, "the second recording tells none");
        cr_assert_lt(count, NODES);
        for (uint32_t i = 1; i <= NODES; i++) {
            uint32_t place = acre_place_of_node(&tree.of, i);

            cr_assert_eq(acre_place_of_node(&other, numbers[i]), place);
            cr_assert_eq(acre_place_depth(&tree.steps.places, place), nodes[i].depth);
            cr_assert_eq(acre_place_at(&tree.steps.places, place)->recording, 0);
            for (uint32_t j = 1; j < i; j++)
                cr_assert_eq(acre_place_of_node(&tree.of, j) == place,
                             is_same_path(&nodes[i], &nodes[j]));
        }
        cr_assert_eq(acre_place_of_node(&tree.of, 0), 0);
        cr_assert_eq(acre_place_of_node(&tree.of, NODES + 1), 0);
        acre_places_of_fini(&other, tree.memory);
        end_tree(&tree);
    }
}

static uint32_t place_in_module(struct tree *tree, const char *path, const char *build_id)
{
    struct acre_trace_module module = module_of(path, build_id);

    cr_assert(acre_places_add_module(&tree->steps.places, &tree->of, &module));
    return add_node(tree, &tree->of, 0, tree->of.module_count, 0x10);
}

MTest(places, a_module_is_its_build_or_its_path)
{
    struct tree tree;
    uint32_t place, none;

    begin_tree(&tree);
    place = place_in_module(&tree, "/bin/one", "\x01\x02");
    cr_assert_eq(place_in_module(&tree, "/home/one", "\x01\x02"), place);
    cr_assert_neq(place_in_module(&tree, "/bin/one", "\x01\x03"), place);
    cr_assert_neq(place_in_module(&tree, "/bin/one", "\x01"), place);
    none = place_in_module(&tree, "/bin/one", "");
    cr_assert_neq(none, place);
    cr_assert_eq(place_in_module(&tree, "/bin/one", ""), none);
    cr_assert_neq(place_in_module(&tree, "/bin/two", ""), none);
    /* An address of no module is one of none of these. */
    place = add_node(&tree, &tree.of, 0, 0, 0x10);
    cr_assert_eq(place, tree.steps.places.numbers.count);
    cr_assert_eq(add_node(&tree, &tree.of, 0, 99, 0x10), place);
    end_tree(&tree);
}

MTest(places, recursion_is_cut_back)
{
    enum { MAIN = 1, EVEN, ODD, LEAF, LINE };
    struct acre_trace_module module = module_of("/bin/one", "");
    struct tree tree;
    struct acre_places_of *of = &tree.of;
    uint32_t places[LINE + 1], node;

    begin_tree(&tree);
    cr_assert(acre_places_add_module(&tree.steps.places, of, &module));
    places[MAIN] = add_node(&tree, of, 0, 1, MAIN);
    places[EVEN] = add_node(&tree, of, 1, 1, EVEN);
    places[ODD] = add_node(&tree, of, 2, 1, ODD);
    places[LEAF] = add_node(&tree, of, 3, 1, LEAF);
    node = 3;
    /* main > even > odd > even > odd > ... */
    for (unsigned i = 0; i < 20; i++) {
        unsigned next = i % 2 == 0 ? EVEN : ODD;

        cr_assert_eq(add_node(&tree, of, node, 1, next), places[next]);
        node = of->node_count;
    }
    cr_assert_eq(add_node(&tree, of, node, 1, LEAF), places[LEAF]);
    cr_assert_eq(add_node(&tree, of, node, 1, ODD), places[ODD], "itself");
    cr_assert_eq(add_node(&tree, of, of->node_count, 1, LEAF), places[LEAF]);
    cr_assert_eq(add_node(&tree, of, node, 1, MAIN), places[MAIN], "from the outermost on");
    /* Of another line of the same function a frame of its own. */
    places[LINE] = add_node(&tree, of, node, 1, LINE);
    cr_assert_eq(acre_place_depth(&tree.steps.places, places[LINE]), 4);
    cr_assert_eq(tree.steps.places.numbers.count, 5);
    cr_assert_eq(acre_place_at(&tree.steps.places, places[ODD])->children, 2);
    end_tree(&tree);
}

static uint32_t common_by_walk(const struct acre_places *places, uint32_t a, uint32_t b)
{
    for (; a != 0; a = acre_place_at(places, a)->parent)
        if (is_on_path(places, b, a))
            return a;
    return 0;
}

/* A tree of places with as many children as there are, and sometimes several outermost ones. */
static void draw_tree(struct tree *tree, struct acre_random *random, uint32_t count)
{
    begin_tree(tree);
    for (uint32_t i = 1; i <= count; i++) {
        uint32_t least = acre_random_below(random, 3) == 0 || i < 8 ? 0 : i - 8;

        add_node(tree, &tree->of, least + (uint32_t)acre_random_below(random, i - least), 0, i);
    }
    cr_assert_eq(tree->steps.places.numbers.count, count);
}

MTest(places, paths_meet_where_a_walk_says)
{
    enum { PLACES = 120 };

    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct acre_random random;
        struct tree tree;
        struct acre_places *places = &tree.steps.places;

        acre_random_init(&random, seed, 2);
        draw_tree(&tree, &random, PLACES);
        for (uint32_t a = 0; a <= PLACES; a++)
            for (uint32_t b = 0; b <= PLACES; b++) {
                cr_assert_eq(acre_place_common(places, a, b), common_by_walk(places, a, b));
                cr_assert_eq(acre_place_passes(places, a, b), b != 0 && is_on_path(places, a, b));
            }
        end_tree(&tree);
    }
}

/* Steps ------------------------------------------------------------------------------------------
 */

/* Each place is a marker: what fires are the places that are entered. */
MTest(places, a_step_enters_what_it_was_not_in)
{
    enum { PLACES = 60 };
    struct acre_random random;
    struct tree tree;
    struct acre_places *places = &tree.steps.places;
    static struct acre_markers markers;

    acre_random_init(&random, 3, 3);
    draw_tree(&tree, &random, PLACES);
    acre_markers_init(&markers, tree.memory);
    for (uint32_t place = 1; place <= PLACES; place++)
        markers.markers[markers.count++] =
            (struct acre_marker){.kind = ACRE_MARKER_ENTRY, .place = place};
    cr_assert(acre_markers_index(&markers, &tree.steps));
    for (uint32_t from = 0; from <= PLACES; from++)
        for (uint32_t to = 1; to <= PLACES; to++) {
            uint32_t step = acre_number_of(&tree.steps.numbers, (struct acre_key){from, to});
            bool is_entered[PLACES + 1] = {false};
            uint32_t count;
            const uint16_t *fired = acre_markers_fired(&markers, &tree.steps, step, &count);

            cr_assert_eq(acre_step_from(&tree.steps, step), from);
            cr_assert_eq(acre_step_to(&tree.steps, step), to);
            cr_assert_not_null(fired);
            for (uint32_t i = 0; i < count; i++) {
                cr_assert_not(is_entered[markers.markers[fired[i]].place], "told twice");
                is_entered[markers.markers[fired[i]].place] = true;
            }
            for (uint32_t place = 1; place <= PLACES; place++)
                cr_assert_eq(is_entered[place],
                             is_on_path(places, to, place) && !is_on_path(places, from, place));
        }
    acre_markers_fini(&markers);
    end_tree(&tree);
}

static struct acre_trace_event call_of(enum acre_trace_kind kind, uint32_t thread, uint32_t stack)
{
    return (struct acre_trace_event){.kind = kind, .thread = thread, .stack = stack};
}

/* main, main > a, main > b, and what two threads call there; scopes are places 4 and 5. */
static const struct {
    struct acre_trace_event event;
    uint32_t thread, from, to; /* to 0: no step */
} walked[] = {
    {{.kind = ACRE_TRACE_MODULE, .module = {.path = "/bin/one", .path_bytes = 8}}, 0, 0, 0},
    {{.kind = ACRE_TRACE_FRAME, .frame = {0, 1, 0x10}}, 0, 0, 0},
    {{.kind = ACRE_TRACE_FRAME, .frame = {1, 1, 0x20}}, 0, 0, 0},
    {{.kind = ACRE_TRACE_ALLOCATE, .thread = 7, .stack = 2}, 1, 0, 2},
    {{.kind = ACRE_TRACE_FRAME, .frame = {1, 1, 0x30}}, 0, 0, 0},
    {{.kind = ACRE_TRACE_ALLOCATE, .thread = 5, .stack = 3}, 2, 0, 3},
    {{.kind = ACRE_TRACE_FREE, .thread = 7, .stack = 1}, 1, 2, 1},
    {{.kind = ACRE_TRACE_MOVE, .thread = 7, .stack = 0}, 1, 0, 0},
    {{.kind = ACRE_TRACE_MOVE, .thread = 7, .stack = 99}, 1, 0, 0},
    {{.kind = ACRE_TRACE_RESIZE, .thread = 5, .stack = 3}, 2, 3, 3},
    {{.kind = ACRE_TRACE_INHERIT, .thread = 5, .stack = 1}, 0, 0, 0},
    {{.kind = ACRE_TRACE_REFUSE, .thread = 5, .stack = 1}, 0, 0, 0},
    {{.kind = ACRE_TRACE_RESET, .thread = 5}, 0, 0, 0},
    {{.kind = ACRE_TRACE_OTHER, .thread = 5}, 0, 0, 0},
    {{.kind = ACRE_TRACE_OTHER,
      .type = ACRE_TRACE_TYPE_SCOPE,
      .source = 2,
      .text = "request, and what is cut off",
      .text_bytes = 7},
     0,
     0,
     0},
    {{.kind = ACRE_TRACE_SCOPE_BEGIN, .thread = 7, .scope_name = 2}, 1, 0, 4},
    {{.kind = ACRE_TRACE_SCOPE_BEGIN, .thread = 7, .scope_name = 2}, 1, 0, 4},
    {{.kind = ACRE_TRACE_SCOPE_END, .thread = 7, .scope_name = 2}, 0, 0, 0},
    {{.kind = ACRE_TRACE_SCOPE_BEGIN, .thread = 5}, 2, 0, 5},
    {{.kind = ACRE_TRACE_SCOPE_BEGIN, .thread = 5, .scope_name = 9}, 2, 0, 0},
    {{.kind = ACRE_TRACE_FREE, .thread = 7, .stack = 3}, 1, 1, 3},
    {{.kind = ACRE_TRACE_FREE, .thread = 5, .stack = 2}, 2, 3, 2},
};
enum { WALKED = sizeof walked / sizeof walked[0] };

static void walk(struct tree *tree, struct acre_step_at *ats)
{
    struct acre_walker walker;

    acre_walker_init(&walker, &tree->steps, &tree->of);
    for (size_t i = 0; i < WALKED; i++)
        cr_assert(acre_walker_step(&walker, &walked[i].event, &ats[i]));
    acre_walker_fini(&walker);
}

/* Threads have a last place each, which calls without a stack leave as it is. */
MTest(places, each_thread_walks_by_itself)
{
    struct acre_step_at first[WALKED], second[WALKED];
    struct tree tree;
    uint32_t places, steps;

    begin_tree(&tree);
    walk(&tree, first);
    for (size_t i = 0; i < WALKED; i++) {
        cr_assert_eq(first[i].thread, walked[i].thread, "%zu", i);
        cr_assert_eq(first[i].place, walked[i].to, "%zu", i);
        cr_assert_eq(first[i].step != 0, walked[i].to != 0, "%zu", i);
        if (first[i].step == 0)
            continue;
        cr_assert_eq(acre_step_from(&tree.steps, first[i].step), walked[i].from, "%zu", i);
        cr_assert_eq(acre_step_to(&tree.steps, first[i].step), walked[i].to, "%zu", i);
    }
    places = tree.steps.places.numbers.count;
    steps = tree.steps.numbers.count;
    cr_assert_eq(places, 5);
    cr_assert_str_eq(acre_place_scope(&tree.steps.places, 4), "request");
    cr_assert_str_eq(acre_place_scope(&tree.steps.places, 5), "iteration");
    walk(&tree, second);
    for (size_t i = 0; i < WALKED; i++)
        cr_assert(first[i].thread == second[i].thread && first[i].place == second[i].place &&
                  first[i].step == second[i].step);
    cr_assert_eq(tree.steps.places.numbers.count, places);
    cr_assert_eq(tree.steps.numbers.count, steps);
    cr_assert_eq(tree.of.node_count, 3);
    cr_assert_eq(tree.of.module_count, 1);
    end_tree(&tree);
}

/* By its name, whatever its number is in a recording; and each begin enters it. */
MTest(places, a_scope_is_a_place_of_its_own)
{
    static const char other[] = "a scope of a name that is much longer than there is room for it";
    struct tree tree;
    struct acre_places *places = &tree.steps.places;
    uint32_t request, long_one;

    begin_tree(&tree);
    add_node(&tree, &tree.of, 0, 0, 1);
    request = acre_places_of_scope(places, "request", 7);
    cr_assert_eq(request, 2);
    cr_assert_eq(acre_places_of_scope(places, "request+", 7), request);
    cr_assert_neq(acre_places_of_scope(places, "request+", 8), request);
    long_one = acre_places_of_scope(places, other, sizeof other - 1);
    cr_assert_eq(strlen(acre_place_scope(places, long_one)), ACRE_SCOPE_NAME_BYTES - 1);
    for (unsigned i = 0; i < 100; i++) {
        char name[16];
        int bytes = snprintf(name, sizeof name, "%u", i);

        cr_assert_eq(acre_places_of_scope(places, name, (size_t)bytes), long_one + 1 + i);
    }
    cr_assert_str_eq(acre_place_scope(places, request), "request");
    cr_assert_eq(acre_place_depth(places, request), 1);
    cr_assert_null(acre_place_scope(places, 1));
    cr_assert_null(acre_place_scope(places, 0));
    end_tree(&tree);
}

/* More threads than a first table has room for, in any order. */
MTest(places, threads_are_numbered_as_they_come)
{
    enum { THREADS = 100 };
    struct acre_walker walker;
    struct acre_step_at at;
    struct tree tree;

    begin_tree(&tree);
    add_node(&tree, &tree.of, 0, 0, 1);
    add_node(&tree, &tree.of, 0, 0, 2);
    acre_walker_init(&walker, &tree.steps, &tree.of);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < THREADS; i++) {
            struct acre_trace_event event = call_of(ACRE_TRACE_FREE, 1000 - i * 3, 1 + i % 2);

            cr_assert(acre_walker_step(&walker, &event, &at));
            cr_assert_eq(at.thread, i + 1);
            cr_assert_eq(acre_step_from(&tree.steps, at.step), round == 0 ? 0 : 1 + i % 2);
        }
    acre_walker_fini(&walker);
    end_tree(&tree);
}
