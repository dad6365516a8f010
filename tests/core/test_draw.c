/* Pictures of the object graph: what is drawn of it, and how. */
#include "support/mtest.h"

#include "core/picture.h"

/* What is drawn ------------------------------------------------------------------------------- */

MTest(draw, the_whole_text)
{
    struct node *nodes[2];
    const struct acre_drawn_variable variables[] = {{.name = "first"}};
    const char *body;

    open_in(WORLD_PINNED);
    nodes[0] = world_plain(&world);
    nodes[1] = world_plain(&world);
    world_link(&world, nodes[0], &nodes[0]->next, nodes[1]);
    world_link(&world, nodes[1], &nodes[1]->other, nodes[1]);
    acre_unref(world.engine, &(struct node *){nodes[1]});
    draw(&(struct acre_drawing){
        .objects = (struct acre_object *const *)nodes,
        .object_count = 2,
        .variables = variables,
        .variable_count = 1,
        .title = "two",
    });
    body = strstr(text, "  rankdir");
    cr_assert_str_eq(
        body, "  rankdir=LR\n"
              "  n0 [fillcolor=\"#daf1e8\", color=\"#007a57\", label=<<b>Plain</b><br/>"
              "<font point-size=\"10\">count 1</font>>]\n"
              "  n1 [fillcolor=\"#daf1e8\", color=\"#007a57\", label=<<b>Plain</b><br/>"
              "<font point-size=\"10\">count 2</font>>]\n"
              "  v0 [shape=plain, style=\"\", label=<<b>first</b>>]\n"
              "  o0 [shape=plain, style=\"\", fontcolor=\"#606060\", label=<<i>outside</i>>]\n"
              "  o0 -> n0\n"
              "  n0 -> n1 [label=<next>]\n"
              "  n1 -> n1 [label=<other>]\n"
              "  label=<<font point-size=\"6\">&#160;<br/></font><b>two</b>>\n"
              "}\n");
    world_link(&world, nodes[1], &nodes[1]->other, NULL);
    acre_unref(world.engine, &nodes[0]);
    close_world();
}

/* Given objects, once each, in their order; with `follows` also what they reach. */
MTest(draw, which_objects)
{
    struct acre_object *given[5] = {NULL};
    struct node *a;
    struct node *b;
    struct node *c;

    open_in(WORLD_PINNED);
    draw(&(struct acre_drawing){0});
    lacks("n0");
    lacks("label=");
    a = world_node(&world, 'a');
    b = world_node(&world, 'b');
    c = world_node(&world, 'c');
    world_link(&world, a, &a->next, b);
    world_link(&world, b, &b->next, c);
    world_link(&world, a, &a->other, c);
    acre_unref(world.engine, &(struct node *){b});
    acre_unref(world.engine, &(struct node *){c});

    given[0] = &c->object;
    given[2] = &a->object;
    given[3] = given[4] = &c->object;
    draw(&(struct acre_drawing){.objects = given, .object_count = 5});
    cr_assert_eq(count("<b>Node</b>"), 2);
    has("  n1 -> n0 [label=<other>]");
    has("  o0 -> n0\n"); /* b, which is not there */
    has("  o1 -> n1\n");
    cr_assert_eq(count("->"), 3);

    draw(&(struct acre_drawing){.objects = given, .object_count = 5, .follows = true});
    cr_assert_eq(count("<b>Node</b>"), 3);
    has("  n1 -> n2 [label=<next>]"); /* a, b */
    has("  n2 -> n0 [label=<next>]"); /* b, c */
    lacks("o0");
    has("  o1 -> n1\n");

    acre_ref(world.engine, &a->object);
    acre_ref(world.engine, &a->object);
    draw(&(struct acre_drawing){.objects = given + 2, .object_count = 1});
    has("  o0 -> n0 [label=<3 references>]");
    acre_unref(world.engine, &(struct node *){a});
    acre_unref(world.engine, &(struct node *){a});
    acre_unref(world.engine, &a);
    close_world();
}

