#include "plot/parts.h"

#include <math.h>
#include <stdlib.h>

static void leave_out(FILE *note, const struct acre_group_row *row,
                      const struct acre_drawing *drawing, size_t *count)
{
    fprintf(note, "%s%s (", (*count)++ == 0 ? " Left out: " : ", ",
            acre_strategy_name(&row->cell->key).text);
    drawing->why(note, row);
    fputc(')', note);
}

bool acre_drawn_take(struct acre_drawn *drawn, const struct acre_group *group,
                     const struct acre_drawing *drawing, const char *sentences)
{
    size_t bytes, left_out = 0, too_many = 0;
    FILE *note;

    *drawn = (struct acre_drawn){.count = 0};
    note = open_memstream(&drawn->note, &bytes);
    if (note == NULL)
        return false;
    fputs(sentences, note);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];
        bool is_drawn = drawing->is_drawn(row, drawing->context);

        if (is_drawn && drawn->count < ACRE_MOST_DRAWN)
            drawn->rows[drawn->count++] = row;
        else if (is_drawn || left_out == ACRE_MOST_DRAWN)
            too_many++;
        else if (drawing->why != NULL)
            leave_out(note, row, drawing, &left_out);
    }
    if (left_out > 0)
        fputc('.', note);
    if (too_many > 0)
        fprintf(note, " %zu more are in the table.", too_many);
    if (fclose(note) == 0)
        return true;
    free(drawn->note);
    return false;
}

double acre_names_px(const struct acre_drawn *drawn, double width_px)
{
    double widest = 0.0;

    for (size_t i = 0; i < drawn->count; i++)
        widest = fmax(widest, acre_text_px(acre_strategy_name(&drawn->rows[i]->cell->key).text));
    return fmin(widest, width_px / 3.0);
}

void acre_name_row(const struct acre_canvas *canvas, const struct acre_group_row *row, double x,
                   double y, double width_px)
{
    acre_canvas_say(canvas, x, y, ACRE_RIGHT,
                    acre_text_fit(acre_strategy_name(&row->cell->key).text, width_px).text);
}
