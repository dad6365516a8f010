#include "export/formats.h"

void acre_put_place(struct acre_text *text, const struct acre_frame *call, uint64_t address,
                    const struct acre_notation *notation)
{
    acre_text_put_hex(text, address);
    acre_text_put_string(text, ": ");
    acre_text_put_name(text, call->function, notation);
    if (call->file == NULL)
        return;
    acre_text_put_string(text, " (");
    acre_text_put_name(text, call->file, notation);
    if (call->line != 0) {
        acre_text_put_string(text, ":");
        acre_text_put_number(text, call->line);
    }
    acre_text_put_string(text, ")");
}

bool acre_put_name(FILE *stream, struct acre_text *text, const char *name,
                   const struct acre_notation *notation)
{
    acre_text_clear(text);
    acre_text_put_name(text, name, notation);
    fwrite(text->bytes, 1, text->count, stream);
    return !text->is_short;
}
