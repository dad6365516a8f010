/*
 * Pictures: a census of the objects, then the text. The names of nodes in it are
 *
 *    n0, n1, ...  objects, by their place in the census     v0, ...  C variables
 *    o0, ...      the outside that holds n0, ...            g0, ...  ghosts of dead objects
 */
#include "core/draw.h"

#include "core/census.h"
#include "core/dot_text.h"
#include "core/function.h"

struct picture {
    struct acre_engine *engine;
    const struct acre_drawing *drawing;
    FILE *stream;
    struct acre_census census;
    uint32_t shown; /* the first so many members */
    uint32_t garbage;
    size_t edges, most_edges, edges_left_out;
    size_t variables, ghosts;
    bool has_weak;
};

/* More, and a picture is black. */
enum { ARROWS_PER_OBJECT = 4, ARROWS_AT_LEAST = 16 };

#define FONT "fontname=\"Helvetica,Arial,sans-serif\", "

static const char preamble[] =
    "digraph objects {\n"
    "  graph [" FONT "fontsize=11, fontcolor=\"#404040\",\n"
    "         bgcolor=\"white\", nodesep=0.25, ranksep=0.35, pad=0.15]\n"
    "  node [" FONT "fontsize=12, shape=box, style=\"filled,rounded\",\n"
    "        height=0.4, margin=\"0.11,0.05\", color=\"#606060\", fillcolor=\"#f4f4f4\"]\n"
    "  edge [" FONT "fontsize=10, fontcolor=\"#404040\", color=\"#404040\",\n"
    "        arrowsize=0.7, weight=4]\n";

/* Colours of Okabe and Ito's palette, which colour-blind readers can tell apart, in light and dark;
 * what they say is said by a word or a line as well. */
static const char *look_of(enum acre_purpose purpose)
{
    switch (purpose) {
    case ACRE_PURPOSE_VARIABLE:
        return "fillcolor=\"#dcecf8\", color=\"#0072b2\"";
    case ACRE_PURPOSE_FUNCTION:
        return "style=filled, fillcolor=\"#fdf3d0\", color=\"#a67c00\"";
    case ACRE_PURPOSE_ARRAY:
        return "height=0.3, fillcolor=\"#f4f4f4\", color=\"#808080\"";
    default:
        return "fillcolor=\"#daf1e8\", color=\"#007a57\"";
    }
}

static const char garbage_look[] =
    "peripheries=2, fillcolor=\"#fbe2d2\", color=\"#d55e00\", penwidth=1.5";
static const char dying_look[] =
    "style=\"dashed,rounded\", fontcolor=\"#606060\", color=\"#606060\"";
static const char ghost_look[] =
    "style=\"dashed,rounded\", fontcolor=\"#808080\", color=\"#808080\"";
static const char word_look[] = "shape=plain, style=\"\"";
static const char weak_look[] = "style=dashed, color=\"#606060\"";

/* Objects and regions ------------------------------------------------------------------------- */

static const char *name_of(const struct picture *picture, const struct acre_object *object)
{
    const struct acre_operator *op = acre_entry_of(picture->engine, object)->op;
    const char *name = NULL;

    if (picture->drawing->name_of != NULL)
        name = picture->drawing->name_of(object, picture->drawing->context);
    return name == NULL && op != NULL ? op->name : name;
}

static void write_count(FILE *stream, const struct acre_member *member)
{
    bool is_dying = (member->object->flags & OBJECT_IS_DYING) != 0;

    if (acre_count_sticks(member->object))
        fputs("count sticks", stream);
    else
        fprintf(stream, "count %u", member->object->strong);
    fputs(!member->is_reached ? ", garbage" : is_dying ? ", dying" : "", stream);
}

/* Arrays are many and all alike: one line in small letters, unless they have a name. */
static void write_text(const struct picture *picture, const struct acre_member *member)
{
    const struct acre_type *type = acre_type_of(picture->engine, member->object);
    const char *name = name_of(picture, member->object);
    bool has_headline = name != NULL || type->purpose != ACRE_PURPOSE_ARRAY;
    FILE *stream = picture->stream;

    if (has_headline) {
        fputs("<b>", stream);
        acre_dot_text(stream, name != NULL ? name : type->name);
        fputs("</b><br/>", stream);
    }
    fputs("<font point-size=\"10\">", stream);
    if (name != NULL || !has_headline) {
        acre_dot_text(stream, type->name);
        fputs(", ", stream);
    }
    write_count(stream, member);
    fputs("</font>", stream);
}

