# Lines of a program become lines of a string in C.
s/[\\"]/\\&/g
s/.*/"&\\n"/
