#include "plot/gnuplot.h"

#include <stdbool.h>
#include <stdint.h>

#include "profile/character.h"
#include "report/format.h"

const char *const acre_gnuplot_colours[ACRE_GNUPLOT_COLOURS] = {
    "#000000", "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00",
};

size_t acre_gnuplot_character(const char *text)
{
    uint32_t character;
    size_t bytes = acre_character_at(text, &character);
    /* What XML has no room for. */
    bool is_shown = bytes > 0 && !acre_is_control(character) && (character & 0xfffe) != 0xfffe;

    return is_shown ? bytes : 0;
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
