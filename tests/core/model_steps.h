/* What a random program may do, each step beside what it means for the model. */
#ifndef ACRE_TESTS_CORE_MODEL_STEPS_H
#define ACRE_TESTS_CORE_MODEL_STEPS_H

#include "core/collect.h"
#include "core/model.h"

static uint32_t type_numbers[2]; /* without a destructor, with one */
static uint32_t region_numbers[REGIONS];
static bool has_collector;
static uint64_t objects, objects_copied; /* in all configurations so far */
static uint64_t resets_done, resets_that_detached;

/* Things --------------------------------------------------------------------------------------- */

static const struct acre_slot thing_slots[SLOTS] = {
    {"first", offsetof(struct thing, slots)},
    {"second", offsetof(struct thing, slots) + sizeof(struct thing *)},
    {"third", offsetof(struct thing, slots) + 2 * sizeof(struct thing *)},
};

static int ending_root = -1; /* the family that is being reset */
static struct target last_ended;

static int number_to_region(uint32_t number)
{
    int region = 0;

    while (region_numbers[region] != number)
        region++;
    return region;
}

/* Each once; in a reset a child's before its parent's, newest first in each. */
static void thing_dies(struct acre_engine *caller, struct acre_object *object)
{
    struct thing *thing = (struct thing *)object;
    int region = number_to_region(object->region);

    agree(caller == engine && thing->serial != 0);
    if (ending_root >= 0 && is_of_family(ending_root, region)) {
        agree(last_ended.serial == 0 ||
              (last_ended.row == region ? thing->serial < last_ended.serial
                                        : last_ended.row == CHILD && region == FIRST));
        last_ended = (struct target){region, thing->serial};
    }
    thing->serial = 0;
    destructors_run++;
}

static void thing_traverse_weak(struct acre_engine *caller, struct acre_object *object,
                                acre_visit_weak *visit, void *context)
{
    struct thing *thing = (struct thing *)object;

    visit(caller, object, thing->partner, &thing->partner, context);
}

static enum acre_status thing_copied(struct acre_engine *caller, const struct acre_object *original,
                                     struct acre_object *copy)
{
    agree(caller == engine);
    agree(((const struct thing *)original)->serial == ((struct thing *)copy)->serial);
    return ACRE_OK;
}

static const struct acre_type thing_types[2] = {
    {
        .name = "Thing",
        .size_bytes = sizeof(struct thing),
        .purpose = ACRE_PURPOSE_NODE,
        .slots = thing_slots,
        .slot_count = SLOTS,
        .traverse_weak = thing_traverse_weak,
    },
    {
        .name = "Mortal",
        .size_bytes = sizeof(struct thing),
        .purpose = ACRE_PURPOSE_NODE,
        .slots = thing_slots,
        .slot_count = SLOTS,
        .destroy = thing_dies,
        .traverse_weak = thing_traverse_weak,
        .copy_owned = thing_copied,
    },
};

/* Objects and references ----------------------------------------------------------------------- */

static int any_handle(void)
{
    return handle_count > 0 ? below(handle_count) : -1;
}

static void take_handle(int row, struct thing *thing)
{
    handles[handle_count++] = (struct handle){thing, row};
}

static int free_row(int from)
{
    while (from < MOST_OBJECTS && rows[from].serial != 0)
        from++;
    return from;
}

static int any_region(void)
{
    int region = below(REGIONS);

    return kinds[region] == NO_REGION ? 0 : region;
}

static void create(void)
{
    struct acre_object *object;
    int row = free_row(0);
    int region = any_region();
    bool has_destructor = below(3) == 0;

    if (row == MOST_OBJECTS || handle_count == MOST_HANDLES)
        return;
    acre_region_enter(engine, region_numbers[region]);
    agree(acre_object_new_sized(engine, type_numbers[has_destructor], sizeof(struct thing),
                                &object) == ACRE_OK);
    rows[row] = (struct row){
        .thing = (struct thing *)object,
        .serial = ++serials,
        .region = region,
        .has_destructor = has_destructor,
        .slots = {-1, -1, -1},
    };
    rows[row].thing->serial = serials;
    row_limit = row < row_limit ? row_limit : row + 1;
    take_handle(row, rows[row].thing);
}

