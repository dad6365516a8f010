/* What a text has to say, by its parts: its form may change, these may not. */
#ifndef ACRE_TESTS_REPORT_FACTS_H
#define ACRE_TESTS_REPORT_FACTS_H

#include "tests/support/mtest.h"

#include <stddef.h>
#include <string.h>

static inline void expect_facts(const char *text, const char *const *facts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect(strstr(text, facts[i]), "no '%s' in:\n%s", facts[i], text);
}

#endif
