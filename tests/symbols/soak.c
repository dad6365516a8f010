/*
 * soak FILE...: what looking up costs, of 100,000 addresses all over the code of each file; without
 * one, of the C library. Leaves with 1 where nothing was found.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc/backends.h"
#include "symbols/elf_file.h"
#include "symbols/symbols.h"

enum { ADDRESSES = 100000 };

/* Of the processor: other work on the machine does not count. */
static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static long anonymous_kib(void)
{
    FILE *stream = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    long kib = 0;

    while (stream != NULL && fgets(line, sizeof line, stream) != NULL)
        (void)sscanf(line, "Anonymous: %ld kB", &kib);
    if (stream != NULL)
        fclose(stream);
    return kib;
}

static struct acre_code code_of(const char *path)
{
    struct acre_code code = {0};
    struct acre_elf_file file;

    if (acre_elf_open(&file, path) == ACRE_ELF_OPENED)
        code = acre_elf_code(&file);
    acre_elf_close(&file);
    return code;
}

/* The multiples of a number that has no divisor in common go everywhere, in no order. */
static uint64_t address_of(struct acre_code code, uint64_t i)
{
    return code.begin + i * 2654435761u % (code.end - code.begin);
}

/* How many have a name. */
static size_t look_up_all(struct acre_symbols *symbols, uint32_t module, struct acre_code code)
{
    size_t named = 0;
    struct acre_frames found;

    for (uint64_t i = 0; i < ADDRESSES; i++)
        if (acre_symbols_look_up(symbols, module, address_of(code, i), &found))
            named += found.frames[found.count - 1].function != NULL;
    return named;
}

static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool measure(struct acre_alloc *below, const char *path)
{
    struct acre_fault_plan plan = {0};
    struct acre_alloc *memory = acre_fault_new(below, &plan);
    struct acre_symbols *symbols = acre_symbols_new(memory, NULL, 0);
    struct acre_code code = code_of(path);
    enum acre_symbols_state state = ACRE_SYMBOLS_MISSING;
    long kib = anonymous_kib();
    double times_us[4] = {now_us()};
    uint32_t module;
    size_t named = 0;

    if (code.begin < code.end && acre_symbols_add(symbols, path, NULL, 0, &module) &&
        acre_symbols_state_of(symbols, module, &state)) {
        times_us[1] = now_us();
        named = look_up_all(symbols, module, code);
        times_us[2] = now_us();
        look_up_all(symbols, module, code);
        times_us[3] = now_us();
        printf(
            "figure: %s: %s; opened in %.1f ms; %d addresses, %.2f us each, again %.2f us; %zu %% "
            "named; %.1f MiB of ours, %.1f MiB in all\n",
            name_in(path), acre_symbols_state_text(state), (times_us[1] - times_us[0]) / 1e3,
            ADDRESSES, (times_us[2] - times_us[1]) / ADDRESSES,
            (times_us[3] - times_us[2]) / ADDRESSES, 100 * named / ADDRESSES,
            (double)plan.live_bytes / (1 << 20), (double)(anonymous_kib() - kib) / 1024);
    }
    acre_symbols_destroy(symbols);
    acre_destroy(memory);
    return named > 0;
}

int main(int count, char **arguments)
{
    struct acre_alloc *below = acre_malloc_new();
    Dl_info libc;
    bool is_done = true;

    if (count < 2)
        is_done =
            dladdr(dlsym(RTLD_DEFAULT, "fopen"), &libc) != 0 && measure(below, libc.dli_fname);
    for (int i = 1; i < count; i++)
        is_done = measure(below, arguments[i]) && is_done;
    acre_destroy(below);
    return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}
