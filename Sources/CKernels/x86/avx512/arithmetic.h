// Modular arithmetic on eight 64-bit lanes.
#ifndef MSFHE_AVX512_ARITHMETIC_H
#define MSFHE_AVX512_ARITHMETIC_H

#include "avx512.h"

#if defined(__x86_64__)

// Eight factors: lane by lane the two words of msfhe_factor.
typedef struct {
    __m512i montgomery;
    __m512i quotient;
} factor_lanes;

AVX512_INLINE __m512i broadcast(uint64_t x) {
    return _mm512_set1_epi64((int64_t)x);
}

AVX512_INLINE factor_lanes broadcast_factor(msfhe_factor factor) {
    return (factor_lanes){broadcast(factor.montgomery), broadcast(factor.quotient)};
}

// x w mod q, in (-q, q). In: x below 2^52.
//
// `multiple` is chosen so that multiple * q and x * montgomery have the same low 52 bits. The difference of
// their high parts is therefore exactly (x * montgomery - multiple * q) / 2^52, congruent to x w; both
// parts are in [0, q).
AVX512_INLINE __m512i multiply_by_factor(__m512i x, factor_lanes w, __m512i q) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i multiple = _mm512_madd52lo_epu64(zero, x, w.quotient);
    return _mm512_sub_epi64(_mm512_madd52hi_epu64(zero, x, w.montgomery),
                            _mm512_madd52hi_epu64(zero, multiple, q));
}

// x + m for negative x, x otherwise. In: x in [-m, m). Out: [0, m).
// As unsigned numbers, negative values are the larger ones, so that the minimum is the one in range.
AVX512_INLINE __m512i add_if_negative(__m512i x, __m512i m) {
    return _mm512_min_epu64(x, _mm512_add_epi64(x, m));
}

// x - m for x >= m, x otherwise. In: x in [0, 2m). Out: [0, m).
AVX512_INLINE __m512i subtract_if_not_below(__m512i x, __m512i m) {
    return _mm512_min_epu64(x, _mm512_sub_epi64(x, m));
}

// What it takes to reduce lazy values modulo q: lane c of `multiples` is c q - offset.
typedef struct {
    __m512i bits;
    __m512i multiples;
} reducer;

AVX512_INLINE reducer make_reducer(const msfhe_modulus *modulus, uint64_t offset) {
    const __m512i lane = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    __m512i multiples = _mm512_mullo_epi64(lane, broadcast(modulus->value));
    return (reducer){broadcast(modulus->bits), _mm512_sub_epi64(multiples, broadcast(offset))};
}

// x mod q + offset, the remainder in [0, 1.13 q). In: x in [0, 2^(bits + 3)).
//
// With B = 2^bits and c = floor(x / B) <= 7, x - c q = (x - c B) + c (B - q) < B + 7 B / 64, because
// B - q < B / 64; and B < 64 q / 63, so that the remainder is below (71 / 63) q.
AVX512_INLINE __m512i reduce_lazily(__m512i x, reducer r) {
    return _mm512_sub_epi64(x, _mm512_permutexvar_epi64(_mm512_srlv_epi64(x, r.bits), r.multiples));
}

// A sum of products.
typedef struct {
    __m512i low;   // of the products' bits below 52
    __m512i high;  // and from there on
} wide_sum;

AVX512_INLINE wide_sum add_product(wide_sum s, __m512i x, __m512i y) {
    return (wide_sum){_mm512_madd52lo_epu64(s.low, x, y), _mm512_madd52hi_epu64(s.high, x, y)};
}

// A representative of s R^-1: more than 0, and at most s / R + q.
AVX512_INLINE __m512i divide_sum(wide_sum s, __m512i inverse, __m512i q) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i multiple = _mm512_madd52lo_epu64(zero, s.low, inverse);
    __m512i high = _mm512_add_epi64(s.high, _mm512_srli_epi64(s.low, 52));
    return _mm512_add_epi64(high, _mm512_sub_epi64(q, _mm512_madd52hi_epu64(zero, multiple, q)));
}

#endif
#endif
