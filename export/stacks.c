#include "export/stacks.h"

#include <string.h>
#include <xxhash.h>

#include "alloc/grow.h"
#include "export/marks.h"

/* Of a site: a call stack that is not known, and what replaces the outer part of one that is too
 * deep. */
static const struct acre_frame no_stack = {.function = "(no call stack)"};
static const struct acre_frame left_out = {.function = "(frames left out)"};

void acre_stacks_fini(struct acre_stacks *stacks)
{
    struct acre_alloc *memory = stacks->memory;

    acre_free_elements(memory, stacks->nodes, stacks->node_capacity, sizeof *stacks->nodes);
    acre_free_elements(memory, stacks->stacks, stacks->stack_capacity, sizeof *stacks->stacks);
    acre_words_fini(&stacks->words);
    acre_index_fini(&stacks->node_index);
    *stacks = (struct acre_stacks){.memory = memory};
}

/* Nodes -----------------------------------------------------------------------------------------
 */

static bool is_node(const void *wanted, const void *stacks, uint32_t number)
{
    const struct acre_stacks_node *node = acre_stacks_node_of(stacks, number);
    const struct acre_stacks_node *other = wanted;

    return node->parent == other->parent && node->word == other->word;
}

/* The node of a word below a parent; 0 for want of memory. */
static uint32_t child_of(struct acre_stacks *stacks, uint32_t parent, uint32_t word)
{
    const struct acre_stacks_node wanted = {
        .parent = parent,
        .word = word,
        .depth = parent == 0 ? 1 : acre_stacks_node_of(stacks, parent)->depth + 1,
    };
    const uint32_t key[] = {parent, word};
    uint64_t hash = XXH3_64bits(key, sizeof key);
    uint32_t found = acre_index_find(&stacks->node_index, hash, is_node, &wanted, stacks);

    if (found != 0)
        return found;
    if (stacks->node_count >= ACRE_MARKED - 1 ||
        !acre_grow(stacks->memory, &stacks->nodes, stacks->node_count, &stacks->node_capacity,
                   sizeof wanted) ||
        !acre_index_add(&stacks->node_index, hash, (uint32_t)stacks->node_count + 1))
        return 0;
    stacks->nodes[stacks->node_count++] = wanted;
    return (uint32_t)stacks->node_count;
}

/* The node of a call below a parent; 0 for want of memory. */
static uint32_t call_below(struct acre_stacks *stacks, uint32_t parent, acre_stacks_word *word,
                           const struct acre_frame *call, uint64_t address)
{
    uint32_t number;

    word(&stacks->words.letters, call, address);
    number = acre_words_end(&stacks->words);
    return number != 0 ? child_of(stacks, parent, number) : 0;
}

/* A frame, with all that was inlined there, below the node of its parent. */
static uint32_t frame_below(struct acre_stacks *stacks, uint32_t parent, acre_stacks_word *word,
                            const struct acre_frames *calls, uint64_t address)
{
    uint32_t node = parent;

    for (uint32_t i = calls->count; i > 0; i--) {
        if (node != 0 && acre_stacks_node_of(stacks, node)->depth == ACRE_STACKS_MOST_DEPTH) {
            node = call_below(stacks, 0, word, &left_out, 0);
            if (node == 0)
                return 0;
        }
        node = call_below(stacks, node, word, &calls->frames[i - 1], address);
        if (node == 0)
            return 0;
    }
    return node;
}

/* Of a profile ----------------------------------------------------------------------------------
 */

/* Into the place of their marks. */
static bool put_frames(struct acre_stacks *stacks, const struct acre_profile *profile,
                       struct acre_names *names, acre_stacks_word *word, uint32_t *nodes)
{
    for (uint32_t frame = 1; frame <= profile->frames.count; frame++) {
        const struct acre_trace_frame *told = acre_trace_frame_of(&profile->frames, frame);
        struct acre_frames calls;

        if (nodes[frame - 1] != ACRE_MARKED)
            continue;
        if (!acre_names_of(names, frame, &calls))
            return false;
        nodes[frame - 1] = frame_below(stacks, told->parent != 0 ? nodes[told->parent - 1] : 0,
                                       word, &calls, told->offset);
        if (nodes[frame - 1] == 0)
            return false;
    }
    return true;
}

static bool put_figures(struct acre_stacks *stacks, uint32_t node,
                        const struct acre_profile_figures *figures)
{
    uint32_t stack = node != 0 ? acre_stacks_node_of(stacks, node)->stack : 0;

    if (node == 0)
        return false;
    if (stack != 0) {
        acre_profile_add(&stacks->stacks[stack - 1].figures, figures);
        return true;
    }
    if (!acre_grow(stacks->memory, &stacks->stacks, stacks->stack_count, &stacks->stack_capacity,
                   sizeof *stacks->stacks))
        return false;
    stacks->stacks[stacks->stack_count++] = (struct acre_stack){node, *figures};
    stacks->nodes[node - 1].stack = (uint32_t)stacks->stack_count;
    return true;
}

static bool put_sites(struct acre_stacks *stacks, const struct acre_profile *profile,
                      acre_stacks_word *word, const uint32_t *nodes)
{
    for (size_t i = 0; i < profile->site_count; i++) {
        const struct acre_profile_site *site = &profile->sites[i];
        uint32_t node =
            site->stack != 0 ? nodes[site->stack - 1] : call_below(stacks, 0, word, &no_stack, 0);

        if (!put_figures(stacks, node, &site->figures))
            return false;
    }
    return true;
}

bool acre_stacks_make(struct acre_stacks *stacks, struct acre_alloc *memory,
                      const struct acre_profile *profile, struct acre_names *names,
                      acre_stacks_word *word)
{
    uint32_t *nodes = acre_marks_make(memory, profile);
    bool is_made = false;

    *stacks = (struct acre_stacks){.memory = memory};
    acre_words_init(&stacks->words, memory);
    acre_index_init(&stacks->node_index, memory);
    if (nodes != NULL)
        is_made = put_frames(stacks, profile, names, word, nodes) &&
                  put_sites(stacks, profile, word, nodes);
    acre_marks_free(memory, profile, nodes);
    if (!is_made)
        acre_stacks_fini(stacks);
    return is_made;
}

size_t acre_stacks_list(const struct acre_stacks *stacks, const struct acre_stack *stack,
                        uint32_t words[ACRE_STACKS_MOST_DEPTH])
{
    uint32_t count = acre_stacks_node_of(stacks, stack->node)->depth, at = count;

    for (uint32_t node = stack->node; node != 0; node = acre_stacks_node_of(stacks, node)->parent)
        words[--at] = acre_stacks_node_of(stacks, node)->word;
    return count;
}
