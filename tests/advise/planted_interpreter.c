/*
 * An interpreter, whose program has a loop: a value lives within a turn of that, but this is what
 * the program is like, which is data; in the interpreter nothing begins or ends there.
 */
#include "planted.h"

enum { REGISTERS = 16, OPERATIONS = 64, CODE_MOST = 256 };

struct value {
    uint64_t number;
    size_t bytes; /* of text */
    unsigned char text[];
};

struct instruction {
    unsigned char opcode;
    unsigned char left, right, result; /* registers */
};

/* Besides the operations, whose opcodes are 0..63. */
enum { OPCODE_CLEAR = OPERATIONS, OPCODE_REPEAT };

struct machine {
    struct value *registers[REGISTERS];
    uint64_t sum;
};

static uint64_t number_of(const struct machine *machine, unsigned char place)
{
    const struct value *value = machine->registers[place];

    return value != NULL ? value->number : place;
}

static void assign(struct machine *machine, unsigned char place, struct value *value, size_t bytes,
                   uint64_t number)
{
    value->number = number;
    value->bytes = bytes - sizeof *value;
    fill(value->text, value->bytes);
    machine->sum = machine->sum * 31 + number + sum_of(value->text, value->bytes);
    free(machine->registers[place]);
    machine->registers[place] = value;
}

#define EIGHT(name, tens)                                                                          \
    name(tens##0) name(tens##1) name(tens##2) name(tens##3) name(tens##4) name(tens##5)            \
        name(tens##6) name(tens##7)
#define EACH_OPERATION(name)                                                                       \
    EIGHT(name, 0)                                                                                 \
    EIGHT(name, 1)                                                                                 \
    EIGHT(name, 2) EIGHT(name, 3) EIGHT(name, 4) EIGHT(name, 5) EIGHT(name, 6) EIGHT(name, 7)

/* op_00 to op_77: the names are octal, as the opcodes are that are made of them. */
#define DEFINE(octal)                                                                              \
    static APART void op_##octal(struct machine *machine, const struct instruction *now)           \
    {                                                                                              \
        uint64_t left = number_of(machine, now->left);                                             \
        uint64_t right = number_of(machine, now->right);                                           \
        size_t bytes = draw_bytes();                                                               \
        struct value *value = must(malloc(bytes));                                                 \
                                                                                                   \
        assign(machine, now->result, value, bytes, (2 * 0##octal + 1) * left + right);             \
    }
EACH_OPERATION(DEFINE)

static APART void op_clear(struct machine *machine)
{
    for (unsigned i = 0; i < REGISTERS; i++) {
        free(machine->registers[i]);
        machine->registers[i] = NULL;
    }
}

/* Each operation is called from a place of its own. */
#define DISPATCH(octal)                                                                            \
    case 0##octal:                                                                                 \
        op_##octal(machine, now);                                                                  \
        break;

static APART void run_code(struct machine *machine, const struct instruction *code, unsigned turns)
{
    const struct instruction *now = code;

    for (;;) {
        switch (now->opcode) {
            EACH_OPERATION(DISPATCH)
        case OPCODE_CLEAR:
            op_clear(machine);
            break;
        default:
            if (--turns == 0)
                return;
            now = code;
            continue;
        }
        now++;
    }
}

static struct instruction draw_instruction(unsigned opcode)
{
    return (struct instruction){
        .opcode = (unsigned char)opcode,
        .left = (unsigned char)draw(REGISTERS),
        .right = (unsigned char)draw(REGISTERS),
        .result = (unsigned char)draw(REGISTERS),
    };
}

/* A loop in which every operation occurs, in any order, and some more than once. */
static void draw_code(struct instruction *code)
{
    unsigned length = OPERATIONS + draw(OPERATIONS);

    for (unsigned i = 0; i < length; i++) {
        unsigned place = draw(i + 1);

        code[i] = code[place];
        code[place] = draw_instruction(i < OPERATIONS ? i : draw(OPERATIONS));
    }
    code[length] = draw_instruction(OPCODE_CLEAR);
    code[length + 1] = draw_instruction(OPCODE_REPEAT);
}

uint64_t run_interpreter(const struct run *run)
{
    static struct instruction code[CODE_MOST];
    struct machine machine = {0};

    draw_code(code);
    run_code(&machine, code, run->turns);
    return machine.sum;
}
