/*
 * The figures of the tutorial, each drawn from the objects of a program that runs.
 *
 *     figures          prints their names
 *     figures NAME     prints one, as text for Graphviz
 */
#include <string.h>

#include "core/draw.h"
#include "core/variable.h"
#include "core/watch.h"
#include "example.h"

static const char *obj_name(const struct acre_object *object, void *context)
{
    (void)context;
    return ((const struct obj *)object)->name;
}

/* An obj that says nothing when it dies. */
static const struct acre_type silent_type = {
    .name = "obj",
    .size_bytes = sizeof(struct obj),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = obj_slots,
    .slot_count = 1,
};

/* a.next = b, b.next = c, and c.next = a in a ring ----------------------------------------------
 */

struct trio {
    struct example example;
    struct obj *a, *b, *c;
    struct acre_object *all[3]; /* borrowed */
    const char *title;
};

static bool open_trio(struct trio *trio, bool is_ring)
{
    if (!example_open_with(&trio->example, &silent_type))
        return false;
    trio->a = example_new(&trio->example, "a");
    trio->b = example_new(&trio->example, "b");
    trio->c = example_new(&trio->example, "c");
    if (trio->a == NULL || trio->b == NULL || trio->c == NULL)
        return false;
    trio->all[0] = &trio->a->object;
    trio->all[1] = &trio->b->object;
    trio->all[2] = &trio->c->object;
    example_link(&trio->example, trio->a, trio->b);
    example_link(&trio->example, trio->b, trio->c);
    example_link(&trio->example, trio->c, is_ring ? trio->a : NULL);
    return true;
}

/* The objects from number `first` on, and the names that are there. */
static enum acre_status draw_trio(struct trio *trio, size_t first)
{
    const struct acre_drawn_variable names[] = {
        {.name = "a", .object = trio->all[0]},
        {.name = "b", .object = trio->all[1]},
        {.name = "c", .object = trio->all[2]},
    };
    const struct acre_drawing drawing = {
        .objects = trio->all + first,
        .object_count = 3 - first,
        .variables = names,
        .variable_count = trio->c != NULL ? 3 : 0,
        .title = trio->title,
        .name_of = obj_name,
    };

    return acre_draw(trio->example.engine, &drawing, stdout);
}

/* a = b = c = None; a goes last, so that its death is that of all. */
static void drop_names(struct trio *trio)
{
    acre_unref(trio->example.engine, &trio->c);
    acre_unref(trio->example.engine, &trio->b);
    acre_unref(trio->example.engine, &trio->a);
}

static bool draw_chain(void)
{
    struct trio trio = {.title = "a chain and three names"};
    bool is_drawn = open_trio(&trio, false) && draw_trio(&trio, 0) == ACRE_OK;

    drop_names(&trio);
    return example_close(&trio.example) == 0 && is_drawn;
}

static enum acre_status draw_what_is_left(struct acre_engine *engine, void *trio, uint64_t died)
{
    (void)engine;
    return draw_trio(trio, died);
}

/* The picture is drawn by a watch, which is called when its object dies. */
static bool draw_death(const char *title, uint64_t number)
{
    const struct acre_notice notice = {.number = number, .call = draw_what_is_left};
    struct trio trio = {.title = title};
    struct acre_notice to_trio = notice;
    struct acre_weak weak;
    bool is_watched;

    to_trio.context = &trio;
    is_watched = open_trio(&trio, false) &&
                 acre_weak_of(trio.example.engine, trio.all[number], &weak) == ACRE_OK &&
                 acre_watch_begin(trio.example.engine, weak, to_trio, NULL) == ACRE_OK;
    drop_names(&trio);
    is_watched = is_watched && acre_watch_failures(trio.example.engine) == 0;
    return example_close(&trio.example) == 0 && is_watched;
}

static bool draw_chain_a_dies(void)
{
    return draw_death("a = b = c = None: a dies, and will release b", 0);
}

static bool draw_chain_b_dies(void)
{
    return draw_death("a is gone: b dies, and will release c", 1);
}

static bool draw_ring_with(const char *title, bool has_names)
{
    struct trio trio = {.title = title};
    struct acre_weak weak;
    bool is_drawn =
        open_trio(&trio, true) && acre_weak_of(trio.example.engine, trio.all[0], &weak) == ACRE_OK;

    if (!has_names)
        drop_names(&trio);
    is_drawn = is_drawn && draw_trio(&trio, 0) == ACRE_OK;
    if (has_names)
        drop_names(&trio);
    /* Cut, so that this program leaves no memory behind. */
    trio.a = (struct obj *)acre_weak_get(trio.example.engine, weak);
    example_link(&trio.example, trio.a, NULL);
    acre_unref(trio.example.engine, &trio.a);
    return example_close(&trio.example) == 0 && is_drawn;
}

static bool draw_ring(void)
{
    return draw_ring_with("a ring and three names", true);
}

static bool draw_ring_garbage(void)
{
    return draw_ring_with("a = b = c = None: each is held, nobody can reach one", false);
}

