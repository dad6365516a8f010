#include "plot/gnuplot.h"

#include <stdbool.h>
#include <stdint.h>

#include "report/format.h"

const char *const acre_gnuplot_colours[ACRE_GNUPLOT_COLOURS] = {
    "#000000", "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00",
};

/* What XML has no room for, and what has no shape. */
static bool is_shown(uint32_t character)
{
    bool is_control = character < 0x20 || (character >= 0x7f && character < 0xa0);
    bool is_surrogate = character >= 0xd800 && character < 0xe000;

    return !is_control && !is_surrogate && (character & 0xfffe) != 0xfffe && character < 0x110000;
}

size_t acre_gnuplot_character(const char *text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* for so many bytes */
    unsigned char first = (unsigned char)text[0];
    size_t bytes = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t character = bytes == 1 ? first : first & (0x7fu >> bytes);

    if (first >= 0xf8)
        return 0;
    for (size_t i = 1; i < bytes; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | ((unsigned char)text[i] & 0x3f);
    }
    return bytes > 0 && character >= least[bytes] && is_shown(character) ? bytes : 0;
}

void acre_gnuplot_text(FILE *script, const char *text)
{
    fputc('\'', script);
    while (*text != '\0') {
        size_t bytes = acre_gnuplot_character(text);

        if (*text == '\'')
            fputc('\'', script);
        if (bytes == 0)
            fputc('?', script);
        else
            fwrite(text, 1, bytes, script);
        text += bytes > 0 ? bytes : 1;
    }
    fputc('\'', script);
}

void acre_gnuplot_terminal(FILE *script, double width_px, double height_px, double letters)
{
    fprintf(script,
            "set encoding utf8\n"
            "if (exists('terminal')) eval sprintf('set terminal %%s fontscale %s size %%g,%%g', "
            "terminal, %s * pixel, %s * pixel)\n",
            acre_format_fixed(letters, 3).text, acre_format_fixed(width_px, 1).text,
            acre_format_fixed(height_px, 1).text);
}
