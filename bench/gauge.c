#include "bench/gauge.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool acre_gauge_make(struct acre_gauge **gauge, int *descriptor)
{
    *gauge = NULL;
    *descriptor = memfd_create("gauge", MFD_CLOEXEC);
    if (*descriptor >= 0 && ftruncate(*descriptor, sizeof **gauge) == 0)
        *gauge = acre_gauge_map(*descriptor);
    if (*gauge == NULL && *descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
    return *gauge != NULL;
}

/* Of a file that is shorter, reading would be a signal. */
struct acre_gauge *acre_gauge_map(int descriptor)
{
    struct stat file;
    void *page;

    if (fstat(descriptor, &file) != 0 || file.st_size < (off_t)sizeof(struct acre_gauge))
        return NULL;
    page = mmap(NULL, sizeof(struct acre_gauge), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return page != MAP_FAILED ? page : NULL;
}

void acre_gauge_unmap(struct acre_gauge *gauge)
{
    if (gauge != NULL)
        munmap(gauge, sizeof *gauge);
}

void acre_gauge_set_phase(struct acre_gauge *gauge, enum acre_gauge_phase phase)
{
    atomic_store_explicit(&gauge->phase, (uint64_t)phase, memory_order_seq_cst);
}

void acre_gauge_publish(struct acre_gauge *gauge, const struct acre_gauge_reading *reading)
{
    atomic_store_explicit(&gauge->begin_ns, reading->begin_ns, memory_order_relaxed);
    atomic_store_explicit(&gauge->live_bytes, reading->live_bytes, memory_order_relaxed);
    atomic_store_explicit(&gauge->usable_bytes, reading->usable_bytes, memory_order_relaxed);
    atomic_store_explicit(&gauge->held_bytes, reading->held_bytes, memory_order_relaxed);
    atomic_store_explicit(&gauge->others_bytes, reading->others_bytes, memory_order_relaxed);
    atomic_store_explicit(&gauge->iteration, reading->iteration, memory_order_release);
    acre_gauge_set_phase(gauge, reading->phase);
}

struct acre_gauge_reading acre_gauge_read(const struct acre_gauge *gauge)
{
    struct acre_gauge_reading reading = {
        .phase = (enum acre_gauge_phase)atomic_load_explicit(&gauge->phase, memory_order_acquire),
        .iteration = atomic_load_explicit(&gauge->iteration, memory_order_acquire),
    };

    reading.begin_ns = atomic_load_explicit(&gauge->begin_ns, memory_order_relaxed);
    reading.live_bytes = atomic_load_explicit(&gauge->live_bytes, memory_order_relaxed);
    reading.usable_bytes = atomic_load_explicit(&gauge->usable_bytes, memory_order_relaxed);
    reading.held_bytes = atomic_load_explicit(&gauge->held_bytes, memory_order_relaxed);
    reading.others_bytes = atomic_load_explicit(&gauge->others_bytes, memory_order_relaxed);
    return reading;
}
