#include "page/parts.h"

#include "page_stamp.h" /* a comment, which changes with the files that are read here */

/* The assembler puts files into the program; C has no word for it before C23's #embed. */
#define BYTES(name, path)                                                                          \
    __asm__(".pushsection .rodata\n"                                                               \
            "acre_page_" #name "_begin:\n"                                                         \
            ".incbin \"" path "\"\n"                                                               \
            "acre_page_" #name "_end:\n"                                                           \
            ".popsection\n");                                                                      \
    extern const char acre_page_##name##_begin[], acre_page_##name##_end[]

#define PART(name)                                                                                 \
    {                                                                                              \
        acre_page_##name##_begin, acre_page_##name##_end                                           \
    }

BYTES(style, ACRE_PAGE_DIR "/page.css");
BYTES(basics, ACRE_PAGE_DIR "/script/basics.js");
BYTES(figure, ACRE_PAGE_DIR "/script/figure.js");
BYTES(time, ACRE_PAGE_DIR "/script/time.js");
BYTES(memory, ACRE_PAGE_DIR "/script/memory.js");
BYTES(compare, ACRE_PAGE_DIR "/script/compare.js");
BYTES(page, ACRE_PAGE_DIR "/script/page.js");

const struct acre_page_part acre_page_style = PART(style);
const struct acre_page_part acre_page_scripts[] = {PART(basics), PART(figure),  PART(time),
                                                   PART(memory), PART(compare), PART(page)};
const size_t acre_page_script_count = sizeof acre_page_scripts / sizeof acre_page_scripts[0];

#ifdef ACRE_PAGE_CHARTS
BYTES(charts, ACRE_PAGE_CHARTS);
const struct acre_page_part acre_page_charts = PART(charts);
#else
const struct acre_page_part acre_page_charts = {"", ""};
#endif
