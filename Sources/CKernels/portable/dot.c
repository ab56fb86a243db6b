#include "portable.h"

#include "arithmetic.h"

static uint64_t dot_at(size_t i, const uint64_t *const *x, const uint64_t *const *y, size_t terms,
                       const msfhe_modulus *modulus) {
    unsigned __int128 sum = 0;
    for (size_t t = 0; t < terms; ++t) {
        sum += (unsigned __int128)x[t][i] * y[t][i];
    }
    return reduce_sum(sum, modulus);
}

void msfhe_portable_dot(uint64_t *out, const uint64_t *const *x, const uint64_t *const *y, size_t terms,
                        size_t count, const msfhe_modulus *modulus) {
    for (size_t i = 0; i < count; ++i) {
        out[i] = dot_at(i, x, y, terms, modulus);
    }
}

void msfhe_portable_dot2(uint64_t *out0, uint64_t *out1, const uint64_t *const *x, const uint64_t *const *y0,
                         const uint64_t *const *y1, size_t terms, size_t count,
                         const msfhe_modulus *modulus) {
    for (size_t i = 0; i < count; ++i) {
        uint64_t sum0 = dot_at(i, x, y0, terms, modulus);
        uint64_t sum1 = dot_at(i, x, y1, terms, modulus);
        out0[i] = sum0;
        out1[i] = sum1;
    }
}

void msfhe_portable_dot2_stream(uint64_t *out, const uint64_t *plaintexts, const uint64_t *ciphertexts,
                                size_t sum_count, size_t terms, size_t width, const msfhe_modulus *modulus) {
    for (size_t s = 0; s < sum_count; ++s, plaintexts += terms * width, out += 2 * width) {
        for (size_t i = 0; i < 2 * width; ++i) {
            unsigned __int128 sum = 0;
            for (size_t t = 0; t < terms; ++t) {
                sum += (unsigned __int128)plaintexts[t * width + i % width] * ciphertexts[2 * t * width + i];
            }
            out[i] = reduce_sum(sum, modulus);
        }
    }
}
