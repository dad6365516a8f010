#include "page/parts.h"

#include "page/page_stamp.h" /* a comment, which changes with the files that are read here */

/* The assembler puts files into the program, by their paths from the root; C has no word for it
 * before C23's #embed. */
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

BYTES(style, "page/page.css");
BYTES(basics, "page/script/basics.js");
BYTES(figure, "page/script/figure.js");
BYTES(time, "page/script/time.js");
BYTES(memory, "page/script/memory.js");
BYTES(compare, "page/script/compare.js");
BYTES(page, "page/script/page.js");
BYTES(flame, "page/script/flame.js");
BYTES(sites, "page/script/sites.js");
BYTES(recorded, "page/script/recorded.js");
BYTES(advised, "page/script/advised.js");

const struct acre_page_part acre_page_style = PART(style);

static const struct acre_page_part of_runs[] = {PART(basics), PART(figure),  PART(time),
                                                PART(memory), PART(compare), PART(page)};
static const struct acre_page_part of_recordings[] = {PART(basics), PART(figure), PART(sites),
                                                      PART(flame), PART(recorded)};

static const struct acre_page_part of_advice[] = {PART(basics), PART(figure), PART(advised)};

const struct acre_page_scripts acre_page_scripts_of_runs = {of_runs,
                                                            sizeof of_runs / sizeof of_runs[0]};
const struct acre_page_scripts acre_page_scripts_of_recordings = {
    of_recordings, sizeof of_recordings / sizeof of_recordings[0]};

const struct acre_page_scripts acre_page_scripts_of_advice = {of_advice, sizeof of_advice /
                                                                             sizeof of_advice[0]};

#ifdef ACRE_PAGE_HAS_CHARTS
BYTES(charts, "page/node_modules/echarts/dist/echarts.min.js");
const struct acre_page_part acre_page_charts = PART(charts);
#else
const struct acre_page_part acre_page_charts = {"", ""};
#endif
