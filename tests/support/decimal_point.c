/* Prints 1.5 as the user's locale writes it: a test under a comma locale looks here first. */
#include <locale.h>
#include <stdio.h>

int main(void)
{
    (void)setlocale(LC_ALL, "");
    printf("%.1f\n", 1.5);
    return 0;
}