static void add_reference(void)
{
    int from = any_handle();

    if (from < 0 || handle_count == MOST_HANDLES)
        return;
    acre_ref(engine, &handles[from].thing->object);
    take_handle(handles[from].row, handles[from].thing);
}

static void drop_reference(void)
{
    int which = any_handle();
    struct thing *thing;

    if (which < 0)
        return;
    thing = handles[which].thing;
    handles[which] = handles[--handle_count];
    acre_unref(engine, &thing);
    agree(thing == NULL);
    bury_the_dead();
}

/* A C variable that the engine knows takes over a handle. */
static void name_reference(void)
{
    int from = any_handle();
    int name = below(NAMES);
    struct acre_temp temp;

    if (from < 0)
        return;
    temp = (struct acre_temp){(struct acre_variable *)(void *)handles[from].thing, ACRE_OK};
    named_rows[name] = handles[from].row;
    handles[from] = handles[--handle_count];
    agree(acre_assign_as(engine, &names[name], temp, "name") == ACRE_OK);
    bury_the_dead();
}

static void drop_name(int name)
{
    acre_unref(engine, &names[name]);
    named_rows[name] = -1;
    bury_the_dead();
}

static void set_slot(void)
{
    int holder = any_handle();
    int target = below(4) == 0 ? -1 : any_handle();
    int slot = below(SLOTS);
    struct row *row;

    if (holder < 0)
        return;
    row = &rows[handles[holder].row];
    agree(acre_slot_set(engine, &row->thing->object, &row->thing->slots[slot],
                        target < 0 ? NULL : &handles[target].thing->object) == ACRE_OK);
    row->slots[slot] = target < 0 ? -1 : handles[target].row;
    bury_the_dead();
}

/* The same, and the handle is gone. */
static void give_to_slot(void)
{
    int holder = any_handle();
    int target = any_handle();
    int slot = below(SLOTS);
    struct handle given;
    struct row *row;

    if (holder < 0 || holder == target)
        return;
    given = handles[target];
    row = &rows[handles[holder].row];
    agree(acre_slot_give(engine, &row->thing->object, &row->thing->slots[slot],
                         &given.thing->object) == ACRE_OK);
    row->slots[slot] = given.row;
    handles[target] = handles[--handle_count];
    bury_the_dead();
}

static void make_immortal(void)
{
    int which = any_handle();
    struct row *row = which < 0 ? NULL : &rows[handles[which].row];
    bool may_be;

    if (row == NULL || immortals == MOST_IMMORTALS)
        return;
    may_be = row->region == LASTING;
    if (row->region == 0)
        return; /* its memory would be lost: malloc ends after the engine */
    agree(acre_make_immortal(engine, &row->thing->object) ==
          (may_be ? ACRE_OK : ACRE_BAD_ARGUMENT));
    immortals += may_be && !row->is_immortal;
    row->is_immortal |= may_be;
}

/* Copies --------------------------------------------------------------------------------------- */

struct copying {
    int originals[MOST_OBJECTS], copies[MOST_OBJECTS]; /* rows, breadth first */
    int copy_of[MOST_OBJECTS];                         /* row by row, -1: not copied */
    int count;
    int free; /* the row of the next copy */
};

static void add_original(struct copying *copying, int row)
{
    if (copying->copy_of[row] >= 0 || copying->free == MOST_OBJECTS)
        return;
    copying->originals[copying->count] = row;
    copying->copies[copying->count++] = copying->copy_of[row] = copying->free;
    copying->free = free_row(copying->free + 1);
}

