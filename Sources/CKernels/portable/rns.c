#include <string.h>

#include "arithmetic.h"
#include "portable.h"

// Every backend rounds the same steps of the quotient, so none may fuse them.
#pragma STDC FP_CONTRACT OFF

// round(sum_t x[t][i] / q_t). Added to 2^52, a small number is rounded to an integer, which is then the sum's
// significand.
static uint64_t quotient_at(size_t i, const uint64_t *const *x, const double *reciprocals, size_t terms) {
    double sum = 0;
    for (size_t t = 0; t < terms; ++t) {
        sum += (double)(int64_t)x[t][i] * reciprocals[t];
    }
    sum += 0x1p52;
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return low52(bits);
}

void msfhe_portable_convert_basis(uint64_t *const *out, const uint64_t *const *x, const uint64_t *sources,
                                  size_t terms, const msfhe_conversion *targets, size_t target_count,
                                  size_t count) {
    double reciprocals[msfhe_conversion_terms];
    for (size_t t = 0; t < terms; ++t) {
        reciprocals[t] = 1 / (double)sources[t];
    }
    for (size_t i = 0; i < count; ++i) {
        uint64_t quotient = quotient_at(i, x, reciprocals, terms);
        for (size_t target = 0; target < target_count; ++target) {
            const uint64_t *factors = targets[target].factors;
            unsigned __int128 sum = (unsigned __int128)quotient * factors[terms];
            for (size_t t = 0; t < terms; ++t) {
                sum += (unsigned __int128)x[t][i] * factors[t];
            }
            out[target][i] = reduce_sum(sum, &targets[target].modulus);
        }
    }
}

void msfhe_portable_subtract_multiply(uint64_t *out, const uint64_t *x, const uint64_t *y, msfhe_factor factor,
                                      size_t count, const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    for (size_t i = 0; i < count; ++i) {
        uint64_t remainder = y[i] - (y[i] >> modulus->bits) * q;  // below 2q
        out[i] = multiply_by_factor(x[i] + 2 * q - remainder, factor, q);
    }
}
