#include "plot/figure.h"

#include <string.h>

#include "plot/parts.h"
#include "report/format.h"

static const struct {
    const char *name, *wants;
} figures[ACRE_FIGURE_COUNT] = {
    [ACRE_FIGURE_RANKING] = {"ranking", "times"},
    [ACRE_FIGURE_MEMORY] = {"memory", "a look at memory over time"},
    [ACRE_FIGURE_WASTE] = {"waste", "a look at where the memory was"},
    [ACRE_FIGURE_GROWTH] = {"growth", "times at several sizes"},
    [ACRE_FIGURE_ROUNDS] = {"rounds", "two rounds"},
};

const char *acre_figure_name(enum acre_figure figure)
{
    return figures[figure].name;
}

const char *acre_figure_wants(enum acre_figure figure)
{
    return figures[figure].wants;
}

bool acre_figure_from_name(const char *name, enum acre_figure *figure)
{
    for (int f = 0; f < ACRE_FIGURE_COUNT; f++)
        if (strcmp(name, figures[f].name) == 0) {
            *figure = (enum acre_figure)f;
            return true;
        }
    return false;
}

bool acre_figure_is_there(enum acre_figure figure, const struct acre_groups *all, size_t group)
{
    struct acre_size_set set;

    switch (figure) {
    case ACRE_FIGURE_RANKING:
        return acre_ranking_is_there(&all->groups[group]);
    case ACRE_FIGURE_MEMORY:
        return acre_memory_is_there(&all->groups[group]);
    case ACRE_FIGURE_WASTE:
        return acre_stack_is_there(&all->groups[group]);
    case ACRE_FIGURE_ROUNDS:
        return acre_rounds_is_there(&all->groups[group]);
    default:
        return acre_growth_find(all, group, &set);
    }
}

bool acre_figure_write(enum acre_figure figure, const struct acre_groups *all, size_t group,
                       double width_mm, FILE *script)
{
    const struct acre_sheet sheet = {
        .all = all,
        .group = &all->groups[group],
        .width_px = width_mm * 100.0 / 25.4,
        .script = script,
    };
    struct acre_size_set set;

    switch (figure) {
    case ACRE_FIGURE_RANKING:
        return acre_ranking_write(&sheet);
    case ACRE_FIGURE_MEMORY:
        return acre_memory_write(&sheet);
    case ACRE_FIGURE_WASTE:
        return acre_stack_write(&sheet);
    case ACRE_FIGURE_ROUNDS:
        return acre_rounds_write(&sheet);
    default:
        return !acre_growth_find(all, group, &set) || acre_growth_write(&sheet, &set);
    }
}

struct acre_figure_title acre_figure_title(const struct acre_cell_key *key)
{
    struct acre_figure_title title;

    snprintf(title.text, sizeof title.text, "%.100s%s%s", acre_or_empty(key->workload),
             key->parameter_count > 0 ? ": " : "", acre_group_title(key).text);
    return title;
}