static void write_object(const struct picture *picture, uint32_t place)
{
    const struct acre_member *member = acre_member_at(&picture->census, place);
    bool is_dying = (member->object->flags & OBJECT_IS_DYING) != 0;

    fprintf(picture->stream, "  n%u [%s, label=<", place,
            !member->is_reached ? garbage_look
            : is_dying          ? dying_look
                                : look_of(acre_type_of(picture->engine, member->object)->purpose));
    write_text(picture, member);
    fputs(">]\n", picture->stream);
}

static uint32_t region_of(const struct picture *picture, uint32_t place)
{
    return acre_member_at(&picture->census, place)->object->region;
}

static void begin_cluster(const struct picture *picture, uint32_t number)
{
    const struct acre_region *region = acre_region_at(picture->engine, number);
    unsigned long long live = region->live_objects;

    fprintf(picture->stream,
            "  subgraph cluster_%u {\n"
            "  graph [style=\"rounded\", color=\"#909090\", margin=10, label=<<b>",
            number);
    acre_dot_text(picture->stream, region->name);
    fprintf(picture->stream, "</b>%s: %llu object%s>]\n",
            number == ACRE_REGION_PINNED  ? ""
            : acre_region_is_bulk(region) ? ", bulk"
            : region->is_lasting          ? ", lasting"
                                          : ", counted",
            live, live == 1 ? "" : "s");
}

/* Clusters only where there is a region besides the pinned one. */
static void write_objects(const struct picture *picture)
{
    bool has_regions = false;

    for (uint32_t i = 0; i < picture->shown; i++)
        has_regions |= region_of(picture, i) != ACRE_REGION_PINNED;
    for (uint32_t r = 0; r < picture->engine->regions.count; r++) {
        bool is_open = false;

        for (uint32_t i = 0; i < picture->shown; i++) {
            if (region_of(picture, i) != r)
                continue;
            if (has_regions && !is_open)
                begin_cluster(picture, r);
            is_open = true;
            write_object(picture, i);
        }
        if (has_regions && is_open)
            fputs("  }\n", picture->stream);
    }
}

/* References ---------------------------------------------------------------------------------- */

static bool may_draw_edge(struct picture *picture)
{
    if (picture->edges < picture->most_edges) {
        picture->edges++;
        return true;
    }
    picture->edges_left_out++;
    return false;
}

/* Returns the number of the ghost, which the next edge refers to. */
static size_t write_ghost(struct picture *picture)
{
    fprintf(picture->stream, "  g%zu [%s, label=<dead>]\n", picture->ghosts, ghost_look);
    return picture->ghosts++;
}

/*
 * Several references under one name are numbered: inputs[0], inputs[1]. Whether there are several
 * the next one tells, so each waits for it.
 */
struct reference {
    const char *name;
    uint32_t place; /* of the object referred to; UINT32_MAX: not drawn */
    bool is_weak, is_dead;
};

struct references {
    struct picture *picture;
    uint32_t holder;
    bool is_waiting;
    struct reference waiting;
    uint32_t number; /* of the one that waits, among those of its name */
};

static bool is_array(const struct picture *picture, uint32_t place)
{
    const struct acre_object *object = acre_member_at(&picture->census, place)->object;

    return acre_type_of(picture->engine, object)->purpose == ACRE_PURPOSE_ARRAY;
}

static void write_reference(const struct references *references, bool is_numbered)
{
    const struct reference *reference = &references->waiting;
    struct picture *picture = references->picture;
    FILE *stream = picture->stream;

    if ((reference->place >= picture->shown && !reference->is_dead) || !may_draw_edge(picture))
        return;
    picture->has_weak |= reference->is_weak;
    if (reference->is_dead)
        fprintf(stream, "  n%u -> g%zu [", references->holder, write_ghost(picture));
    else
        fprintf(stream, "  n%u -> n%u [", references->holder, reference->place);
    if (reference->is_weak)
        fprintf(stream, "%s%s, ", weak_look, reference->is_dead ? "" : ", constraint=false");
    else if (is_array(picture, reference->place))
        fputs("weight=1, ", stream); /* the others are to be straight */
    fprintf(stream, "label=<%s", picture->drawing->is_tall ? "&#160;" : "");
    acre_dot_text(stream, reference->name);
    if (is_numbered)
        fprintf(stream, "[%u]", references->number);
    fputs(">]\n", stream);
}

