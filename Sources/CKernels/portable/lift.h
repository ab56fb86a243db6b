// Constants that bring values modulo one prime, the source, to another prime q; on public values only.
#ifndef MSFHE_LIFT_H
#define MSFHE_LIFT_H

#include "CKernels.h"

// What makes negative representatives, in [-source/2, 0), positive when it is added modulo the source: a multiple of
// q less the source. The result is below q, and so canonical, if the source is below 2q, else below source/2 + q.
static inline uint64_t lift_offset(uint64_t source, uint64_t q) {
    return (source / 2 / q + 1) * q - source;
}

// The factor 1, which reduces any value below 2^52.
static inline msfhe_factor factor_one(const msfhe_modulus *modulus) {
    const uint64_t radix = UINT64_C(1) << 52;
    uint64_t montgomery = radix % modulus->value;
    return (msfhe_factor){montgomery, montgomery * modulus->inverse & (radix - 1)};
}

#endif
