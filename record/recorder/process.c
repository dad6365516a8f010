#include "record/recorder/process.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "acre_config.h"
#include "record/recorder/process_stat.h"
#include "record/recorder/real.h"
#include "record/recorder/ticks.h"

#ifdef ACRE_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

/* Linux 5.14; glibc 2.36 has it, older ones do not. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum { LEAST_BLOCKS = 1, PAGE_BYTES = 4096 };

enum { UNBEGUN, BEGINNING, RECORDS, DEAF }; /* 0 is also what fork leaves */

struct acre_settings acre_settings;

/* In a page of its own, which fork wipes. */
struct process {
    _Atomic int state;
    struct acre_raw_head *head;
    _Atomic uint64_t last_state;
    _Atomic(struct acre_state *) states;
    _Atomic uint32_t forks;
};

static struct process *process;
static bool has_settings;
static char
    file_name[sizeof((struct acre_raw_head *)0)->fork_file]; /* a child is told its parent's */
static _Atomic uint64_t fork_ticks;

/* AddressSanitizer has a malloc of its own in front of every other. */
extern void __asan_init(void) __attribute__((weak));

/* Settings -------------------------------------------------------------------------------------
 */

/* stacks=unwind,limit=BYTES,directory=/absolute/path: the last is all that follows. */
static void read_settings(void)
{
    const char *text = getenv("ACRE_RECORD");
    const char *directory = text != NULL ? strstr(text, "directory=") : NULL;
    const char *limit = text != NULL ? strstr(text, "limit=") : NULL;

    has_settings = true;
    if (directory == NULL || strlen(directory) - 10 >= sizeof acre_settings.directory)
        return;
    snprintf(acre_settings.directory, sizeof acre_settings.directory, "%s", directory + 10);
    acre_settings.limit_bytes = limit != NULL ? strtoull(limit + 6, NULL, 10) : 0;
    if (strncmp(text, "stacks=unwind", 13) == 0)
        acre_settings.stacks = ACRE_RAW_UNWIND;
    else if (strncmp(text, "stacks=fp", 9) == 0)
        acre_settings.stacks = ACRE_RAW_FRAME_POINTERS;
    acre_settings.is_on = true;
}

/* The head -------------------------------------------------------------------------------------
 */

/* Up to `room` bytes of a file of /proc; how many. */
static size_t read_file(const char *path, char *bytes, size_t room)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t got = 0;
    ssize_t more = 1;

    while (file >= 0 && got < room && more > 0) {
        more = read(file, bytes + got, room - got);
        if (more > 0)
            got += (size_t)more;
    }
    if (file >= 0)
        close(file);
    return got;
}

static uint64_t process_birth(void)
{
    char text[ACRE_STAT_BYTES];

    text[read_file("/proc/self/stat", text, sizeof text - 1)] = '\0';
    return acre_stat_birth(text);
}

static void tell_library(char *path, const void *address)
{
    Dl_info about;

    if (dladdr(address, &about) != 0 && about.dli_fname != NULL)
        snprintf(path, ACRE_RAW_MOST_PATH_BYTES, "%s", about.dli_fname);
}

/* Whether it stands in front of our malloc. A program that is not position independent has an entry
 * for malloc that is its address for everybody, and leads to ours: a symbol with a value and no
 * section. */
static bool hides_ours(const void *address)
{
    const ElfW(Sym) *symbol = NULL;
    Dl_info about, own;

    return dladdr1(address, &about, (void **)&symbol, RTLD_DL_SYMENT) != 0 &&
           dladdr(&acre_settings, &own) != 0 && about.dli_fbase != own.dli_fbase &&
           symbol != NULL && symbol->st_shndx != SHN_UNDEF;
}

static const void *address_of_function(void *(*function)(size_t))
{
    const void *address;

    memcpy(&address, &function, sizeof address);
    return address;
}

/* Which malloc serves, and whether ours is the one that the program calls. Asked in the first
 * process only: a child of fork has the same, and no lock of the loader that it could wait for. */