/* False: there is no room for copies of all of them. */
static bool find_originals(struct copying *copying, int root)
{
    memset(copying->copy_of, -1, sizeof copying->copy_of);
    copying->count = 0;
    copying->free = free_row(0);
    add_original(copying, root);
    for (int i = 0; i < copying->count; i++)
        for (int s = 0; s < SLOTS; s++) {
            int found = rows[copying->originals[i]].slots[s];

            if (found >= 0 && rows[found].region == rows[root].region)
                add_original(copying, found);
        }
    return copying->free < MOST_OBJECTS;
}

/* The copies are found by the slots of those that were found before. */
static void write_copies(const struct copying *copying, struct thing *root, int region)
{
    rows[copying->copies[0]].thing = root;
    for (int i = 0; i < copying->count; i++)
        if (copying->copies[i] >= row_limit)
            row_limit = copying->copies[i] + 1;
    for (int i = 0; i < copying->count; i++) {
        const struct row *original = &rows[copying->originals[i]];
        struct row *copy = &rows[copying->copies[i]];
        struct thing *thing = copy->thing;

        *copy = *original;
        copy->thing = thing;
        copy->region = region;
        copy->is_immortal = false;
        for (int s = 0; s < SLOTS; s++)
            if (copy->slots[s] >= 0 && copying->copy_of[copy->slots[s]] >= 0) {
                copy->slots[s] = copying->copy_of[copy->slots[s]];
                rows[copy->slots[s]].thing = thing->slots[s];
            }
    }
    for (int i = 0; i < copying->count; i++) {
        struct row *copy = &rows[copying->copies[i]];

        copy->serial = copy->thing->serial = ++serials;
    }
    for (int i = 0; i < copying->count; i++) {
        struct row *copy = &rows[copying->copies[i]];

        if (is_there(copy->partner) && copying->copy_of[copy->partner.row] >= 0)
            copy->partner = target_of(copying->copy_of[copy->partner.row]);
    }
}

static void copy(void)
{
    static struct copying copying;
    int which = any_handle();
    int region = any_region();
    struct acre_object *object;

    if (which < 0 || handle_count == MOST_HANDLES || !find_originals(&copying, handles[which].row))
        return;
    agree(acre_copy_to(engine, &handles[which].thing->object, region_numbers[region], &object) ==
          ACRE_OK);
    write_copies(&copying, (struct thing *)object, region);
    objects_copied += (uint64_t)copying.count;
    take_handle(copying.copies[0], (struct thing *)object);
}

/* Weak references and watches ------------------------------------------------------------------ */

static void take_weak(void)
{
    int which = any_handle();
    struct weak_row *weak = &weaks[below(WEAKS)];

    if (which < 0)
        return;
    agree(acre_watch_cancel(engine, weak->watch) == (weak->is_watched && is_there(weak->target)));
    *weak = (struct weak_row){.target = target_of(handles[which].row)};
    agree(acre_weak_of(engine, &handles[which].thing->object, &weak->weak) == ACRE_OK);
}

static void take_partner(void)
{
    int which = any_handle();
    int partner = any_handle();

    if (which < 0)
        return;
    rows[handles[which].row].partner = target_of(handles[partner].row);
    agree(acre_weak_of(engine, &handles[partner].thing->object, &handles[which].thing->partner) ==
          ACRE_OK);
}

static enum acre_status write_call(struct acre_engine *caller, void *context, uint64_t number)
{
    struct weak_row *weak = &weaks[number];

    agree(caller == engine && context == weaks);
    agree(!acre_weak_is_alive(engine, weak->weak) && !acre_watch_is_pending(engine, weak->watch));
    /* in a reset before every destructor, but for what dies because of it */
    agree(last_ended.serial == 0 || !is_of_family(ending_root, rows[weak->target.row].region));
    weak->calls++;
    return ACRE_OK;
}

/* The answer tells whether the object is alive. */
static void take_watch(void)
{
    int which = below(WEAKS);
    struct weak_row *weak = &weaks[which];
    struct acre_notice notice = {write_call, weaks, (uint64_t)which};

    if (weak->is_watched)
        return;
    weak->is_watched = is_there(weak->target);
    agree(acre_watch_begin(engine, weak->weak, notice, &weak->watch) ==
          (weak->is_watched ? ACRE_OK : ACRE_BAD_ARGUMENT));
}

