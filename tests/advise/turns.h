/* Recordings of programs of which it is known what could live in a region: turns of a loop, with
 * their call stacks. */
#ifndef ACRE_TESTS_ADVISE_TURNS_H
#define ACRE_TESTS_ADVISE_TURNS_H

#include "trace/traces.h"

/* Frames; each is a line of its own of the one outside of it. */
enum {
    AT_MAIN = 1,
    AT_INIT,
    AT_TURN,
    AT_BUILD,
    AT_NODE,
    AT_TEXT,
    AT_DROP,
    AT_KEEP,
    AT_FIRST, /* within what sets up, by the line of AT_NODE */
    AT_PHASE, /* and so many behind it */
    MOST_PHASES = 80,
    FRAMES = AT_PHASE + MOST_PHASES,
};

static inline size_t outer_frame(size_t frame)
{
    static const size_t outer[AT_PHASE] = {
        [AT_INIT] = AT_MAIN,  [AT_TURN] = AT_MAIN, [AT_BUILD] = AT_TURN, [AT_NODE] = AT_BUILD,
        [AT_TEXT] = AT_BUILD, [AT_DROP] = AT_TURN, [AT_KEEP] = AT_TURN,  [AT_FIRST] = AT_INIT,
    };

    return frame < AT_PHASE ? outer[frame] : (size_t)AT_TURN;
}

struct block {
    uint64_t address; /* 0: none */
    size_t size;
};

struct told {
    struct recording recording;
    uint32_t nodes[FRAMES]; /* by frame */
    uint32_t module;
    uint64_t address, time_ns;
    uint32_t thread;
    uint64_t births;
};

static inline uint32_t tell_frame(struct told *told, size_t frame)
{
    struct acre_trace_frame node = {.offset = 0x1000 + 16 * (frame == AT_FIRST ? AT_NODE : frame)};

    if (frame == 0 || told->nodes[frame] != 0)
        return told->nodes[frame];
    node.parent = tell_frame(told, outer_frame(frame));
    node.module = told->module;
    told->nodes[frame] = acre_trace_put_frame(&told->recording.writer, &node);
    return told->nodes[frame];
}

/* With so many phases. Turned round: modules and nodes have other numbers, and lie elsewhere. */
static inline void begin_told(struct told *told, size_t phases, bool is_turned_round)
{
    const size_t count = AT_PHASE - 1 + phases;

    static const struct acre_trace_module other = {.path = "/lib/other.so", .path_bytes = 13};
    struct acre_trace_module module = some_module;

    *told = (struct told){.address = 0x10000, .time_ns = 1000, .thread = 1};
    begin_recording(&told->recording, INT64_MAX);
    if (is_turned_round) {
        acre_trace_put_module(&told->recording.writer, &other);
        module.load_bias += 0x7000;
        module.first_address += 0x7000;
    }
    told->module = acre_trace_put_module(&told->recording.writer, &module);
    for (size_t i = 1; i <= count; i++)
        tell_frame(told, is_turned_round ? count + 1 - i : i);
}

static inline void finish_told(struct told *told)
{
    const struct acre_trace_ending ending = {.end = ACRE_TRACE_END_FINISHED,
                                             .time_ns = told->time_ns};

    finish_recording(&told->recording, &ending);
}

static inline void tell(struct told *told, enum acre_trace_kind kind, size_t frame,
                        struct block block)
{
    const struct acre_trace_event event = {
        .kind = kind,
        .object = block.address,
        .layout = {block.size, 16, ACRE_PURPOSE_OTHER},
        .call = kind == ACRE_TRACE_ALLOCATE ? ACRE_TRACE_CALL_MALLOC : ACRE_TRACE_CALL_NONE,
        .stack = told->nodes[frame],
    };

    told->time_ns += 10;
    acre_trace_put_at(&told->recording.writer, &event, told->time_ns, told->thread);
}

static inline struct block bear(struct told *told, size_t frame, size_t size)
{
    struct block block = {told->address += 0x1000, size};

    told->births++;
    tell(told, ACRE_TRACE_ALLOCATE, frame, block);
    return block;
}

static inline void drop(struct told *told, size_t frame, struct block *block)
{
    if (block->address != 0)
        tell(told, ACRE_TRACE_FREE, frame, *block);
    block->address = 0;
}

static inline void end_told(struct told *told)
{
    end_recording(&told->recording);
}

/* Turns that build nodes and texts, and then drop what has lived for so many turns. */
enum { MOST_TURNS = 128, MOST_BLOCKS = 512 };

struct turns {
    size_t turns, nodes, texts;
    size_t node_turns, text_turns; /* how long they live; 0: to the end of their turn */
    bool drops_at_once;            /* each in front of the next birth */
    bool has_state;                /* a block each turn that lives for seven */
    bool has_threads;              /* every other turn is another thread's */
    bool has_scopes;               /* "turn", which begins with each */
    bool is_turned_round;
    size_t first_nodes; /* of the first two turns; 0: as many as of others */
    size_t tail;        /* nodes behind the loop that live on */
    size_t first;       /* blocks by the nodes' line before the loop, the second half of which goes
                           before it, too, and the rest behind it */
};

