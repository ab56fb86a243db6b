// Changes of the residue number system. Tiles of the input are kept in the first-level cache, while they are
// brought to one target after the other.
#include "arithmetic.h"

#if defined(__x86_64__)

enum {
    lanes = 8,
    tile = 256,            // values of each input at once
    vectors_at_once = 4,   // eight chains of multiply-adds, which hide the multipliers' latency
    short_sum_terms = 7,
};

typedef struct {
    const uint64_t *const *x;
    const uint64_t *sources;
    size_t terms;
    const msfhe_conversion *targets;
    uint64_t *const *out;
    size_t target_count;
} work;

// round(sum_t x_t / q_t) for `count` values from index `first` on; see the portable kernel.
AVX512_INLINE void find_quotients(uint64_t *quotients, const work *w, const double *reciprocals, size_t first,
                                  size_t count) {
    for (size_t i = 0; i < count; i += lanes) {
        __mmask8 present = (__mmask8)first_lanes(count - i);
        __m512d sum = _mm512_setzero_pd();
        for (size_t t = 0; t < w->terms; ++t) {
            __m512d x = _mm512_cvtepu64_pd(_mm512_maskz_loadu_epi64(present, w->x[t] + first + i));
            sum = _mm512_add_pd(sum, _mm512_mul_pd(x, _mm512_set1_pd(reciprocals[t])));
        }
        const __m512d two_to_52 = _mm512_set1_pd(0x1p52);
        __m512d rounded = _mm512_xor_pd(_mm512_add_pd(sum, two_to_52), two_to_52);
        _mm512_store_si512(quotients + i, _mm512_castpd_si512(rounded));
    }
}

// In [0, 2p). `few`: at most `short_sum_terms` terms.
//
// The products of up to seven values below 2^49 sum to less than 7/8 R p, and those of the quotient, at most 7,
// add less than 2^-49 R p; so the division leaves less than 2p. A quotient of at most 7 times a factor below
// 2^49 has no high part. The products of up to 48 values sum to less than 6 R p, which needs a reduction.
AVX512_INLINE __m512i finish(wide_sum s, __m512i quotient, __m512i q_factor, __m512i inverse, __m512i p,
                             reducer r, int few) {
    if (few) {
        s.low = _mm512_madd52lo_epu64(s.low, quotient, q_factor);
        return divide_sum(s, inverse, p);
    }
    return reduce_lazily(divide_sum(add_product(s, quotient, q_factor), inverse, p), r);
}

// `vectors` vectors of one target, of which the last has the lanes `present`. `vectors` and `few` are constants.
AVX512_INLINE void convert_vectors(uint64_t *out, const work *w, const msfhe_conversion *target,
                                   const uint64_t *quotients, size_t i, size_t vectors, __mmask8 present, int few) {
    __m512i p = broadcast(target->modulus.value);
    __m512i inverse = broadcast(target->modulus.inverse);
    reducer r = make_reducer(&target->modulus, 0);
    __m512i q_factor = broadcast(target->factors[w->terms]);
    wide_sum sums[vectors_at_once];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) {
        sums[v] = (wide_sum){_mm512_setzero_si512(), _mm512_setzero_si512()};
    }
    for (size_t t = 0; t < w->terms; ++t) {
        __m512i factor = broadcast(target->factors[t]);
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; ++v) {
            __m512i x = _mm512_maskz_loadu_epi64(present, w->x[t] + i + lanes * v);
            sums[v] = add_product(sums[v], x, factor);
        }
    }
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) {
        __m512i quotient = _mm512_load_si512(quotients + lanes * v);
        _mm512_mask_storeu_epi64(out + i + lanes * v, present,
                                 finish(sums[v], quotient, q_factor, inverse, p, r, few));
    }
}

AVX512_INLINE void convert(const work *w, size_t count, int few) {
    double reciprocals[msfhe_conversion_terms];
    uint64_t quotients[tile] __attribute__((aligned(64)));
    for (size_t t = 0; t < w->terms; ++t) {
        reciprocals[t] = 1 / (double)w->sources[t];
    }
    for (size_t first = 0; first < count; first += tile) {
        size_t size = count - first < tile ? count - first : tile;
        find_quotients(quotients, w, reciprocals, first, size);
        for (size_t target = 0; target < w->target_count; ++target) {
            size_t i = 0;
            for (; i + lanes * vectors_at_once <= size; i += lanes * vectors_at_once) {
                convert_vectors(w->out[target], w, &w->targets[target], quotients + i, first + i,
                                vectors_at_once, 0xFF, few);
            }
            for (; i < size; i += lanes) {
                convert_vectors(w->out[target], w, &w->targets[target], quotients + i, first + i, 1,
                                (__mmask8)first_lanes(size - i), few);
            }
        }
    }
}

AVX512 void msfhe_avx512_convert_basis(uint64_t *const *out, const uint64_t *const *x, const uint64_t *sources,
                                       size_t terms, const msfhe_conversion *targets, size_t target_count,
                                       size_t count) {
    work w = {x, sources, terms, targets, out, target_count};
    if (terms <= short_sum_terms) {
        convert(&w, count, 1);
    } else {
        convert(&w, count, 0);
    }
}

AVX512_INLINE __m512i scaled_difference(__m512i x, __m512i y, factor_lanes w, reducer r, __m512i q) {
    __m512i difference = _mm512_sub_epi64(x, reduce_lazily(y, r));  // (0, 4q)
    return add_if_negative(multiply_by_factor(difference, w, q), q);
}

AVX512 void msfhe_avx512_subtract_multiply(uint64_t *out, const uint64_t *x, const uint64_t *y,
                                           msfhe_factor factor, size_t count, const msfhe_modulus *modulus) {
    __m512i q = broadcast(modulus->value);
    reducer r = make_reducer(modulus, 0 - 2 * modulus->value);  // to [-2q, -0.87q)
    factor_lanes w = broadcast_factor(factor);
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        __m512i difference =
            scaled_difference(_mm512_loadu_si512(x + i), _mm512_loadu_si512(y + i), w, r, q);
        _mm512_storeu_si512(out + i, difference);
    }
    __mmask8 rest = (__mmask8)first_lanes(count - i);
    __m512i difference = scaled_difference(_mm512_maskz_loadu_epi64(rest, x + i),
                                           _mm512_maskz_loadu_epi64(rest, y + i), w, r, q);
    _mm512_mask_storeu_epi64(out + i, rest, difference);
}

#endif