static void drop_watch(void)
{
    struct weak_row *weak = &weaks[below(WEAKS)];
    bool is_pending = weak->is_watched && is_there(weak->target);

    agree(acre_watch_cancel(engine, weak->watch) == is_pending);
    if (is_pending)
        weak->is_watched = false;
}

static void upgrade(void)
{
    struct weak_row *weak = &weaks[below(WEAKS)];
    struct acre_object *object;

    if (handle_count == MOST_HANDLES)
        return;
    object = acre_weak_get(engine, weak->weak);
    agree((object != NULL) == is_there(weak->target));
    if (object == NULL)
        return;
    agree(((struct thing *)object)->serial == weak->target.serial);
    take_handle(weak->target.row, (struct thing *)object);
}

/* Ends ----------------------------------------------------------------------------------------- */

static void reset(int root, bool detaches)
{
    bool is_allowed;
    enum acre_status status;

    if (kinds[root] == NO_REGION)
        return;
    is_allowed = may_reset(root, detaches);
    ending_root = root;
    last_ended = (struct target){0};
    status = detaches ? acre_region_reset_detaching(engine, region_numbers[root])
                      : acre_region_reset(engine, region_numbers[root]);
    ending_root = -1;
    last_ended = (struct target){0};
    agree(status == (is_allowed ? ACRE_OK : ACRE_HELD));
    if (!is_allowed)
        return;
    resets_done++;
    if (detaches && !may_reset(root, false)) {
        resets_that_detached++;
        let_go_of(root);
    }
    bury_family(root);
    bury_the_dead();
}

static void collect(void)
{
    struct acre_explanation explanation;

    if (below(2) == 0)
        agree(acre_collect(engine, NULL) == ACRE_OK);
    else
        agree(acre_collect_explained(engine, &explanation) == ACRE_OK);
    bury_the_unreached();
}

/* Rings keep themselves alive: what the model still has is opened by hand. */
static void open_rings(void)
{
    for (int i = 0; i < row_limit; i++) {
        struct thing *thing = rows[i].thing;
        uint64_t serial = rows[i].serial;

        if (serial == 0)
            continue;
        acre_ref(engine, &thing->object);
        take_handle(i, thing);
        for (int s = 0; s < SLOTS; s++) {
            agree(acre_slot_set(engine, &thing->object, &thing->slots[s], NULL) == ACRE_OK);
            rows[i].slots[s] = -1;
        }
        bury_the_dead();
        handle_count--;
        acre_unref(engine, &thing);
        bury_the_dead();
    }
}

static void drop_everything(void)
{
    while (handle_count > 0)
        drop_reference();
    for (int i = 0; i < NAMES; i++)
        drop_name(i);
}

/* So that rings do not fill the tables, and resets are not refused for ever. */
static void end_generation(void)
{
    drop_everything();
    if (below(2) == 0)
        open_rings();
    for (int r = CHILD; r > 0; r--)
        reset(r, false);
}

/* How often each step is taken, in 200. */
static const struct {
    int often;
    void (*take)(void);
} steps[] = {
    {50, create},       {14, add_reference}, {40, drop_reference}, {6, name_reference},
    {36, set_slot},     {8, give_to_slot},   {8, take_weak},       {3, take_partner},
    {8, take_watch},    {2, drop_watch},     {8, upgrade},         {1, copy},
    {1, make_immortal},
};

static void one_step(void)
{
    int choice = below(200);

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (choice < steps[i].often) {
            steps[i].take();
            return;
        }
        choice -= steps[i].often;
    }
    if (choice < 2)
        drop_name(below(NAMES));
    else if (choice < 11)
        reset(FIRST + below(CHILD), choice < 4);
    else if (choice < 12)
        end_generation();
    else if (has_collector && below(4) > 0)
        collect();
    else
        compare();
}

#endif
