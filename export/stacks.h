/*
 * The call stacks of a profile in the words of a format. A word is one call as the format shows it,
 * escaped as it wants; stacks that have the same words are one, whatever the addresses were, and
 * their figures are added.
 *
 *    1 main ──┬── 2 parse ───── 4 node_new    stack 1: node 4, figures
 *             └── 3 optimise ── 5 node_new    stack 2: node 5, figures
 *
 * A stack of more than ACRE_STACKS_MOST_DEPTH words begins anew behind "(frames left out)", as
 * often as it takes, so that what is written is bounded by the number of stacks.
 */
#ifndef ACRE_EXPORT_STACKS_H
#define ACRE_EXPORT_STACKS_H

#include "export/words.h"
#include "profile/names.h"

enum { ACRE_STACKS_MOST_DEPTH = 1024 };

/* Adds the word of a call to `text`. `address` is a link-time one, 0 where there is none. */
typedef void acre_stacks_word(struct acre_text *text, const struct acre_frame *call,
                              uint64_t address);

struct acre_stacks_node {
    uint32_t parent; /* a node with a lower number; 0: this one is the outermost */
    uint32_t word;
    uint32_t stack; /* that ends here; 0: none does */
    uint32_t depth; /* 1: the outermost */
};

struct acre_stack {
    uint32_t node; /* its innermost */
    struct acre_profile_figures figures;
};

/* Nodes and stacks are numbered from 1 as words are; element 0 is number 1. */
struct acre_stacks {
    struct acre_alloc *memory; /* borrowed */
    struct acre_stacks_node *nodes;
    size_t node_count, node_capacity;
    struct acre_stack *stacks; /* in the order of their first births */
    size_t stack_count, stack_capacity;
    struct acre_words words;
    struct acre_index node_index;
};

/* `profile` and `names` only during the call. False for want of memory: nothing is owned. */
bool acre_stacks_make(struct acre_stacks *stacks, struct acre_alloc *memory,
                      const struct acre_profile *profile, struct acre_names *names,
                      acre_stacks_word *word);
void acre_stacks_fini(struct acre_stacks *stacks);

static inline const struct acre_stacks_node *acre_stacks_node_of(const struct acre_stacks *stacks,
                                                                 uint32_t node)
{
    return &stacks->nodes[node - 1];
}

/* The words of a stack from the outermost to the innermost: how many. */
size_t acre_stacks_list(const struct acre_stacks *stacks, const struct acre_stack *stack,
                        uint32_t words[ACRE_STACKS_MOST_DEPTH]);

#endif