/* b = weakref.ref(a) ----------------------------------------------------------------------------
 */

static bool draw_weak_with(const char *title, bool is_alive)
{
    struct example example;
    struct obj *a = NULL;
    struct acre_weak b;
    bool is_drawn = example_open_with(&example, &silent_type) &&
                    (a = example_new(&example, "a")) != NULL &&
                    acre_weak_of(example.engine, &a->object, &b) == ACRE_OK;
    struct acre_object *object;
    struct acre_drawn_variable names[2] = {{.name = "a"}, {.name = "b", .weak = b}};

    if (!is_alive)
        acre_unref(example.engine, &a);
    object = a != NULL ? &a->object : NULL;
    names[0].object = object;
    is_drawn = is_drawn && acre_draw(example.engine,
                                     &(struct acre_drawing){
                                         .objects = &object,
                                         .object_count = 1,
                                         .variables = names,
                                         .variable_count = 2,
                                         .title = title,
                                         .name_of = obj_name,
                                     },
                                     stdout) == ACRE_OK;
    acre_unref(example.engine, &a);
    return example_close(&example) == 0 && is_drawn;
}

static bool draw_weak(void)
{
    return draw_weak_with("b = weakref.ref(a)", true);
}

static bool draw_weak_dead(void)
{
    return draw_weak_with("a = None", false);
}

/* y = square(square(square(x))) -----------------------------------------------------------------
 */

enum { USES = 3, TAPE_OBJECTS = 2 * USES + 1 };

/* From y back to x: Variables and Functions. Their arrays are found from them. */
static void list_tape(struct acre_variable *y, struct acre_object **objects)
{
    size_t count = 0;

    for (struct acre_variable *variable = y; variable->creator != NULL;
         variable = variable->creator->inputs[0]) {
        objects[count++] = &variable->object;
        objects[count++] = &variable->creator->object;
        objects[count] = &variable->creator->inputs[0]->object;
    }
}

static enum acre_status draw_tape_in(struct acre_engine *engine, bool has_names, const char *title)
{
    struct acre_object *objects[TAPE_OBJECTS];
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_drawing drawing = {.objects = objects,
                                   .object_count = TAPE_OBJECTS,
                                   .follows = true,
                                   .title = title,
                                   .is_tall = true};
    struct acre_drawn_variable names[2] = {{.name = "y"}, {.name = "x"}};
    enum acre_status status = acre_assign(engine, &x, acre_variable_of(engine, 3.0));

    if (status == ACRE_OK)
        status = acre_assign(engine, &y,
                             acre_square(engine, acre_square(engine, acre_square(engine, x))));
    if (status == ACRE_OK) {
        list_tape(y, objects);
        if (has_names) {
            names[0].object = &y->object;
            names[1].object = &x->object;
            drawing.variables = names;
            drawing.variable_count = 2;
        } else {
            acre_unref(engine, &x);
            acre_unref(engine, &y);
        }
        status = acre_draw(engine, &drawing, stdout);
    }
    acre_unref(engine, &x);
    acre_unref(engine, &y);
    return status;
}

/* The memory is a pool, which takes with it whatever leaked. */
static bool draw_tape(enum acre_back_references back_references, bool has_names, const char *title)
{
    const struct acre_engine_options options = {.back_references = back_references};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = pages != NULL ? acre_pool_new(pages, NULL) : NULL;
    struct acre_engine *engine = NULL;
    enum acre_status status =
        pool != NULL ? acre_engine_new(&engine, pool, &options) : ACRE_NO_MEMORY;

    if (status == ACRE_OK)
        status = draw_tape_in(engine, has_names, title);
    acre_engine_destroy(engine);
    acre_destroy(pool);
    acre_destroy(pages);
    return status == ACRE_OK;
}

static bool draw_tape_weak(void)
{
    return draw_tape(ACRE_BACK_WEAK, true, "y = square(square(square(x))), outputs weak");
}

static bool draw_tape_strong(void)
{
    return draw_tape(ACRE_BACK_STRONG, true, "y = square(square(square(x))), outputs strong");
}

static bool draw_tape_leaked(void)
{
    return draw_tape(ACRE_BACK_STRONG, false, "outputs strong, x = y = None");
}

/* All of them -----------------------------------------------------------------------------------
 */

static const struct figure {
    const char *name;
    bool (*draw)(void);
} figures[] = {
    {"chain", draw_chain},
    {"chain_a_dies", draw_chain_a_dies},
    {"chain_b_dies", draw_chain_b_dies},
    {"ring", draw_ring},
    {"ring_garbage", draw_ring_garbage},
    {"weak", draw_weak},
    {"weak_dead", draw_weak_dead},
    {"tape_weak", draw_tape_weak},
    {"tape_strong", draw_tape_strong},
    {"tape_leaked", draw_tape_leaked},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (argc < 2)
            puts(figures[i].name);
        else if (strcmp(argv[1], figures[i].name) == 0)
            return figures[i].draw() ? 0 : 1;
    }
    return argc < 2 ? 0 : 2;
}
