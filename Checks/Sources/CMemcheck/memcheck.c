#include "CMemcheck.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <valgrind/memcheck.h>

int checks_is_running_on_valgrind(void) {
    return RUNNING_ON_VALGRIND != 0;
}

void checks_poison(const void *bytes, size_t count) {
    (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, count);
}

void checks_declassify(const void *bytes, size_t count) {
    (void)VALGRIND_MAKE_MEM_DEFINED(bytes, count);
}

size_t checks_poisoned_count(const void *bytes, size_t count) {
    size_t poisoned = 0;
    for (size_t i = 0; i < count; ++i) {
        uint8_t undefined_bits = 0;
        if (VALGRIND_GET_VBITS((const char *)bytes + i, &undefined_bits, 1) == 1) {
            poisoned += undefined_bits != 0;
        }
    }
    return poisoned;
}

size_t checks_error_count(void) {
    return VALGRIND_COUNT_ERRORS;
}

static int is_poisoning_randomness;
static size_t poisoned_randomness_count;

void checks_poison_randomness(int is_on) {
    is_poisoning_randomness = is_on;
}

size_t checks_poisoned_randomness_count(void) {
    return poisoned_randomness_count;
}

// Stands in the place of the function of this name in Swift's library, through which SystemRandomNumberGenerator gets
// all that it gives: the program's own definition comes first when symbols are bound.
void swift_stdlib_random(void *buffer, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t got = getrandom((char *)buffer + done, count - done, 0);
        if (got <= 0) {
            abort();
        }
        done += (size_t)got;
    }
    if (is_poisoning_randomness) {
        checks_poison(buffer, count);
        poisoned_randomness_count += count;
    }
}
