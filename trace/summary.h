/*
 * What a trace says, as figures: its calls, told again to a full ledger (alloc/ledger.h), so that
 * the books of a trace and those of a run that was recorded in memory are kept by one piece of
 * code; and what only a trace has.
 */
#ifndef ACRE_TRACE_SUMMARY_H
#define ACRE_TRACE_SUMMARY_H

#include "alloc/ledger.h"
#include "trace/reader.h"

enum {
    ACRE_TRACE_MOST_THREADS_TOLD = 64,
    ACRE_TRACE_MOST_REMARKS_TOLD = 16,
    ACRE_TRACE_SCOPES_TOLD = 1000
};

struct acre_trace_thread {
    uint32_t thread;
    uint64_t events; /* frames, modules and other definitions are nobody's */
};

/* What the process did, or what the recorder could not see. */
struct acre_trace_remark {
    uint32_t type; /* ACRE_TRACE_TYPE_PROCESS or _UNSEEN */
    char text[128];
};

struct acre_trace_summary {
    struct acre_ledger ledger; /* its addresses are made of ids; what was inherited is born there */
    uint64_t kinds[ACRE_TRACE_KINDS];
    uint64_t calls[ACRE_TRACE_CALLS]; /* births, resizes and refusals by what was called */
    struct acre_live inherited[ACRE_PURPOSE_COUNT]; /* births that are no calls */
    uint64_t unknown;  /* frees and resizes of blocks that were not seen to be born */
    uint64_t replaced; /* births at the address of a block that had not been freed */
    uint64_t odd;      /* events of types that this acre does not know */
    uint64_t scopes[ACRE_TRACE_MOST_SCOPE_NAMES]; /* that began, by name; 0: iterations */
    uint64_t peak_bytes;                          /* the most that was live */
    uint64_t peak_event; /* the last one that left as much live as there ever was; 0: none */
    uint64_t peak_scope;
    bool peak_is_in_scope;
    uint64_t first_ns, last_ns;
    struct acre_trace_thread threads[ACRE_TRACE_MOST_THREADS_TOLD];
    size_t thread_count;
    size_t thread_at; /* of the event before */
    bool has_more_threads;
    struct acre_trace_remark remarks[ACRE_TRACE_MOST_REMARKS_TOLD];
    uint64_t remark_count;                     /* of all, also those for which there is no room */
    char sources[ACRE_TRACE_MOST_SOURCES][64]; /* names, "" where none was told */
    char scope_names[ACRE_TRACE_MOST_SCOPE_NAMES][64];
};

/*
 * Reads the trace to its end; input.state of the reader says how that was, and a summary of what
 * could be read is there in any state. Tables come from `memory`, borrowed. The summary stays where
 * it is, and is ended with acre_trace_summary_fini. False for want of memory: then nothing is
 * owned.
 */
bool acre_trace_summarise(struct acre_trace_summary *summary, struct acre_trace_reader *reader,
                          struct acre_alloc *memory);

void acre_trace_summary_fini(struct acre_trace_summary *summary);

#endif
