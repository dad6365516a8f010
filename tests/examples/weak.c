/* The seed's 17.4: a weak reference does not count, and knows when its object is gone. */
#include "example.h"

int main(void)
{
    struct example example;
    struct acre_weak b;
    struct obj *a;

    if (!example_open(&example) || (a = example_new(&example, "a")) == NULL ||
        acre_weak_of(example.engine, &a->object, &b) != ACRE_OK)
        return 1;
    printf("count %u, b is %s\n", acre_strong_count(&a->object),
           acre_weak_is_alive(example.engine, b) ? "alive" : "dead");
    acre_unref(example.engine, &a);
    printf("b is %s\n", acre_weak_is_alive(example.engine, b) ? "alive" : "dead");
    return example_close(&example);
}