/* In a recording that is turned round its name has another number. */
static inline void begin_scope(struct told *told, const struct turns *turns, size_t turn)
{
    struct acre_trace_event event = {.kind = ACRE_TRACE_OTHER,
                                     .type = ACRE_TRACE_TYPE_SCOPE,
                                     .source = turns->is_turned_round ? 3 : 1,
                                     .text = "turn",
                                     .text_bytes = 4};

    if (turn == 0)
        acre_trace_put_at(&told->recording.writer, &event, told->time_ns, told->thread);
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_SCOPE_BEGIN, .scope = turn, .scope_name = event.source};
    acre_trace_put_at(&told->recording.writer, &event, told->time_ns, told->thread);
}

static inline void build(struct told *told, const struct turns *turns, struct block *blocks,
                         size_t nodes)
{
    for (size_t i = 0; i < nodes + turns->texts; i++) {
        size_t frame = i < nodes ? AT_NODE : AT_TEXT;

        blocks[i] = bear(told, frame, frame == AT_NODE ? 48 : 100);
        if (turns->drops_at_once)
            drop(told, frame, &blocks[i]);
    }
}

static inline void drop_some(struct told *told, struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        drop(told, AT_DROP, &blocks[i]);
}

static inline void tell_turns(struct told *told, const struct turns *turns)
{
    static struct block blocks[MOST_TURNS][MOST_BLOCKS];
    static struct block states[MOST_TURNS], first[MOST_BLOCKS];
    size_t counts[MOST_TURNS];

    begin_told(told, 0, turns->is_turned_round);
    for (size_t i = 0; i < 5; i++)
        bear(told, AT_INIT, 1000);
    for (size_t i = 0; i < turns->first; i++)
        first[i] = bear(told, AT_FIRST, 48);
    drop_some(told, first + turns->first / 2, turns->first / 2);
    for (size_t turn = 0; turn < turns->turns; turn++) {
        size_t nodes = turn < 2 && turns->first_nodes > 0 ? turns->first_nodes : turns->nodes;

        counts[turn] = nodes;
        if (turns->has_threads)
            told->thread = 1 + turn % 2;
        if (turns->has_scopes)
            begin_scope(told, turns, turn);
        build(told, turns, blocks[turn], nodes);
        if (turns->has_state)
            states[turn] = bear(told, AT_KEEP, 64);
        if (turn >= turns->node_turns)
            drop_some(told, blocks[turn - turns->node_turns], counts[turn - turns->node_turns]);
        if (turn >= turns->text_turns)
            drop_some(told, blocks[turn - turns->text_turns] + counts[turn - turns->text_turns],
                      turns->texts);
        if (turns->has_state && turn >= 7)
            drop(told, AT_DROP, &states[turn - 7]);
    }
    drop_some(told, first, turns->first / 2);
    for (size_t i = 0; i < turns->tail; i++)
        bear(told, AT_NODE, 48);
    finish_told(told);
}

/* Each in a function of its own: two blocks that are dropped at once. */
static inline void tell_phases(struct told *told, size_t phases, size_t turns)
{
    begin_told(told, phases, false);
    for (size_t turn = 0; turn < turns; turn++)
        for (size_t phase = 0; phase < phases; phase++)
            for (size_t i = 0; i < 2; i++) {
                struct block block = bear(told, AT_PHASE + phase, 64);

                drop(told, AT_PHASE + phase, &block);
            }
    finish_told(told);
}

/* Seven boundaries of which each keeps four fifths of what the one before keeps, and of which the
 * first to fire is preferred; others that keep more. A burst, which is all of them over a budget
 * that none was over before. */
static inline void tell_sevenfold(struct told *told, bool has_burst)
{
    static const size_t visits[] = {256, 322, 405, 508, 637, 798, 1000};
    enum { TURNS = 1000, SEVEN = 7, OTHERS = 32, OTHERS_A_TURN = 8, SIZE = 87 };
    struct block block;

    begin_told(told, SEVEN + OTHERS, false);
    for (size_t turn = 0; turn < TURNS; turn++) {
        for (size_t i = 0; i < OTHERS_A_TURN; i++) {
            size_t frame = AT_PHASE + SEVEN + (turn * OTHERS_A_TURN + i) % OTHERS;

            block = bear(told, frame, SIZE);
            drop(told, frame, &block);
        }
        for (size_t i = 0; i < SEVEN; i++) {
            size_t births = turn == 0 || turn * visits[i] / TURNS > (turn - 1) * visits[i] / TURNS;

            if (has_burst && turn == TURNS / 2 && i == SEVEN - 1)
                births = 40;
            for (size_t j = 0; j < births; j++) {
                block = bear(told, AT_PHASE + i, births == 1 ? SIZE : 1000);
                drop(told, AT_PHASE + i, &block);
            }
        }
    }
    finish_told(told);
}

#endif
