// Products of ciphertexts: 20 multiplications of 52 bits for the three results at an index.
#include "arithmetic.h"

#if defined(__x86_64__)

enum { lanes = 8 };

typedef struct {
    __m512i q;
    __m512i inverse;
    factor_lanes squared;  // R: its Montgomery form is R^2
} constants;

AVX512_INLINE constants make_constants(const msfhe_modulus *modulus) {
    uint64_t squared = modulus->montgomery_squared;
    __m512i inverse = broadcast(modulus->inverse);
    return (constants){broadcast(modulus->value), inverse,
                       {broadcast(squared),
                        _mm512_madd52lo_epu64(_mm512_setzero_si512(), broadcast(squared), inverse)}};
}

// Values as factors, `montgomery` only in (0, 2q).
AVX512_INLINE factor_lanes make_factors(__m512i y, const constants *c) {
    __m512i montgomery = _mm512_add_epi64(multiply_by_factor(y, c->squared, c->q), c->q);
    return (factor_lanes){montgomery, _mm512_madd52lo_epu64(_mm512_setzero_si512(), montgomery, c->inverse)};
}

// x w mod q, canonical. In: x below 2^51, so that the high part of the product with 2q is still below q.
AVX512_INLINE __m512i product(__m512i x, factor_lanes w, const constants *c) {
    return add_if_negative(multiply_by_factor(x, w, c->q), c->q);
}

// x v + y w mod q, canonical. In: canonical x and y. The sum is below 4 q^2, less than q R / 2, so that the division
// leaves less than 3/2 q.
AVX512_INLINE __m512i sum_of_products(__m512i x, factor_lanes v, __m512i y, factor_lanes w, const constants *c) {
    wide_sum none = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    wide_sum sum = add_product(add_product(none, x, v.montgomery), y, w.montgomery);
    return subtract_if_not_below(divide_sum(sum, c->inverse, c->q), c->q);
}

typedef struct {
    uint64_t *out0, *out1, *out2;
    const uint64_t *x0, *x1, *y0, *y1;
} work;

AVX512_INLINE void tensor_at(const work *w, size_t i, __mmask8 present, const constants *c) {
    __m512i x0 = _mm512_maskz_loadu_epi64(present, w->x0 + i);
    __m512i x1 = _mm512_maskz_loadu_epi64(present, w->x1 + i);
    factor_lanes y0 = make_factors(_mm512_maskz_loadu_epi64(present, w->y0 + i), c);
    factor_lanes y1 = make_factors(_mm512_maskz_loadu_epi64(present, w->y1 + i), c);
    _mm512_mask_storeu_epi64(w->out0 + i, present, product(x0, y0, c));
    _mm512_mask_storeu_epi64(w->out1 + i, present, sum_of_products(x0, y1, x1, y0, c));
    _mm512_mask_storeu_epi64(w->out2 + i, present, product(x1, y1, c));
}

AVX512 void msfhe_avx512_tensor(uint64_t *out0, uint64_t *out1, uint64_t *out2, const uint64_t *x0,
                                const uint64_t *x1, const uint64_t *y0, const uint64_t *y1, size_t count,
                                const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    work w = {out0, out1, out2, x0, x1, y0, y1};
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        tensor_at(&w, i, 0xFF, &c);
    }
    tensor_at(&w, i, (__mmask8)first_lanes(count - i), &c);
}

#endif
