#include "alloc/guard_report.h"

#include <string.h>

static const struct {
    const char *name, *cause;
} defects[ACRE_DEFECT_COUNT] = {
    [ACRE_DEFECT_DOUBLE_FREE] = {"double free",
                                 "two owners, or a free on the way out of a failure and another"},
    [ACRE_DEFECT_FREE_AFTER_RESET] = {"free after reset",
                                      "an owner that does not know of the region's reset"},
    [ACRE_DEFECT_WRONG_ALLOCATOR] = {"wrong allocator",
                                     "the block came from its maker, not from who frees it"},
    [ACRE_DEFECT_SIZE_MISMATCH] = {"size mismatch",
                                   "the size was computed again, or a resize was forgotten"},
    [ACRE_DEFECT_ALIGNMENT_MISMATCH] = {"alignment mismatch",
                                        "the layout was written down twice and not the same way"},
    [ACRE_DEFECT_PURPOSE_MISMATCH] = {"purpose mismatch",
                                      "the layout was written down twice and not the same way"},
    [ACRE_DEFECT_INTERIOR_POINTER] = {"interior pointer",
                                      "a pointer that was moved on, or a member's address"},
    [ACRE_DEFECT_FOREIGN_POINTER] = {"foreign pointer",
                                     "memory of the stack, a static, another library, or a block "
                                     "that was freed long ago"},
    [ACRE_DEFECT_UNDERRUN] = {"underrun", "an index below 0"},
    [ACRE_DEFECT_OVERRUN] = {"overrun", "a loop or a copy that runs past the end"},
    [ACRE_DEFECT_WRITE_AFTER_FREE] = {"write after free", "a pointer kept after the free"},
    [ACRE_DEFECT_WRITE_AFTER_RESET] = {"write after reset",
                                       "a pointer into the region kept after its reset"},
    [ACRE_DEFECT_USE_AFTER_RESET] = {"use after reset",
                                     "a pointer into the region kept after its reset"},
};

const char *acre_defect_name(enum acre_defect defect)
{
    return (unsigned)defect < ACRE_DEFECT_COUNT ? defects[defect].name : "?";
}

/* Text, cut where the room ends ------------------------------------------------------------- */

static void add(struct acre_guard_sentence *sentence, const char *text)
{
    size_t room = sizeof sentence->text - 1 - sentence->length;
    size_t length = strlen(text);

    length = length < room ? length : room;
    memcpy(sentence->text + sentence->length, text, length);
    sentence->length += length;
    sentence->text[sentence->length] = '\0';
}

static void add_number(struct acre_guard_sentence *sentence, uint64_t number, unsigned base)
{
    char digits[24];
    size_t at = sizeof digits - 1;

    digits[at] = '\0';
    do {
        digits[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    add(sentence, digits + at);
}

static void add_count(struct acre_guard_sentence *sentence, uint64_t count)
{
    add_number(sentence, count, 10);
}

static void add_signed(struct acre_guard_sentence *sentence, ptrdiff_t number)
{
    if (number < 0)
        add(sentence, "-");
    add_count(sentence, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

static void add_address(struct acre_guard_sentence *sentence, const void *address)
{
    add(sentence, "0x");
    add_number(sentence, (uintptr_t)address, 16);
}

/* The parts of a sentence ------------------------------------------------------------------- */

/* (48 bytes, align 16, Function) */
static void add_layout(struct acre_guard_sentence *sentence, struct acre_layout layout)
{
    add(sentence, "(");
    add_count(sentence, layout.size);
    add(sentence, layout.size == 1 ? " byte, align " : " bytes, align ");
    add_count(sentence, layout.align);
    add(sentence, ", ");
    add(sentence, acre_purpose_name((enum acre_purpose)layout.purpose));
    add(sentence, ")");
}

static void add_block(struct acre_guard_sentence *sentence,
                      const struct acre_guard_finding *finding)
{
    add(sentence, finding->row != NULL ? "block " : "");
    add_address(sentence, finding->row != NULL ? finding->row->block : finding->address);
    if (finding->row != NULL) {
        add(sentence, " ");
        add_layout(sentence, finding->row->layout);
        add(sentence, " of '");
    } else {
        add(sentence, " given to '");
    }
    add(sentence, finding->owner);
    add(sentence, "': ");
}

/* byte 48 overwritten; bytes 48 to 55 overwritten */
static void add_damage(struct acre_guard_sentence *sentence,
                       const struct acre_guard_finding *finding)
{
    bool is_one = finding->first_byte == finding->last_byte;

    add(sentence, is_one ? "byte " : "bytes ");
    add_signed(sentence, finding->first_byte);
    if (!is_one) {
        add(sentence, " to ");
        add_signed(sentence, finding->last_byte);
    }
    add(sentence, " overwritten");
}

static void add_what(struct acre_guard_sentence *sentence, const struct acre_guard_finding *finding)
{
    switch (finding->defect) {
    case ACRE_DEFECT_DOUBLE_FREE:
    case ACRE_DEFECT_FREE_AFTER_RESET:
        add(sentence, "given back again");
        break;
    case ACRE_DEFECT_WRONG_ALLOCATOR:
        add(sentence, "given back to '");
        add(sentence, finding->given_to);
        add(sentence, "'");
        break;
    case ACRE_DEFECT_SIZE_MISMATCH:
    case ACRE_DEFECT_ALIGNMENT_MISMATCH:
    case ACRE_DEFECT_PURPOSE_MISMATCH:
        add(sentence, "given back as ");
        add_layout(sentence, finding->given);
        break;
    case ACRE_DEFECT_INTERIOR_POINTER:
    case ACRE_DEFECT_USE_AFTER_RESET:
        add(sentence, finding->defect == ACRE_DEFECT_INTERIOR_POINTER
                          ? "given back by the address of byte "
                          : "read or written at byte ");
        add_count(sentence, (uintptr_t)finding->address - (uintptr_t)finding->row->block);
        break;
    case ACRE_DEFECT_FOREIGN_POINTER:
        add(sentence, "no block of it, nor of any guard beside it");
        break;
    default:
        add_damage(sentence, finding);
    }
}

static void add_scope(struct acre_guard_sentence *sentence,
                      const struct acre_guard_finding *finding, uint64_t scope)
{
    if (!finding->tells_scope)
        return;
    add(sentence, " in scope ");
    add_count(sentence, scope);
}

/* ; allocated as #1234 in scope 5; freed after #1300 in scope 6 */
static void add_history(struct acre_guard_sentence *sentence,
                        const struct acre_guard_finding *finding)
{
    const struct acre_guarded *row = finding->row;

    add(sentence, "; allocated as #");
    add_count(sentence, row->born);
    add_scope(sentence, finding, row->born_scope);
    if (row->state == ACRE_GUARDED_LIVE)
        return;
    if (row->state == ACRE_GUARDED_FREED) {
        add(sentence, "; freed after #");
    } else {
        add(sentence, "; dropped by reset ");
        add_count(sentence, row->epoch + 1);
        add(sentence, " after #");
    }
    add_count(sentence, row->died);
    add_scope(sentence, finding, row->died_scope);
}

void acre_guard_say(struct acre_guard_sentence *sentence, const struct acre_guard_finding *finding)
{
    sentence->length = 0;
    add(sentence, "acre guard: ");
    add(sentence, defects[finding->defect].name);
    add(sentence, ": ");
    add_block(sentence, finding);
    add_what(sentence, finding);
    if (finding->row != NULL)
        add_history(sentence, finding);
    add(sentence, "; likely cause: ");
    add(sentence, defects[finding->defect].cause);
}
