#include "profile/leaks.h"

#include "alloc/grow.h"
#include "profile/pattern.h"

enum { MOST_PATTERNS = 24 };

/* Files of the runtime. Rules look at a stack only up to where it leaves them: what a program's own
 * function allocates, whoever called that, is the program's. */
static const char *const runtime[] = {
    "libc.so*",   "libc-*.so",  "ld-*",       "libpthread*", "libdl*",
    "libresolv*", "libnss_*",   "libm.so*",   "libm-*.so",   "libgcc_s*",
    "libstdc++*", "libc++.so*", "libc++abi*", "librt*",      "libanl*",
};
static const char *const loader[] = {"ld-*"};
static const char *const cpp_runtime[] = {"libstdc++*"};

/* A block is kept if one of these functions is on its stack, in the runtime. docs/info.md says the
 * same in words. */
static const struct rule {
    const char *what;
    const char *functions[MOST_PATTERNS]; /* as in pattern.h, without underscores in front */
} rules[] = {
    {"buffers of stdio", {"IO_file_doallocate", "IO_wfile_doallocate"}},
    {"locales", {"*setlocale", "nl_*", "*bindtextdomain", "*textdomain", "*gettext*"}},
    {"time zones",
     {"tzset*", "tzfile_*", "tz_convert", "localtime*", "*mktime", "ctime*", "*strftime*"}},
    {"users, hosts and services",
     {"getpw*", "getgr*", "getsp*", "nss_*", "gethostby*", "getserv*", "getproto*", "getnet*",
      "getaddrinfo", "getnameinfo", "res_*init*", "resolv_*", "getlogin*", "getmntent",
      "ttyname*"}},
    {"the environment", {"setenv", "putenv", "add_to_environ"}},
    {"what runs at exit",
     {"atexit", "on_exit", "at_quick_exit", "cxa_atexit", "internal_atexit", "new_exitfn",
      "cxa_at_quick_exit", "cxa_thread_atexit_impl"}},
    {"texts of errors", {"strerror*", "strsignal", "dlerror*"}},
};

enum { RULES = sizeof rules / sizeof rules[0], THE_LOADER = RULES, KINDS, UNSURE = KINDS, LEAKED };

_Static_assert((int)KINDS == (int)ACRE_KEPT_KINDS, "one kind a rule, and the loader");

static size_t count_of(const char *const *patterns)
{
    size_t count = 0;

    while (count < MOST_PATTERNS && patterns[count] != NULL)
        count++;
    return count;
}

#define IS_ONE_OF(path, files) acre_file_is_one_of(path, files, sizeof(files) / sizeof(files)[0])

/* The loader allocates, or runs what a library does when it is loaded: libstdc++ reserves memory
 * for exceptions then. Where stacks end before the loader, nothing is behind that. */
static bool is_of_loader(const struct acre_profile *profile, uint32_t stack)
{
    const char *inner = acre_path_of_node(profile, stack);
    uint32_t caller = acre_trace_frame_of(&profile->frames, stack)->parent;

    return IS_ONE_OF(inner, loader) ||
           (IS_ONE_OF(inner, cpp_runtime) &&
            (caller == 0 || IS_ONE_OF(acre_path_of_node(profile, caller), loader)));
}

/* Which kind, UNSURE or LEAKED. False for want of memory. */
static bool judge(const struct acre_profile *profile, struct acre_names *names, uint32_t stack,
                  size_t *kind)
{
    struct acre_walk walk = acre_walk_of(profile, names, stack);
    const struct acre_frame *frame;

    *kind = LEAKED;
    if (stack == 0)
        return true;
    if (is_of_loader(profile, stack)) {
        *kind = THE_LOADER;
        return true;
    }
    while ((frame = acre_walk_next(&walk)) != NULL) {
        if (!IS_ONE_OF(acre_path_of_node(profile, walk.node), runtime))
            return true;
        for (size_t rule = 0; rule < RULES; rule++)
            if (acre_name_is_one_of(frame->function, rules[rule].functions,
                                    count_of(rules[rule].functions))) {
                *kind = rule;
                return true;
            }
    }
    *kind = UNSURE;
    return !walk.has_no_memory;
}

static bool take(struct acre_leaks *leaks, const struct acre_profile_site *site, size_t kind)
{
    uint64_t blocks = site->figures.live_blocks;
    uint64_t bytes = site->figures.live_bytes;

    if (kind < KINDS) {
        leaks->kept[kind].blocks += blocks;
        leaks->kept[kind].bytes += bytes;
        leaks->kept_blocks += blocks;
        leaks->kept_bytes += bytes;
        return true;
    }
    if (kind == UNSURE) {
        leaks->unsure_blocks += blocks;
        leaks->unsure_bytes += bytes;
        return true;
    }
    if (!acre_grow(leaks->memory, &leaks->sites, leaks->count, &leaks->capacity,
                   sizeof *leaks->sites))
        return false;
    leaks->sites[leaks->count++] = *site;
    leaks->blocks += blocks;
    leaks->bytes += bytes;
    return true;
}

bool acre_leaks_find(struct acre_leaks *leaks, struct acre_alloc *memory,
                     const struct acre_profile *profile, struct acre_names *names)
{
    *leaks = (struct acre_leaks){.is_known = acre_profile_knows_leaks(profile), .memory = memory};
    for (size_t kind = 0; kind < KINDS; kind++)
        leaks->kept[kind].what = kind < RULES ? rules[kind].what : "the loader and its libraries";
    for (size_t i = 0; leaks->is_known && i < profile->site_count; i++) {
        const struct acre_profile_site *site = &profile->sites[i];
        size_t kind;

        if (site->figures.live_blocks == 0)
            continue;
        if (!judge(profile, names, site->stack, &kind) || !take(leaks, site, kind)) {
            acre_leaks_fini(leaks);
            return false;
        }
    }
    return true;
}

void acre_leaks_fini(struct acre_leaks *leaks)
{
    acre_free_elements(leaks->memory, leaks->sites, leaks->capacity, sizeof *leaks->sites);
    *leaks = (struct acre_leaks){.memory = leaks->memory};
}
