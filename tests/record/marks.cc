// The same marks, as C++.
#include "marks.c"
