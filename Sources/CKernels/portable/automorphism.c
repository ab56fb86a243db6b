#include "portable.h"

#include "arithmetic.h"

void msfhe_portable_permute(uint64_t *out, const uint64_t *x, const uint32_t *indices, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        out[i] = x[indices[i]];
    }
}

// The term x_i X^i becomes x_i X^(i g), and X^n = -1.
void msfhe_portable_automorphism(uint64_t *out, const uint64_t *x, uint32_t log_n, uint32_t exponent,
                                 const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    size_t n = (size_t)1 << log_n;
    for (size_t i = 0; i < n; ++i) {
        size_t power = i * exponent % (2 * n);
        out[power % n] = power < n ? x[i] : add_if_negative(0 - x[i], q);
    }
}