MTest(draw, types_and_slots)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_object *root;

    open_tape(WORLD_PINNED);
    assign_number(&x, 3.0);
    cr_assert_eq(acre_assign(e, &y, acre_add(e, x, acre_square(e, x))), ACRE_OK);
    root = &y->object;
    draw(&(struct acre_drawing){.objects = &root, .object_count = 1, .follows = true});
    /* y; its array and Add; x and the square's output; what these hold */
    has("n0 [fillcolor=\"#dcecf8\", color=\"#0072b2\", label=<<b>Variable</b><br/>");
    cr_assert(line_has("  n1 [", "label=<<font point-size=\"10\">array, count 1</font>>"));
    cr_assert(line_has("  n2 [", "<b>Add</b><br/><font point-size=\"10\">Function, count 1<"));
    has("  n0 -> n1 [weight=1, label=<data>]");
    has("  n0 -> n2 [label=<creator>]");
    has("  n2 -> n3 [label=<inputs[0]>]");
    has("  n2 -> n4 [label=<inputs[1]>]");
    has("  n2 -> n0 [style=dashed, color=\"#606060\", constraint=false, label=<outputs>]");
    cr_assert_eq(count("label=<inputs>]"), 1, "the square has one");
    has("solid: strong, counted; dashed: weak");
    lacks("garbage");

    draw(&(struct acre_drawing){
        .objects = &root, .object_count = 1, .follows = true, .is_tall = true});
    has("  rankdir=TB\n");
    has("label=<&#160;inputs[1]>]");
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_world();
}

/* A type that tells two weak references and many strong ones, but no name of a slot. */
enum { FAN_WIDTH = 200 };

struct fan {
    struct acre_object object;
    struct acre_weak weak[2];
    struct node *strong[FAN_WIDTH];
};

static void fan_traverse(struct acre_engine *engine, struct acre_object *object, acre_visit *visit,
                         void *context)
{
    struct fan *fan = (struct fan *)object;

    for (size_t i = 0; i < FAN_WIDTH; i++)
        if (fan->strong[i] != NULL)
            visit(engine, object, &fan->strong[i]->object, &fan->strong[i], context);
}

static void fan_traverse_weak(struct acre_engine *engine, struct acre_object *object,
                              acre_visit_weak *visit, void *context)
{
    struct fan *fan = (struct fan *)object;

    for (size_t i = 0; i < 2; i++)
        visit(engine, object, fan->weak[i], &fan->weak[i], context);
}

static const char *fan_slot_name(const struct acre_object *object, const void *slot)
{
    const struct fan *fan = (const struct fan *)object;

    return slot == &fan->weak[0] ? "weak" : NULL;
}

static const struct acre_type fan_type = {
    .name = "Fan",
    .size_bytes = sizeof(struct fan),
    .traverse = fan_traverse,
    .traverse_weak = fan_traverse_weak,
    .slot_name = fan_slot_name,
};

static struct fan *new_fan(void)
{
    struct acre_object *object;
    uint32_t type;

    cr_assert_eq(acre_type_register(world.engine, &fan_type, &type), ACRE_OK);
    cr_assert_eq(acre_object_new(world.engine, type, &object), ACRE_OK);
    return (struct fan *)object;
}

