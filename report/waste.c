#include "report/waste.h"
#include "report/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum column {
    STRATEGY,
    TERM, /* the first of the terms, in the order of enum acre_waste_term up to held */
    UNEXPLAINED = TERM + ACRE_WASTE_HELD + 1,
    RESIDENT,
    DRAINED,
    COLUMNS
};

static const struct acre_column columns[COLUMNS] = {
    [STRATEGY] = {"where it is", false, 0, 0},
    [TERM + ACRE_WASTE_REQUESTED] = {"requested", true, 0, 2},
    [TERM + ACRE_WASTE_ROUNDING] = {"rounding", true, 0, 2},
    [TERM + ACRE_WASTE_SLACK] = {"slack", true, 0, 2},
    [TERM + ACRE_WASTE_BOOKKEEPING] = {"bookkeeping", true, 0, 2},
    [TERM + ACRE_WASTE_KEPT_FREE] = {"kept free", true, 0, 2},
    [TERM + ACRE_WASTE_HELD] = {"= held", true, 0, 2},
    [UNEXPLAINED] = {"unexplained", true, 1, 2},
    [RESIDENT] = {"resident", true, 2, 3},
    [DRAINED] = {"drained", true, 3, 2},
};

/* As they stand in a sentence. */
static const char *const words[ACRE_WASTE_TERMS] = {
    [ACRE_WASTE_REQUESTED] = "requested", [ACRE_WASTE_ROUNDING] = "rounding",
    [ACRE_WASTE_SLACK] = "slack",         [ACRE_WASTE_BOOKKEEPING] = "bookkeeping",
    [ACRE_WASTE_KEPT_FREE] = "kept free", [ACRE_WASTE_HELD] = "held",
    [ACRE_WASTE_RESIDENT] = "resident",
};

/* Two libraries decide by the clock what they keep: less of what is held is no difference. */
static const double grain = 0.01;

static const struct acre_stack_part *part_of(const struct acre_waste_stack *stack,
                                             enum acre_waste_term term)
{
    return &stack->parts[term];
}

/* In doubles, since counts of a file may be anything up to 2^63 - 1. */
bool acre_waste_unexplained(const struct acre_waste_stack *stack, double *bytes)
{
    *bytes = (double)part_of(stack, ACRE_WASTE_HELD)->bytes;
    for (unsigned term = 0; term < ACRE_WASTE_HELD; term++)
        if (stack->parts[term].is_known)
            *bytes -= (double)stack->parts[term].bytes;
    return part_of(stack, ACRE_WASTE_HELD)->is_known;
}

static void set_bytes(struct acre_grid *grid, size_t column, bool is_known, double bytes,
                      const char *sign)
{
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s%s", is_known && bytes > 0.0 ? sign : "",
                  !is_known      ? "?"
                  : bytes == 0.0 ? "0"
                                 : acre_format_bytes(bytes).text);
}

static void set_part(struct acre_grid *grid, size_t column, const struct acre_stack_part *part)
{
    set_bytes(grid, column, part->is_known, (double)part->bytes, "");
}

static void set_stack(struct acre_grid *grid, const struct acre_cell_waste *waste)
{
    double rest;
    bool has_rest = acre_waste_unexplained(&waste->peak, &rest);
    for (unsigned term = 0; term <= ACRE_WASTE_HELD; term++)
        set_part(grid, TERM + term, &waste->peak.parts[term]);
    set_bytes(grid, UNEXPLAINED, has_rest, rest, "+");
    set_part(grid, RESIDENT, part_of(&waste->peak, ACRE_WASTE_RESIDENT));
    set_part(grid, DRAINED, part_of(&waste->drained, ACRE_WASTE_HELD));
}

/* A run -------------------------------------------------------------------------------------- */

static bool is_known(const struct acre_cell *cell, enum acre_waste_term term)
{
    return cell->has_waste && part_of(&cell->waste.peak, term)->is_known;
}