static void put_reference(struct references *references, struct reference next)
{
    const struct reference *last = &references->waiting;
    bool is_same = references->is_waiting && last->is_weak == next.is_weak &&
                   strcmp(last->name, next.name) == 0;

    if (references->is_waiting)
        write_reference(references, is_same || references->number > 0);
    references->number = is_same ? references->number + 1 : 0;
    references->waiting = next;
    references->is_waiting = true;
}

static const char *slot_name(const struct acre_engine *engine, const struct acre_object *holder,
                             const void *slot)
{
    const char *name = acre_slot_name(acre_type_of(engine, holder), holder, slot);

    return name != NULL ? name : "?";
}

static void put_strong(struct acre_engine *engine, struct acre_object *holder,
                       struct acre_object *child, void *slot, void *context)
{
    struct references *references = context;

    put_reference(references, (struct reference){
                                  .name = slot_name(engine, holder, slot),
                                  .place = acre_census_place(&references->picture->census, child),
                              });
}

static void put_weak(struct acre_engine *engine, struct acre_object *holder, struct acre_weak weak,
                     const void *slot, void *context)
{
    struct references *references = context;
    const struct acre_object *object = acre_weak_peek(engine, weak);

    put_reference(references, (struct reference){
                                  .name = slot_name(engine, holder, slot),
                                  .place = acre_census_place(&references->picture->census, object),
                                  .is_weak = true,
                                  .is_dead = object == NULL && weak.stamp != 0,
                              });
}

static void write_references(struct picture *picture)
{
    for (uint32_t i = 0; i < picture->shown; i++) {
        struct acre_object *object = acre_member_at(&picture->census, i)->object;
        const struct acre_type *type = acre_type_of(picture->engine, object);
        struct references references = {.picture = picture, .holder = i};

        acre_visit_children(picture->engine, object, put_strong, &references);
        if (type->traverse_weak != NULL)
            type->traverse_weak(picture->engine, object, put_weak, &references);
        if (references.is_waiting)
            write_reference(&references, references.number > 0);
    }
}

/* From outside -------------------------------------------------------------------------------- */

/* The name of a C variable; the edge is the caller's to write, from v and the number returned. */
static size_t write_variable(struct picture *picture, const char *name)
{
    fprintf(picture->stream, "  v%zu [%s, label=<<b>", picture->variables, word_look);
    acre_dot_text(picture->stream, name);
    fputs("</b>>]\n", picture->stream);
    return picture->variables++;
}

static void write_holding(struct picture *picture, const char *name, const void *object)
{
    uint32_t place = acre_census_place(&picture->census, object);

    if (place >= picture->shown || !may_draw_edge(picture))
        return;
    acre_member_at(&picture->census, place)->named++;
    fprintf(picture->stream, "  v%zu -> n%u\n", write_variable(picture, name), place);
}

static void write_weak_variable(struct picture *picture, const char *name, struct acre_weak weak)
{
    const struct acre_object *object = acre_weak_peek(picture->engine, weak);
    uint32_t place = acre_census_place(&picture->census, object);
    size_t variable;

    if ((object != NULL && place >= picture->shown) || !may_draw_edge(picture))
        return;
    variable = write_variable(picture, name);
    if (weak.stamp == 0)
        return; /* a name, and nothing it refers to */
    picture->has_weak = true;
    if (object != NULL)
        fprintf(picture->stream, "  v%zu -> n%u [%s]\n", variable, place, weak_look);
    else
        fprintf(picture->stream, "  v%zu -> g%zu [%s]\n", variable, write_ghost(picture),
                weak_look);
}

static bool is_given(const struct acre_drawing *drawing, const struct acre_holder *holder)
{
    for (size_t i = 0; i < drawing->variable_count; i++)
        if (drawing->variables[i].object == holder->object && drawing->variables[i].name != NULL &&
            strcmp(drawing->variables[i].name, holder->name) == 0)
            return true;
    return false;
}