MTest(draw, weak_references)
{
    struct acre_object *objects[2];
    struct acre_drawn_variable variables[3] = {{.name = "w"}, {.name = "n"}};
    struct node *node;
    struct fan *fan;

    open_in(WORLD_PINNED);
    node = world_node(&world, 'n');
    fan = new_fan();
    objects[0] = &fan->object;
    objects[1] = &node->object;
    draw(&(struct acre_drawing){.objects = objects, .object_count = 2});
    lacks("dashed"); /* both refer to nothing */

    cr_assert_eq(acre_weak_of(world.engine, &node->object, &fan->weak[0]), ACRE_OK);
    variables[0].weak = fan->weak[1] = fan->weak[0];
    variables[1].object = &node->object;
    variables[2] = (struct acre_drawn_variable){.name = "f", .object = &fan->object};
    draw(&(struct acre_drawing){
        .objects = objects, .object_count = 2, .variables = variables, .variable_count = 3});
    has("  v0 -> n1 [style=dashed, color=\"#606060\"]");
    has("  v1 -> n1\n");
    has("  v2 -> n0\n");
    lacks("outside"); /* the names explain the counts */
    has("  n0 -> n1 [style=dashed, color=\"#606060\", constraint=false, label=<weak>]");
    has("  n0 -> n1 [style=dashed, color=\"#606060\", constraint=false, label=<?>]");

    /* what is not part of the picture is not drawn */
    draw(&(struct acre_drawing){
        .objects = objects, .object_count = 1, .variables = variables, .variable_count = 2});
    lacks("->  n1");
    lacks("v0");
    cr_assert_eq(count("->"), 1);

    acre_unref(world.engine, &node);
    draw(&(struct acre_drawing){
        .objects = objects, .object_count = 1, .variables = variables, .variable_count = 1});
    cr_assert_eq(count("label=<dead>"), 3);
    has("  v0 -> g0 [style=dashed");
    has("  n0 -> g1 [style=dashed, color=\"#606060\", label=<weak>]");
    has("  n0 -> g2 [style=dashed, color=\"#606060\", label=<?>]");
    acre_unref(world.engine, &fan);
    close_world();
}

/* Regions ------------------------------------------------------------------------------------- */

MTest(draw, regions_and_names)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_object *root;

    for (enum world_place place = WORLD_COUNTED; place <= WORLD_BULK; place++) {
        open_tape(place);
        acre_region_enter(e, ACRE_REGION_PINNED);
        assign_number(&x, 3.0);
        acre_region_enter(e, world.regions[0]);
        cr_assert_eq(acre_assign(e, &y, acre_square(e, x)), ACRE_OK);
        root = &y->object;
        draw(&(struct acre_drawing){.objects = &root, .object_count = 1, .follows = true});
        has(place == WORLD_BULK ? "label=<<b>first</b>, bulk: 3 objects>]"
                                : "label=<<b>first</b>, counted: 3 objects>]");
        has("label=<<b>pinned</b>: 2 objects>]");
        cr_assert_eq(count("subgraph"), 2, "nothing lives in the second");
        has("label=<<b>y</b>>]\n  v0 -> n0\n");
        cr_assert_eq(count("outside</i>"), 1, "the pinned region keeps no names");

        /* given by name it is drawn once */
        const struct acre_drawn_variable given[] = {{.name = "x", .object = &x->object},
                                                    {.name = "y", .object = &y->object}};
        draw(&(struct acre_drawing){.objects = &root,
                                    .object_count = 1,
                                    .follows = true,
                                    .variables = given,
                                    .variable_count = 2});
        cr_assert_eq(count("<b>y</b>"), 1);
        lacks("outside");

        root = &x->object;
        draw(&(struct acre_drawing){.objects = &root, .object_count = 1, .follows = true});
        lacks("subgraph");
        lacks("<b>y</b>");
        acre_unref(e, &y);
        acre_unref(e, &x);
        close_world();
    }
}

/* Text ---------------------------------------------------------------------------------------- */

static const char *any_name(const struct acre_object *object, void *context)
{
    (void)object;
    return context;
}

