#include "portable.h"

#include "arithmetic.h"

// sum R^-1 mod q, canonical. In: a sum of at most 4096 products of a value below 2^52 and a canonical one.
//
// A Montgomery reduction leaves less than 4097 q. With B = 2^bits, each step then takes x = a B + b to
// a (B - q) + b, where B - q < B / 64: the first to less than 65 B, the second to less than 2 B, and the third
// to less than B + B / 64 < 2 q.
static uint64_t reduce_sum(unsigned __int128 sum, const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    uint64_t multiple = low52((uint64_t)sum * modulus->inverse);
    uint64_t x = (uint64_t)(sum >> 52) + (q - multiply_high52(multiple, q));
    for (int step = 0; step < 3; ++step) {
        x -= (x >> modulus->bits) * q;
    }
    return subtract_if_not_below(x, q);
}

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
