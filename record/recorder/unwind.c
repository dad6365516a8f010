#include "record/recorder/unwind.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#define TEXT_OF(name) #name
#define NAME_OF(name) TEXT_OF(name)

/* The library's, NULL: it is not there (yet). */
static struct {
    int (*backtrace)(void **frames, int count);
    int (*context)(unw_tdep_context_t *context);
    int (*init)(unw_cursor_t *cursor, unw_context_t *context);
    int (*step)(unw_cursor_t *cursor);
    int (*reg)(unw_cursor_t *cursor, int number, unw_word_t *value);
    int (*place)(unw_cursor_t *cursor, int number, unw_save_loc_t *place);
} unwind;

/* The loader's; its data are in its module. */
extern void *__libc_stack_end;

static uintptr_t loader_first, loader_bytes;

static int find_loader(struct dl_phdr_info *info, size_t bytes, void *nothing)
{
    uintptr_t behind = 0;

    (void)bytes;
    (void)nothing;
    for (ElfW(Half) i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD)
            behind = info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    if ((uintptr_t)&__libc_stack_end - info->dlpi_addr >= behind)
        return 0;
    loader_first = info->dlpi_addr;
    loader_bytes = behind;
    return 1;
}

bool acre_is_in_loader(const void *address)
{
    return (uintptr_t)address - loader_first < loader_bytes;
}

static void find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);

    memcpy(function, &found, sizeof found);
}

/* Loaded for ourselves alone: in the program's scope its functions would serve C++'s exceptions.
 * Its second cache, which threads share, has a lock, and is turned off: under it the loader's lock
 * is taken, which a program may hold while it allocates. The first cache is each thread's own. */
void acre_unwind_prepare(void)
{
    void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
    int (*set_policy)(unw_addr_space_t, unw_caching_policy_t);
    unw_addr_space_t *space;

    if (library == NULL)
        return;
    dl_iterate_phdr(find_loader, NULL);
    find(library, NAME_OF(unw_local_addr_space), &space);
    find(library, NAME_OF(unw_set_caching_policy), &set_policy);
    find(library, NAME_OF(unw_tdep_getcontext), &unwind.context);
    find(library, NAME_OF(unw_init_local), &unwind.init);
    find(library, NAME_OF(unw_step), &unwind.step);
    find(library, NAME_OF(unw_get_reg), &unwind.reg);
    find(library, NAME_OF(unw_get_save_loc), &unwind.place);
    if (space != NULL && set_policy != NULL)
        set_policy(*space, UNW_CACHE_NONE);
    find(library, "unw_backtrace", &unwind.backtrace);
}

size_t acre_unwind(void *const *frame, void **frames, size_t room)
{
    int got = unwind.backtrace != NULL ? unwind.backtrace(frames, (int)room + ACRE_UNWIND_OURS) : 0;
    size_t count = got > 0 ? (size_t)got : 0;
    size_t ours = 0;

    while (ours < count && ours < ACRE_UNWIND_OURS && frames[ours] != frame[1])
        ours++;
    if (ours == count || ours == ACRE_UNWIND_OURS) {
        frames[0] = frame[1];
        return 1;
    }
    count = count - ours < room ? count - ours : room;
    memmove(frames, frames + ours, count * sizeof *frames);
    return count;
}

#if defined(__x86_64__)

/* Where a register's value is in memory, at the frame or above it; 0: it is not. */
static uintptr_t place_of(unw_cursor_t *cursor, int number, void *const *frame)
{
    unw_save_loc_t place;

    if (unwind.place(cursor, number, &place) != 0 || place.type != UNW_SLT_MEMORY ||
        place.u.addr < (uintptr_t)frame)
        return 0;
    return place.u.addr;
}

/* The word at `place`, which is not the lowest of the frame, and not the one in front of it. */
static void check_word(struct acre_check *check, uintptr_t place, void *const *frame)
{
    *check = (struct acre_check){
        .words = {0, *(const uint64_t *)place},
        .offset = place - sizeof(uint64_t) - (uintptr_t)frame,
        .ignored = ~UINT64_C(0),
    };
}

/* rbp is saved in front of the return address that was checked last, or of the first, by our own
 * function, or elsewhere. */
static bool check_rbp(struct acre_check *checks, size_t *count, uintptr_t place, void *const *frame)
{
    struct acre_check *beside = place == (uintptr_t)frame ? &checks[0] : &checks[*count - 1];

    if (place - (uintptr_t)frame == beside->offset) {
        beside->words[0] = *(const uint64_t *)place;
        beside->ignored = 0;
        return true;
    }
    if (*count == ACRE_MOST_CHECKS)
        return false;
    check_word(&checks[(*count)++], place, frame);
    return true;
}

/* A frame that may be found by rbp: it points into it. Any other value of rbp is of no meaning
 * here, and often another one at each call. */
static bool is_in_frame(unw_word_t rbp, unw_word_t inner, unw_word_t outer)
{
    return rbp >= inner && rbp < outer;
}

/* From our own frames to the program's first; its stack pointer. False: it is not found. */
static bool find_program(unw_cursor_t *cursor, void *const *frame, unw_word_t *stack)
{
    do
        if (unwind.step(cursor) <= 0 || unwind.reg(cursor, UNW_REG_SP, stack) != 0)
            return false;
    while (*stack <= (uintptr_t)frame);
    return true;
}

size_t acre_unwind_checks(void *const *frame, struct acre_check *checks)
{
    unw_context_t context;
    unw_cursor_t cursor;
    unw_word_t inner = 0, outer = 0, rbp = 0;
    size_t count = 0;

    if (unwind.place == NULL || unwind.context(&context) != 0 ||
        unwind.init(&cursor, &context) != 0 || !find_program(&cursor, frame, &inner))
        return 0;
    for (;; inner = outer) {
        uintptr_t address = place_of(&cursor, UNW_REG_IP, frame);
        uintptr_t saved = place_of(&cursor, UNW_X86_64_RBP, frame);

        if (address <= (uintptr_t)frame || count == ACRE_MOST_CHECKS ||
            unwind.reg(&cursor, UNW_X86_64_RBP, &rbp) != 0)
            return 0;
        check_word(&checks[count++], address, frame);
        if (unwind.step(&cursor) <= 0)
            return count;
        if (unwind.reg(&cursor, UNW_REG_SP, &outer) != 0 || outer <= inner)
            return 0;
        /* In front of the return address that is found by it. */
        if (is_in_frame(rbp, inner, outer) &&
            (saved == 0 || !check_rbp(checks, &count, saved, frame)))
            return 0;
    }
}

#else

size_t acre_unwind_checks(void *const *frame, struct acre_check *checks)
{
    (void)frame;
    (void)checks;
    return 0;
}

#endif
