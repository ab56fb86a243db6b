#include "arithmetic.h"

#if defined(__x86_64__)

// The inverse of an odd number modulo 2^32: right to three bits at first, and each step doubles them.
static uint32_t inverse_of_odd(uint32_t g) {
    uint32_t inverse = g;
    for (int step = 0; step < 4; ++step) {
        inverse *= 2 - g * inverse;
    }
    return inverse;
}

// With X^n = -1, the coefficient of X^j in x(X^g) is that of X^(j / g) in x, j / g being a quotient modulo 2n
// that wraps modulo 2^32: the coefficient at its remainder by n, negated if the bit of n is set.
AVX512 void msfhe_avx512_automorphism(uint64_t *out, const uint64_t *x, uint32_t log_n, uint32_t exponent,
                                      const msfhe_modulus *modulus) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    uint32_t inverse = inverse_of_odd(exponent);
    size_t n = (size_t)1 << log_n;
    __m256i n_bit = _mm256_set1_epi32((int32_t)n);
    __m256i below_n = _mm256_set1_epi32((int32_t)(n - 1));
    __m256i step = _mm256_set1_epi32((int32_t)(8 * inverse));
    __m256i quotient = _mm256_mullo_epi32(lane, _mm256_set1_epi32((int32_t)inverse));
    __m512i q = broadcast(modulus->value);
    for (size_t j = 0; j < n; j += 8, quotient = _mm256_add_epi32(quotient, step)) {
        __m512i values = _mm512_i32gather_epi64(_mm256_and_si256(quotient, below_n), x, sizeof *x);
        __mmask8 negated = _mm256_test_epi32_mask(quotient, n_bit) & _mm512_test_epi64_mask(values, values);
        _mm512_store_si512(out + j, _mm512_mask_sub_epi64(values, negated, q, values));
    }
}

#endif
