#include "portable.h"

#include "arithmetic.h"

// In: a sum of at most two products of canonical values, of which one is in Montgomery form. The division leaves at
// most q / 4 + q.
static uint64_t reduce_product(unsigned __int128 sum, const msfhe_modulus *modulus) {
    return subtract_if_not_below(divide_sum(sum, modulus), modulus->value);
}

void msfhe_portable_tensor(uint64_t *out0, uint64_t *out1, uint64_t *out2, const uint64_t *x0, const uint64_t *x1,
                           const uint64_t *y0, const uint64_t *y1, size_t count,
                           const msfhe_modulus *modulus) {
    for (size_t i = 0; i < count; ++i) {
        unsigned __int128 a0 = x0[i];
        unsigned __int128 a1 = x1[i];
        uint64_t b0 = multiply_montgomery(y0[i], modulus->montgomery_squared, modulus);
        uint64_t b1 = multiply_montgomery(y1[i], modulus->montgomery_squared, modulus);
        out0[i] = reduce_product(a0 * b0, modulus);
        out1[i] = reduce_product(a0 * b1 + a1 * b0, modulus);
        out2[i] = reduce_product(a1 * b1, modulus);
    }
}
