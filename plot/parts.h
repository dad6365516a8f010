/* What the figures of plot/ share among each other. */
#ifndef ACRE_PLOT_PARTS_H
#define ACRE_PLOT_PARTS_H

#include "plot/canvas.h"
#include "plot/figure.h"
#include "report/scaling.h"

/* What a figure is drawn from. */
struct acre_sheet {
    const struct acre_groups *all;
    const struct acre_group *group;
    double width_px;
    FILE *script;
};

/* Whether there is something to draw, and the drawing: false when out of memory. */
bool acre_ranking_is_there(const struct acre_group *group);
bool acre_ranking_write(const struct acre_sheet *sheet);
bool acre_memory_is_there(const struct acre_group *group);
bool acre_memory_write(const struct acre_sheet *sheet);
bool acre_stack_is_there(const struct acre_group *group);
bool acre_stack_write(const struct acre_sheet *sheet);
bool acre_rounds_is_there(const struct acre_group *group);
bool acre_rounds_write(const struct acre_sheet *sheet);
/* The set of sizes whose first group is that of the number, if it has times. */
bool acre_growth_find(const struct acre_groups *all, size_t group, struct acre_size_set *set);
bool acre_growth_write(const struct acre_sheet *sheet, const struct acre_size_set *set);

/* Rows of a group that a figure shows, at most ACRE_MOST_DRAWN, and the note below it. */
struct acre_drawn {
    const struct acre_group_row *rows[ACRE_MOST_DRAWN];
    size_t count;
    char *note; /* its end says who was left out */
};

/* Takes the rows that `is_drawn` in their order. `why` writes why another is left out; NULL: those
 * are not told. The note begins with `sentences`. False when out of memory. To be freed. */
struct acre_drawing {
    bool (*is_drawn)(const struct acre_group_row *row, const void *context);
    void (*why)(FILE *to, const struct acre_group_row *row);
    const void *context;
};
bool acre_drawn_take(struct acre_drawn *drawn, const struct acre_group *group,
                     const struct acre_drawing *drawing, const char *sentences);

/* Room for the names of rows at the left: what the longest needs, at most a third of the width. */
double acre_names_px(const struct acre_drawn *drawn, double width_px);

/* A row's name, its middle at y, up to x at the right. */
void acre_name_row(const struct acre_canvas *canvas, const struct acre_group_row *row, double x,
                   double y, double width_px);

#endif
