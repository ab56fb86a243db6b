#include "arithmetic.h"

#if defined(__x86_64__)

typedef struct {
    __m512i q;
    __m512i inverse;
    reducer reducer;
    factor_lanes factor;
} constants;

AVX512_INLINE constants make_constants(const msfhe_modulus *modulus) {
    msfhe_factor none = {0, 0};
    return (constants){broadcast(modulus->value), broadcast(modulus->inverse), make_reducer(modulus, 0),
                       broadcast_factor(none)};
}

typedef __m512i (*unary_operation)(__m512i x, const constants *c);
typedef __m512i (*binary_operation)(__m512i x, __m512i y, const constants *c);

// Both loops end with one masked step, so that nothing outside the arrays is touched.
AVX512_INLINE void map(uint64_t *out, const uint64_t *x, size_t count, const constants *c,
                       unary_operation operation) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        _mm512_storeu_si512(out + i, operation(_mm512_loadu_si512(x + i), c));
    }
    __mmask8 rest = (__mmask8)first_lanes(count - i);
    _mm512_mask_storeu_epi64(out + i, rest, operation(_mm512_maskz_loadu_epi64(rest, x + i), c));
}

AVX512_INLINE void map2(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                        const constants *c, binary_operation operation) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        _mm512_storeu_si512(out + i, operation(_mm512_loadu_si512(x + i), _mm512_loadu_si512(y + i), c));
    }
    __mmask8 rest = (__mmask8)first_lanes(count - i);
    _mm512_mask_storeu_epi64(out + i, rest,
                             operation(_mm512_maskz_loadu_epi64(rest, x + i),
                                       _mm512_maskz_loadu_epi64(rest, y + i), c));
}

AVX512_INLINE __m512i reduced(__m512i x, const constants *c) {
    return subtract_if_not_below(reduce_lazily(x, c->reducer), c->q);
}

AVX512_INLINE __m512i sum(__m512i x, __m512i y, const constants *c) {
    return subtract_if_not_below(_mm512_add_epi64(x, y), c->q);
}

AVX512_INLINE __m512i difference(__m512i x, __m512i y, const constants *c) {
    return add_if_negative(_mm512_sub_epi64(x, y), c->q);
}

AVX512_INLINE __m512i negative(__m512i x, const constants *c) {
    return difference(_mm512_setzero_si512(), x, c);
}

AVX512_INLINE __m512i scaled(__m512i x, const constants *c) {
    return add_if_negative(multiply_by_factor(x, c->factor, c->q), c->q);
}

AVX512_INLINE __m512i montgomery_product(__m512i x, __m512i y, const constants *c) {
    __m512i quotient = _mm512_madd52lo_epu64(_mm512_setzero_si512(), y, c->inverse);
    return add_if_negative(multiply_by_factor(x, (factor_lanes){y, quotient}, c->q), c->q);
}

// One of the three, the sum in (-q, 2q) or its neighbours, is in [0, q); the others are larger as unsigned numbers.
AVX512_INLINE __m512i scaled_sum(__m512i x, __m512i y, const constants *c) {
    __m512i sum = _mm512_add_epi64(x, multiply_by_factor(y, c->factor, c->q));
    return _mm512_min_epu64(add_if_negative(sum, c->q), _mm512_sub_epi64(sum, c->q));
}

AVX512 void msfhe_avx512_reduce(uint64_t *out, const uint64_t *x, size_t count,
                                const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    map(out, x, count, &c, reduced);
}

AVX512 void msfhe_avx512_add(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                             const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    map2(out, x, y, count, &c, sum);
}

AVX512 void msfhe_avx512_subtract(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                                  const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    map2(out, x, y, count, &c, difference);
}

AVX512 void msfhe_avx512_negate(uint64_t *out, const uint64_t *x, size_t count,
                                const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    map(out, x, count, &c, negative);
}

AVX512 void msfhe_avx512_multiply_montgomery(uint64_t *out, const uint64_t *x, const uint64_t *y,
                                             size_t count, const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    map2(out, x, y, count, &c, montgomery_product);
}

AVX512 void msfhe_avx512_multiply_factor(uint64_t *out, const uint64_t *x, msfhe_factor factor, size_t count,
                                         const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    c.factor = broadcast_factor(factor);
    map(out, x, count, &c, scaled);
}

AVX512 void msfhe_avx512_multiply_add_factor(uint64_t *out, const uint64_t *x, const uint64_t *y,
                                             msfhe_factor factor, size_t count,
                                             const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    c.factor = broadcast_factor(factor);
    map2(out, x, y, count, &c, scaled_sum);
}

AVX512_INLINE __m256i centred_low24(__m512i x, __m512i q, __m512i half) {
    __m512i centred = _mm512_mask_sub_epi64(x, _mm512_cmpgt_epu64_mask(x, half), x, q);
    return _mm512_cvtepi64_epi32(_mm512_and_si512(centred, broadcast(0xFFFFFF)));
}

AVX512 void msfhe_avx512_centred_low24(uint32_t *out, const uint64_t *x, size_t count,
                                       const msfhe_modulus *modulus) {
    __m512i q = broadcast(modulus->value);
    __m512i half = broadcast(modulus->value / 2);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        _mm256_storeu_si256((__m256i *)(out + i), centred_low24(_mm512_loadu_si512(x + i), q, half));
    }
    __mmask8 rest = (__mmask8)first_lanes(count - i);
    _mm256_mask_storeu_epi32(out + i, rest,
                             centred_low24(_mm512_maskz_loadu_epi64(rest, x + i), q, half));
}

#endif
