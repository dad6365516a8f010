/*
 * Student's t: how likely is a difference of means as large, where nothing differs?
 *
 * P(|T| > t) = I_x(df / 2, 1 / 2) with x = df / (df + t^2), the regularised incomplete beta
 * function by its continued fraction (NIST Digital Library of Mathematical Functions, 26.5
 * and 8.17.22), evaluated by Lentz's method as modified by Thompson and Barnett (1986). No library
 * of a licence that suits has it without a hundred others; the tests hold it against printed
 * tables.
 */
#ifndef ACRE_HISTORY_STUDENT_H
#define ACRE_HISTORY_STUDENT_H

/* Two-sided; df > 0, t any number: NaN gives 1, which shows nothing. */
double acre_student_p(double t, double df);

/* The t that is exceeded, in either direction, with probability p; 0 < p < 1, df >= 1. */
double acre_student_t(double p, double df);

#endif