/* The given ones, then those that regions know by name. */
static void write_variables(struct picture *picture)
{
    const struct acre_drawing *drawing = picture->drawing;

    for (size_t i = 0; i < drawing->variable_count; i++) {
        const struct acre_drawn_variable *variable = &drawing->variables[i];

        if (variable->object != NULL)
            write_holding(picture, variable->name, variable->object);
        else
            write_weak_variable(picture, variable->name, variable->weak);
    }
    for (uint32_t r = 0; r < picture->engine->regions.count; r++) {
        const struct acre_table *holders = &acre_region_at(picture->engine, r)->holders;
        const struct acre_holder *rows = holders->rows;

        for (uint32_t i = 0; i < holders->count; i++)
            if (rows[i].name != NULL && !is_given(drawing, &rows[i]))
                write_holding(picture, rows[i].name, rows[i].object);
    }
}

/* What holds an object besides: objects that are not in the picture, C code without a name. */
static void write_outside(struct picture *picture)
{
    for (uint32_t i = 0; i < picture->shown; i++) {
        const struct acre_member *member = acre_member_at(&picture->census, i);
        uint32_t outside = acre_held_outside(member);

        if (outside <= member->named || !may_draw_edge(picture))
            continue;
        outside -= member->named;
        fprintf(picture->stream, "  o%u [%s, fontcolor=\"#606060\", label=<<i>outside</i>>]\n", i,
                word_look);
        fprintf(picture->stream, "  o%u -> n%u", i, i);
        if (outside > 1)
            fprintf(picture->stream, " [label=<%u references>]", outside);
        fputs("\n", picture->stream);
    }
}

/* All of it ----------------------------------------------------------------------------------- */

/* The beginning of one more line below the picture. */
static FILE *caption_line(const struct picture *picture, bool *is_first)
{
    fputs(*is_first ? "  label=<<font point-size=\"6\">&#160;<br/></font>" : "<br/>",
          picture->stream);
    *is_first = false;
    return picture->stream;
}

/* What stands below: the title, what was left out, and the lines that are to be explained. */
static void write_caption(const struct picture *picture)
{
    unsigned all = picture->census.members.count;
    bool is_first = true;

    if (picture->drawing->title != NULL) {
        fputs("<b>", caption_line(picture, &is_first));
        acre_dot_text(picture->stream, picture->drawing->title);
        fputs("</b>", picture->stream);
    }
    if (picture->shown < all)
        fprintf(caption_line(picture, &is_first), "the first %u of %u objects", picture->shown,
                all);
    if (picture->edges_left_out > 0)
        fprintf(caption_line(picture, &is_first), "the first %zu of %zu arrows", picture->edges,
                picture->edges + picture->edges_left_out);
    if (picture->has_weak)
        fputs("solid: strong, counted; dashed: weak", caption_line(picture, &is_first));
    if (picture->garbage > 0)
        fprintf(caption_line(picture, &is_first),
                "double, orange: garbage, held by garbage only (%u object%s)", picture->garbage,
                picture->garbage == 1 ? "" : "s");
    if (!is_first)
        fputs(">\n", picture->stream);
}

static uint32_t count_garbage(const struct acre_census *census)
{
    uint32_t garbage = 0;

    for (uint32_t i = 0; i < census->members.count; i++)
        garbage += !acre_member_at(census, i)->is_reached;
    return garbage;
}

enum acre_status acre_draw(struct acre_engine *engine, const struct acre_drawing *drawing,
                           FILE *stream)
{
    size_t most = drawing->most_objects > 0 ? drawing->most_objects : ACRE_DRAWN_OBJECTS;
    struct picture picture = {.engine = engine, .drawing = drawing, .stream = stream};
    enum acre_status status = acre_census_take(&picture.census, engine, drawing->objects,
                                               drawing->object_count, drawing->follows);

    if (status != ACRE_OK)
        return status;
    picture.shown =
        picture.census.members.count < most ? picture.census.members.count : (uint32_t)most;
    picture.most_edges = ARROWS_PER_OBJECT * (size_t)picture.shown + ARROWS_AT_LEAST;
    picture.garbage = count_garbage(&picture.census);
    fputs(preamble, stream);
    fprintf(stream, "  rankdir=%s\n", drawing->is_tall ? "TB" : "LR");
    write_objects(&picture);
    write_variables(&picture);
    write_outside(&picture);
    write_references(&picture);
    write_caption(&picture);
    fputs("}\n", stream);
    acre_census_free(&picture.census);
    return ACRE_OK;
}
