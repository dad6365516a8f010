#include "page/parts.h"

/* The assembler puts files into the program; C has no word for it before C23's #embed. */
#define PART(name, path)                                                                           \
    __asm__(".pushsection .rodata\n"                                                               \
            ".balign 16\n"                                                                         \
            "acre_page_" #name "_begin:\n"                                                         \
            ".incbin \"" path "\"\n"                                                               \
            "acre_page_" #name "_end:\n"                                                           \
            ".popsection\n");                                                                      \
    extern const char acre_page_##name##_begin[], acre_page_##name##_end[];                        \
                                                                                                   \
    struct acre_page_part acre_page_##name(void)                                                   \
    {                                                                                              \
        return (struct acre_page_part){acre_page_##name##_begin, acre_page_##name##_end};          \
    }

PART(style, ACRE_PAGE_STYLE)
PART(script, ACRE_PAGE_SCRIPT)

#ifdef ACRE_PAGE_CHARTS
PART(charts, ACRE_PAGE_CHARTS)
#else
struct acre_page_part acre_page_charts(void)
{
    return (struct acre_page_part){"", ""};
}
#endif