static void tell_allocator(struct acre_raw_head *head)
{
    static char allocator[ACRE_RAW_MOST_PATH_BYTES], hidden_by[ACRE_RAW_MOST_PATH_BYTES];
    static bool is_known;

    if (!is_known) {
        const void *first = dlsym(RTLD_DEFAULT, "malloc");

        acre_real.malloc_usable_size(NULL); /* the first call of any finds them all */
        tell_library(allocator, address_of_function(acre_real.malloc));
        if (hides_ours(first))
            tell_library(hidden_by, first);
    }
    is_known = true;
    memcpy(head->allocator, allocator, sizeof allocator);
    memcpy(head->hidden_by, hidden_by, sizeof hidden_by);
}

/* Why nothing can be recorded; "": it can. */
static const char *refusal(void)
{
    if (RUNNING_ON_VALGRIND)
        return "it runs under Valgrind, which has a malloc of its own";
    if (__asan_init != NULL)
        return "it is built with AddressSanitizer, which has a malloc of its own";
    return "";
}

static void fill_head(struct acre_raw_head *head, uint64_t most_blocks, const char *parent)
{
    ssize_t bytes = readlink("/proc/self/exe", head->executable, sizeof head->executable - 1);

    head->executable[bytes > 0 ? bytes : 0] = '\0';
    head->command_bytes =
        (uint32_t)read_file("/proc/self/cmdline", head->command, sizeof head->command);
    tell_allocator(head);
    snprintf(head->refusal, sizeof head->refusal, "%s", refusal());
    head->block_bytes = ACRE_RAW_BLOCK_BYTES;
    head->stacks = acre_settings.stacks;
    head->most_blocks = most_blocks;
    head->process = (uint32_t)getpid();
    head->parent = (uint32_t)getppid();
    head->born = process_birth();
    head->ticks = acre_ticks();
    head->ns = acre_clock_ns(CLOCK_MONOTONIC);
    head->utc_ns = acre_clock_ns(CLOCK_REALTIME);
    head->fork_ticks = fork_ticks;
    snprintf(head->fork_file, sizeof head->fork_file, "%s", parent);
    atomic_thread_fence(memory_order_release);
    head->magic = ACRE_RAW_MAGIC;
}

/* The file -------------------------------------------------------------------------------------
 */

static int make_file(void)
{
    static char path[sizeof acre_settings.directory + sizeof file_name + 2];

    snprintf(file_name, sizeof file_name, "%d-%" PRIx64 ".raw", (int)getpid(), acre_ticks());
    snprintf(path, sizeof path, "%s/%s", acre_settings.directory, file_name);
    return open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
}

/* A file longer than the process may write would end it with SIGXFSZ. Where nothing is recorded it
 * is short: Valgrind has to remember something of each address that is mapped. */
static uint64_t most_bytes(void)
{
    struct rlimit limit;
    uint64_t bytes = acre_settings.limit_bytes;

    if (refusal()[0] != '\0')
        return (uint64_t)(LEAST_BLOCKS + 1) * ACRE_RAW_BLOCK_BYTES;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < bytes)
        bytes = limit.rlim_cur;
    return bytes - bytes % ACRE_RAW_BLOCK_BYTES;
}

/* All its pages are had now: a page that the disk has no room for would end the program with SIGBUS
 * when it is stored to. Each alone, not read ahead: ext4 would make large folios of the hole, and
 * look at all of a folio again for each of its pages: four times as long. */
static int populate(void *block)
{
    madvise(block, ACRE_RAW_BLOCK_BYTES, MADV_RANDOM);
    while (madvise(block, ACRE_RAW_BLOCK_BYTES, MADV_POPULATE_WRITE) != 0)
        if (errno != EINTR && errno != EAGAIN)
            return errno == EFAULT ? ENOSPC : errno;
    return 0;
}

/* As long as it may become; nothing of it is there yet. A file system may have no such long files.
 */
static uint64_t lengthen(int file)
{
    uint64_t bytes = most_bytes();

    while (bytes / ACRE_RAW_BLOCK_BYTES > LEAST_BLOCKS && ftruncate(file, (off_t)bytes) != 0)
        bytes = bytes / 2 - bytes / 2 % ACRE_RAW_BLOCK_BYTES;
    return bytes / ACRE_RAW_BLOCK_BYTES;
}

/* Only the head: whoever has the whole file in memory takes addresses from the program, which may
 * have set itself a limit on them. */