static double bytes_of(const struct acre_cell *cell, enum acre_waste_term term)
{
    return (double)part_of(&cell->waste.peak, term)->bytes;
}

/* Of those that have a steady state: what leaks is requested, and hides the rest. */
static bool is_in_sentence(const struct acre_cell *cell)
{
    return is_known(cell, ACRE_WASTE_HELD) && bytes_of(cell, ACRE_WASTE_REQUESTED) > 0.0 &&
           strcmp(cell->key.lifetime, "strong") != 0;
}

static double held_per_requested(const struct acre_cell *cell)
{
    return bytes_of(cell, ACRE_WASTE_HELD) / bytes_of(cell, ACRE_WASTE_REQUESTED);
}

/* "1.51 MiB for 551 KiB; 991 KiB of it is kept free, and 1.31 MiB is resident." */
static void put_holding(FILE *to, const struct acre_cell *cell)
{
    enum acre_waste_term greatest = ACRE_WASTE_ROUNDING;
    for (unsigned term = ACRE_WASTE_ROUNDING; term < ACRE_WASTE_HELD; term++)
        if (bytes_of(cell, (enum acre_waste_term)term) > bytes_of(cell, greatest))
            greatest = (enum acre_waste_term)term;
    fprintf(to, "%s for %s; %s of it is %s",
            acre_format_bytes(bytes_of(cell, ACRE_WASTE_HELD)).text,
            acre_format_bytes(bytes_of(cell, ACRE_WASTE_REQUESTED)).text,
            acre_format_bytes(bytes_of(cell, greatest)).text, words[greatest]);
    if (is_known(cell, ACRE_WASTE_RESIDENT))
        fprintf(to, ", and %s is resident",
                acre_format_bytes(bytes_of(cell, ACRE_WASTE_RESIDENT)).text);
    fprintf(to, ".");
}

static void put_sentence(const void *group_of, FILE *to)
{
    const struct acre_group *group = group_of;
    const struct acre_cell *least = NULL, *most = NULL;
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *cell = group->rows[i].cell;
        if (!is_in_sentence(cell))
            continue;
        if (!least || held_per_requested(cell) < held_per_requested(least))
            least = cell;
        if (!most || held_per_requested(cell) > held_per_requested(most))
            most = cell;
    }
    fprintf(to, "When most is live, ");
    if (!least) {
        fprintf(to, "no strategy with a steady state tells what it holds.");
        return;
    }
    if (most != least) {
        fprintf(to, "%s holds least for what is requested, ", acre_strategy_name(&least->key).text);
        put_holding(to, least);
        fprintf(to, " ");
    }
    fprintf(to, "%s holds %s", acre_strategy_name(&most->key).text, most != least ? "most, " : "");
    put_holding(to, most);
}

bool acre_waste_print(const struct acre_page *page, const struct acre_group *group)
{
    struct acre_grid grid = {.columns = columns, .column_count = COLUMNS};
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *cell = group->rows[i].cell;
        if (!cell->has_waste)
            continue;
        acre_grid_row(&grid);
        acre_grid_set(&grid, STRATEGY, ACRE_PAINT_NONE, "%s", acre_strategy_name(&cell->key).text);
        set_stack(&grid, &cell->waste);
    }
    bool good = grid.row_count == 0;
    if (!good) {
        acre_page_gap(page);
        good = acre_page_sentence(page, put_sentence, group);
        acre_page_gap(page);
        good = good && acre_grid_print(&grid, page, 2);
        acre_page_gap(page);
        good = good && acre_page_say(page, 2, 2, ACRE_PAINT_NONE,
                                     "?: not told. resident: by the kernel. drained: held when all "
                                     "is dropped. The JSON names each source.");
    }
    acre_grid_free(&grid);
    return good;
}

/* Two runs ----------------------------------------------------------------------------------- */

static double grown(const struct acre_compared_cell *cell, unsigned term)
{
    const struct acre_stack_part *before = &cell->before->waste.peak.parts[term];
    const struct acre_stack_part *after = &cell->after->waste.peak.parts[term];
    return (double)after->bytes - (double)before->bytes;
}

