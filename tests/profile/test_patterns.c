/* Names of functions: in short, as patterns, as plumbing. */
#include "support/mtest.h"

#include "profile/pattern.h"
#include "profile/plumbing.h"
#include "profile/short_name.h"

MTest(patterns, names_in_short)
{
    static const char *const names[][2] = {
        {"main", "main"},
        {"", ""},
        {"void std::vector<int, std::allocator<int> >::push_back(int const&)",
         "std::vector<>::push_back"},
        {"operator new(unsigned long)", "operator new"},
        {"operator new[](unsigned long, std::nothrow_t const&)", "operator new[]"},
        {"(anonymous namespace)::foo(int)", "(anonymous namespace)::foo"},
        {"ns::(anonymous namespace)::bar<int>()", "ns::(anonymous namespace)::bar<>"},
        {"Foo::operator()(int) const", "Foo::operator()"},
        {"Foo::operator std::string() const", "Foo::operator std::string"},
        {"Foo::operator->() const", "Foo::operator->"},
        {"decltype(auto) x::y<int>()", "x::y<>"},
        {"std::function<void (int)>::operator()(int) const", "std::function<>::operator()"},
        {"a::b(int)::{lambda(int)#1}::operator()(int) const", "a::b::{lambda(int)#1}::operator()"},
        {"<alloc::vec::Vec<T> as core::iter::X>::from_iter", "<>::from_iter"},
        {"libc.so.6+0x1234", "libc.so.6+0x1234"},
        {"(frames left out)", "(frames left out)"},
        {"f<((", "f<>"},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[128];

        cr_assert_eq(acre_short_name(names[i][0], text, sizeof text), strlen(names[i][1]));
        cr_assert_str_eq(text, names[i][1]);
    }
}

/* Whatever the room, the text ends, and no character is cut. */
MTest(patterns, short_names_fit)
{
    static const char name[] = "n\xc3\xa4me<int>::l\xe2\x82\xacng(char)";

    for (size_t room = 1; room < sizeof name; room++) {
        char text[sizeof name];
        size_t bytes = acre_short_name(name, text, room);

        cr_assert_lt(bytes, room);
        cr_assert_eq(text[bytes], '\0');
        cr_assert_eq(bytes, strlen(text));
        cr_assert(bytes == 0 || ((unsigned char)text[bytes - 1] < 0xc0), "%zu", room);
        cr_assert(room < 4 || strncmp(text, "n\xc3\xa4", 3) == 0);
    }
}

MTest(patterns, stars)
{
    static const char *const patterns[] = {"setlocale", "tz*", "*alloc", "a*b*c", "*/include/*"};
    static const char *const alike[] = {"__GI_setlocale", "tz",           "tzset",
                                        "libc_malloc",    "abc",          "a1b2c(int, char)",
                                        "axbxbxc",        "void tzset()", "__GI___tzset"};
    static const char *const other[] = {"", "setlocales", "t", "allocx", "ab", "acb", "_a", "bc"};

    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++)
        cr_assert(acre_name_is_one_of(alike[i], patterns, 5), "%s", alike[i]);
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        cr_assert_not(acre_name_is_one_of(other[i], patterns, 5), "%s", other[i]);
    cr_assert(acre_path_is_one_of("/usr/include/c++/vector", patterns, 5));
    cr_assert_not(acre_path_is_one_of("/usr/included/x", patterns, 5));
    cr_assert(acre_file_is_one_of("/lib/tzdata.so", patterns, 5));
    cr_assert_not(acre_file_is_one_of("/lib/tz/data.so", patterns, 5));
}

MTest(patterns, plumbing)
{
    static const struct acre_frame plumbing[] = {
        {.function = "operator new(unsigned long)"},
        {.function = "void std::vector<int>::_M_realloc_insert<int>(int&&)"},
        {.function = "__GI___strdup"},
        {.function = "xmalloc"},
        {.function = "PyMem_Malloc"},
        {.function = "allocate", .file = "/usr/include/c++/12/bits/new_allocator.h"},
        {.function = "alloc::alloc::exchange_malloc"},
    };
    static const struct acre_frame other[] = {
        {.function = "main"},
        {.function = "load(std::string const&)"},
        {.function = "mallocate"},
        {.function = "standard::push", .file = "/home/a/include/b.h"},
        {.function = "libc.so.6+0x1234"},
    };

    for (size_t i = 0; i < sizeof plumbing / sizeof plumbing[0]; i++)
        cr_assert(acre_is_plumbing(&plumbing[i]), "%s", plumbing[i].function);
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        cr_assert_not(acre_is_plumbing(&other[i]), "%s", other[i].function);
}