static struct acre_raw_head *map_head(int file)
{
    void *head = mmap(NULL, ACRE_RAW_BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

    if (head == MAP_FAILED)
        return NULL;
    if (populate(head) == 0)
        return head;
    munmap(head, ACRE_RAW_BLOCK_BYTES);
    return NULL;
}

static int begin_recording(void)
{
    char parent[sizeof file_name];
    uint64_t blocks;
    int file;

    memcpy(parent, file_name, sizeof parent);
    file = make_file();
    if (file < 0)
        return DEAF;
    blocks = lengthen(file);
    process->head = blocks > LEAST_BLOCKS ? map_head(file) : NULL;
    close(file); /* the program may close whatever it has not opened, and open another file there */
    if (process->head == NULL)
        return DEAF;
    fill_head(process->head, blocks - 1, parent);
    return process->head->refusal[0] == '\0' ? RECORDS : DEAF;
}

/* The page that fork wipes, made once. */
static bool make_process(void)
{
    void *page;

    if (process != NULL)
        return true;
    page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return false;
    if (madvise(page, PAGE_BYTES, MADV_WIPEONFORK) != 0) {
        munmap(page, PAGE_BYTES);
        return false;
    }
    process = page;
    return true;
}

static enum acre_process_state begin(void)
{
    int unbegun = UNBEGUN;
    int error = errno;

    if (environ == NULL)
        return ACRE_PROCESS_TOO_EARLY;
    if (!has_settings)
        read_settings();
    if (!acre_settings.is_on || !make_process())
        return ACRE_PROCESS_DEAF;
    if (atomic_compare_exchange_strong(&process->state, &unbegun, BEGINNING))
        process->state = begin_recording();
    errno = error;
    return process->state == BEGINNING ? ACRE_PROCESS_TOO_EARLY
           : process->state == RECORDS ? ACRE_PROCESS_RECORDS
                                       : ACRE_PROCESS_DEAF;
}

enum acre_process_state acre_process_ready(void)
{
    if (process != NULL && process->state == RECORDS)
        return ACRE_PROCESS_RECORDS;
    return begin();
}

struct acre_raw_head *acre_process_head(void)
{
    return process != NULL ? process->head : NULL;
}

uint64_t acre_process_next_state(void)
{
    return ++process->last_state;
}

_Atomic(struct acre_state *) *acre_process_states(void)
{
    return &process->states;
}

_Atomic uint32_t *acre_process_forks(void)
{
    return &process->forks;
}

void acre_process_before_fork(uint64_t ticks)
{
    fork_ticks = ticks;
}

/* Blocks ---------------------------------------------------------------------------------------
 */

static void stop(struct acre_raw_head *head, enum acre_raw_stop why, int error)
{
    uint32_t goes_on = ACRE_RAW_GOES_ON;

    if (atomic_compare_exchange_strong(&head->stop, &goes_on, why))
        head->error = (uint32_t)error;
}

/* Room for one block in memory: where the head is too, until it is sent elsewhere. */
static void *make_window(const struct acre_raw_head *head)
{
    void *window = mremap((void *)(uintptr_t)head, 0, ACRE_RAW_BLOCK_BYTES, MREMAP_MAYMOVE);

    return window != MAP_FAILED ? window : NULL;
}

/* Without a descriptor, and without the path, which a program may not see any more, or find no
 * descriptor for: the mapping itself knows the file. */
static int place_window(void *window, uint64_t index)
{
    size_t page = (index + 1) * (ACRE_RAW_BLOCK_BYTES / PAGE_BYTES);

    return remap_file_pages(window, ACRE_RAW_BLOCK_BYTES, 0, page, MAP_NONBLOCK) == 0
               ? populate(window)
               : errno;
}

struct acre_raw_block *acre_process_take_block(void **window)
{
    struct acre_raw_head *head = process->head;
    int before = errno;
    uint64_t index;
    int error = ENOMEM;

    if (head == NULL || head->stop != ACRE_RAW_GOES_ON)
        return NULL;
    index = atomic_fetch_add(&head->blocks, 1);
    if (index >= head->most_blocks) {
        stop(head, ACRE_RAW_STOP_LIMIT, 0);
        return NULL;
    }
    if (*window == NULL)
        *window = make_window(head);
    if (*window != NULL)
        error = place_window(*window, index);
    errno = before;
    if (error == 0)
        return *window;
    stop(head, ACRE_RAW_STOP_ERROR, error);
    return NULL;
}