/* The greatest change of a term, against what is held or else requested. */
static double change(const struct acre_compared_cell *cell, enum acre_waste_term *which)
{
    double most = 0.0, whole = 1.0;
    const struct acre_waste_stack *stacks[] = {&cell->before->waste.peak, &cell->after->waste.peak};
    for (size_t i = 0; i < 2; i++)
        whole = fmax(whole, fmax((double)part_of(stacks[i], ACRE_WASTE_HELD)->bytes,
                                 (double)part_of(stacks[i], ACRE_WASTE_REQUESTED)->bytes));
    for (unsigned term = 0; term <= ACRE_WASTE_HELD; term++)
        if (fabs(grown(cell, term)) > most) {
            most = fabs(grown(cell, term));
            *which = (enum acre_waste_term)term;
        }
    return most / whole;
}

static bool same_bytes(const struct acre_stack_part *a, const struct acre_stack_part *b)
{
    return a->is_known == b->is_known && a->bytes == b->bytes;
}

/* In everything that a row shows. */
static bool same_row(const struct acre_cell_waste *a, const struct acre_cell_waste *b)
{
    for (unsigned term = 0; term < ACRE_WASTE_TERMS; term++)
        if (!same_bytes(&a->peak.parts[term], &b->peak.parts[term]))
            return false;
    return same_bytes(part_of(&a->drained, ACRE_WASTE_HELD), part_of(&b->drained, ACRE_WASTE_HELD));
}

static void add_compared(struct acre_grid *grid, const struct acre_compared_cell *cell)
{
    const struct acre_cell *cells[] = {cell->before, cell->after};
    bool differs = !same_row(&cell->before->waste, &cell->after->waste);
    for (size_t i = 0; i < (differs ? 2 : 1); i++) {
        acre_grid_row(grid);
        acre_grid_set(grid, STRATEGY, ACRE_PAINT_NONE, "%s  %s",
                      acre_strategy_name(&cell->before->key).text,
                      !differs ? "A, B"
                      : i == 0 ? "A"
                               : "B");
        set_stack(grid, &cells[i]->waste);
    }
}

bool acre_waste_print_compared(const struct acre_page *page, const struct acre_compared_cell *cells,
                               size_t count)
{
    struct acre_grid grid = {.columns = columns, .column_count = COLUMNS};
    const struct acre_compared_cell *most = NULL;
    enum acre_waste_term most_term = ACRE_WASTE_HELD;
    double most_change = 0.0;
    size_t known = 0, differing = 0;
    for (size_t i = 0; i < count; i++) {
        enum acre_waste_term term = ACRE_WASTE_HELD;
        if (!cells[i].before->has_waste || !cells[i].after->has_waste)
            continue;
        double by = change(&cells[i], &term);
        known++;
        differing += by > grain;
        if (by > most_change) {
            most = &cells[i];
            most_change = by;
            most_term = term;
        }
        if (by > grain || page->wide)
            add_compared(&grid, &cells[i]);
    }
    bool good = true;
    if (known > 0)
        acre_page_gap(page);
    if (known > 0 && differing == 0)
        good = acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                             "Where the memory is at the peak: no term differs by more than 1 %% "
                             "of what is held, in %zu cell%s.",
                             known, known == 1 ? "" : "s");
    else if (known > 0)
        good = acre_page_say(
            page, 2, 4, ACRE_PAINT_NONE,
            "Where the memory is at the peak: %zu of %zu cells differ%s by more than 1 %% of what "
            "is held. Most in %s: %s %s%s.",
            differing, known, differing == 1 ? "s" : "",
            acre_strategy_name(&most->before->key).text, words[most_term],
            grown(most, most_term) > 0.0 ? "+" : "",
            acre_format_bytes(grown(most, most_term)).text);
    if (good && grid.row_count > 0)
        good = acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    return good;
}
