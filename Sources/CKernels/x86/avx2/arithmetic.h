// Modular arithmetic on four lanes of doubles.
//
// AVX2 has no wide integer product, but a fused multiply-add gives both halves of a product of doubles exactly.
// Field elements are therefore signed integers in doubles, any representative of their class of magnitude at
// most 2^53. Magnitudes are given as multiples of q. Roundings are to the nearest, the mode in which every
// program starts. No value is subnormal, so that the time does not depend on it.
#ifndef MSFHE_AVX2_ARITHMETIC_H
#define MSFHE_AVX2_ARITHMETIC_H

#include "avx2.h"

#if defined(__x86_64__)

typedef struct {
    __m256d q;
    __m256d reciprocal;  // the double nearest to 1/q
} field;

AVX2_INLINE field make_field(const msfhe_modulus *modulus) {
    double q = (double)modulus->value;
    return (field){_mm256_set1_pd(q), _mm256_set1_pd(1 / q)};
}

// The number that a prepared factor multiplies by, up to a multiple of q, from its word `quotient`: in (-q, 0].
//
// The low 52 bits of quotient * q are w R mod q. With the high part k, therefore, k R = -w R (mod q).
static inline double factor_value(uint64_t quotient, const msfhe_modulus *modulus) {
    return -(double)(uint64_t)((unsigned __int128)quotient * modulus->value >> 52);
}

AVX2_INLINE __m256d nearest_integer(__m256d x) {
    return _mm256_round_pd(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

// A representative of x w. In: |x| <= 2^53, |w| < q. Out: at most 1/2 + 3 |x w| / (2^53 q).
//
// high + low is x w exactly, and so is the result x w - multiple * q, an integer far below 2^53, as is
// high - multiple * q.
//
// The bound: `multiple` is the integer nearest to x w / q after three roundings (the product's, the
// reciprocal's, the quotient's), each with a relative error of at most 2^-53.
AVX2_INLINE __m256d multiply(__m256d x, __m256d w, field f) {
    __m256d high = _mm256_mul_pd(x, w);
    __m256d multiple = nearest_integer(_mm256_mul_pd(high, f.reciprocal));
    __m256d low = _mm256_fmsub_pd(x, w, high);
    return _mm256_add_pd(_mm256_fnmadd_pd(multiple, f.q, high), low);
}

// The representative of x nearest to zero, or one almost as near: at most 1/2 + |x| / (2^52 q).
// In: |x| <= 2^53.
AVX2_INLINE __m256d centre(__m256d x, field f) {
    __m256d multiple = nearest_integer(_mm256_mul_pd(x, f.reciprocal));
    return _mm256_fnmadd_pd(multiple, f.q, x);
}

// x + q for negative x, x otherwise. In: x in (-q, q). Out: canonical.
AVX2_INLINE __m256d add_if_negative(__m256d x, field f) {
    __m256d is_negative = _mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_LT_OQ);
    return _mm256_add_pd(x, _mm256_and_pd(is_negative, f.q));
}

// Integers in [0, 2^52) and doubles: added to 2^52, such a number is the significand of the sum.

AVX2_INLINE __m256d to_doubles(__m256i x) {
    const __m256d two_to_52 = _mm256_set1_pd(0x1p52);
    return _mm256_sub_pd(_mm256_or_pd(_mm256_castsi256_pd(x), two_to_52), two_to_52);
}

AVX2_INLINE __m256i to_integers(__m256d x) {
    const __m256d two_to_52 = _mm256_set1_pd(0x1p52);
    return _mm256_castpd_si256(_mm256_xor_pd(_mm256_add_pd(x, two_to_52), two_to_52));
}

#endif
#endif
