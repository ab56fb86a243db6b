#include "CMemcheck.h"

#include <stdint.h>

// Volatile, so that the compiler can neither leave the branch and the access out nor replace them.
static volatile int seen;
static const volatile uint8_t table[256];

void checks_branch_on(const void *byte) {
    if (*(const uint8_t *)byte & 1) {
        seen = 1;
    }
}

void checks_index_by(const void *byte) {
    seen = table[*(const uint8_t *)byte];
}
