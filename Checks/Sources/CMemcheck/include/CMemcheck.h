// Valgrind's client requests, which are macros of C, as functions. Outside of valgrind they do nothing.
#ifndef CMEMCHECK_H
#define CMEMCHECK_H

#include <stddef.h>

// Whether the program runs under valgrind.
int checks_is_running_on_valgrind(void);

// Marks bytes as undefined: memcheck reports every branch and address that depends on them.
void checks_poison(const void *bytes, size_t count);

// Marks bytes as defined.
void checks_declassify(const void *bytes, size_t count);

// How many of the bytes have an undefined bit.
size_t checks_poisoned_count(const void *bytes, size_t count);

// How many errors memcheck has reported so far.
size_t checks_error_count(void);

// Whether what the system's generator gives to Swift is marked as undefined. Off at the start.
void checks_poison_randomness(int is_on);

// How many bytes the generator has given while it marked them.
size_t checks_poisoned_randomness_count(void);

// What must be reported: a branch and an address that depend on a byte.
void checks_branch_on(const void *byte);
void checks_index_by(const void *byte);

#endif
