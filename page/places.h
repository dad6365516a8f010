/*
 * Places in a program as a page's JSON names them: each text once, each place once, and elsewhere
 * their numbers.
 *
 *    "texts": ["main", "main.c", ["load<>", "int load<char>(char)"], ...]    short form and whole
 *    "places": [[0, 1, 31, 4], ...]      function, file or null, line or 0, module or null
 */
#ifndef ACRE_PAGE_PLACES_H
#define ACRE_PAGE_PLACES_H

#include "page/index.h"
#include "report/maker.h"
#include "symbols/symbols.h"

struct acre_page_places {
    struct acre_maker *maker; /* borrowed; told of what fails */
    json_t *texts, *places;
    struct acre_page_index text_index, place_index;
};

void acre_page_places_init(struct acre_page_places *places, struct acre_maker *maker,
                           struct acre_alloc *memory);

/* Gives texts and places to the object, and ends. */
void acre_page_places_put(struct acre_page_places *places, json_t *object);

/*
 * The number of a place. Equal strings are told by equal pointers, which live to the end of the
 * places: as of acre_names and of a profile. `module` is a path, or "". 0 where the maker has
 * failed.
 */
uint32_t acre_page_place(struct acre_page_places *places, const struct acre_frame *frame,
                         const char *module);

/* A text of at most some hundred bytes, which ends between characters and with "..." where it was
 * cut. NULL for want of memory. */
json_t *acre_page_text(const char *text);

#endif
