/* Names as they were in the source. */
#include "support/mtest.h"

#include "symbols/demangle.h"

static void expect(const char *name, const char *wanted)
{
    char text[256];

    if (wanted == NULL) {
        cr_assert_not(acre_demangle(name, text, sizeof text), "%s", name);
        return;
    }
    cr_assert(acre_demangle(name, text, sizeof text), "%s", name);
    cr_assert_str_eq(text, wanted);
}

MTest(demangle, cpp_and_rust)
{
    expect("_ZN6shapes3RowIiE3addERKi", "shapes::Row<int>::add(int const&)");
    expect("_Z6squared", "square(double)");
    expect("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
    expect("_RNvCs1234_7mycrate3foo", "mycrate::foo");
}

MTest(demangle, what_is_not_mangled_is_left)
{
    expect("main", NULL);
    expect("", NULL);
    expect("_", NULL);
    expect("_Z", NULL);
    expect("_R", NULL);
    expect("_ZN", NULL);
    expect("_start", NULL);
    expect("_Zeta", NULL);
    expect("_Z99999999999999999999x", NULL);
    expect("\xff\x01", NULL);
}

/* Each part is two of the one before: 2^40 letters. */
MTest(demangle, what_grows_without_end_is_cut)
{
    char name[1024] = "_Z1fSt4pairIiiE", text[4096];
    size_t used = strlen(name);

    for (int i = 0; i < 40; i++)
        used += (size_t)snprintf(name + used, sizeof name - used, "S_IS%c_S%c_E",
                                 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 36],
                                 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 36]);
    (void)acre_demangle(name, text, sizeof text);
    cr_assert_lt(strlen(text), sizeof text);
}

/* Deeper than a stack should be. */
MTest(demangle, what_is_deep_is_left)
{
    enum { DEPTH = 100000 };
    char *name = malloc(DEPTH + 8), text[64];

    memcpy(name, "_Z1f", 4);
    memset(name + 4, 'P', DEPTH);
    memcpy(name + 4 + DEPTH, "i", 2);
    cr_assert_not(acre_demangle(name, text, sizeof text));
    free(name);
}

MTest(demangle, what_does_not_fit_is_cut)
{
    const char *whole = "shapes::Row<int>::add(int const&)";

    for (size_t room = 1; room <= strlen(whole) + 1; room++) {
        char *text = malloc(room);

        cr_assert(acre_demangle("_ZN6shapes3RowIiE3addERKi", text, room));
        cr_assert_eq(strlen(text), room - 1);
        cr_assert_eq(strncmp(text, whole, room - 1), 0);
        free(text);
    }
}