MTest(draw, names_of_any_bytes)
{
    static const struct {
        const char *name, *drawn;
    } cases[] = {
        {"plain", "plain"},
        {"", ""},
        {"a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;"},
        {"back\\slash \\N", "back\\\\slash \\\\N"},
        {"two\nlines\ttab", "two\\\\nlines\\\\x09tab"},
        {"\x01\x7f", "\\\\x01\\\\x7f"},
        {"gr\xc3\xb6\xc3\x9f e\xe2\x82\xac \xf0\x9f\x98\x80", "gr\xc3\xb6\xc3\x9f e\xe2\x82\xac "
                                                              "\xf0\x9f\x98\x80"},
        {"latin \xf6!", "latin \\\\xf6!"},
        {"cut \xe2\x82", "cut \\\\xe2\\\\x82"},
        {"overlong \xc0\x80 \xe0\x80\xaf", "overlong \\\\xc0\\\\x80 \\\\xe0\\\\x80\\\\xaf"},
        {"surrogate \xed\xa0\x80", "surrogate \\\\xed\\\\xa0\\\\x80"},
        {"high \xf4\x90\x80\x80 \xff", "high \\\\xf4\\\\x90\\\\x80\\\\x80 \\\\xff"},
        {"control \xc2\x85", "control \\\\xc2\\\\x85"},
        {"no character \xef\xbf\xbf", "no character \\\\xef\\\\xbf\\\\xbf"},
    };
    char expected[128];
    struct acre_object *object;
    struct node *node;

    open_in(WORLD_PINNED);
    node = world_plain(&world);
    object = &node->object;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct acre_drawn_variable variable = {.name = cases[i].name, .object = object};

        draw(&(struct acre_drawing){
            .objects = &object,
            .object_count = 1,
            .variables = &variable,
            .variable_count = 1,
            .title = cases[i].name,
            .name_of = any_name,
            .context = (char *)cases[i].name,
        });
        snprintf(expected, sizeof expected, "<b>%s</b>", cases[i].drawn);
        cr_assert_eq(count(expected), 3, "%s:\n%s", expected, text);
    }
    acre_unref(world.engine, &node);
    close_world();
}

/* Limits -------------------------------------------------------------------------------------- */

MTest(draw, many_objects)
{
    uint64_t length = world_repetitions(1000000, 5000);
    struct acre_object *root;
    struct node *first = NULL;
    char expected[80];

    open_in(WORLD_PINNED);
    for (uint64_t i = 0; i < length; i++) {
        struct node *node = world_plain(&world);

        world_link(&world, node, &node->next, first);
        acre_unref(world.engine, &first);
        first = node;
    }
    root = &first->object;
    draw(&(struct acre_drawing){.objects = &root, .object_count = 1, .follows = true});
    cr_assert_eq(count("<b>Plain</b>"), ACRE_DRAWN_OBJECTS);
    cr_assert_eq(count("->"), ACRE_DRAWN_OBJECTS); /* and one from outside */
    snprintf(expected, sizeof expected, "the first 500 of %llu objects",
             (unsigned long long)length);
    has(expected);
    draw(&(struct acre_drawing){
        .objects = &root, .object_count = 1, .follows = true, .most_objects = 3});
    cr_assert_eq(count("<b>Plain</b>"), 3);
    lacks("n3");
    draw(&(struct acre_drawing){.objects = &root, .object_count = 1, .most_objects = SIZE_MAX});
    lacks("the first");
    acre_unref(world.engine, &first);
    close_world();
}

MTest(draw, many_references)
{
    struct acre_object *objects[2];
    struct node *node;
    struct fan *fan;

    open_in(WORLD_PINNED);
    node = world_plain(&world);
    fan = new_fan();
    for (size_t i = 0; i < FAN_WIDTH; i++)
        acre_slot_set(world.engine, &fan->object, &fan->strong[i], &node->object);
    objects[0] = &fan->object;
    objects[1] = &node->object;
    draw(&(struct acre_drawing){.objects = objects, .object_count = 2});
    has("  n0 -> n1 [label=<?[0]>]");
    cr_assert_eq(count("->"), 24);
    has("the first 24 of 202 arrows");
    acre_unref(world.engine, &fan);
    acre_unref(world.engine, &node);
    close_world();
}
