// Sums of products mod q: the 52-bit halves of the products are summed apart, and reduced once.
#include "arithmetic.h"

#if defined(__x86_64__)

enum {
    lanes = 8,
    tile_sums = 8,         // vectors of sums at once: sixteen chains, which hide the multipliers' latency
    short_sum_terms = 7,   // up to here a Montgomery reduction of a sum leaves less than 8 q
};

typedef struct {
    __m512i q;
    __m512i inverse;
    reducer reducer;
    int excess_steps;  // before the reducer's range is reached
} constants;

AVX512_INLINE constants make_constants(const msfhe_modulus *modulus, size_t terms) {
    return (constants){broadcast(modulus->value), broadcast(modulus->inverse), make_reducer(modulus, 0),
                       terms <= short_sum_terms ? 0 : 2};
}

// The sum times R^-1 mod q, canonical.
//
// The division leaves less than (terms + 1) q, at most 4097 q. With B = 2^bits, each step takes
// x = a B + b to a (B - q) + b, where B - q < B / 64: the first to less than 65 B, the second to less than 2 B.
AVX512_INLINE __m512i reduce_sum(wide_sum s, const constants *c) {
    __m512i x = divide_sum(s, c->inverse, c->q);
    for (int step = 0; step < c->excess_steps; ++step) {
        __m512i quotient = _mm512_srlv_epi64(x, c->reducer.bits);
        x = _mm512_sub_epi64(x, _mm512_mullo_epi64(quotient, c->q));
    }
    return subtract_if_not_below(reduce_lazily(x, c->reducer), c->q);
}

// One or two outputs that share x.
typedef struct {
    size_t outputs;
    uint64_t *out[2];
    const uint64_t *const *x;
    const uint64_t *const *y[2];
    size_t terms;
    constants constants;
} work;

// Some vectors from index i on, of which the last has the lanes `present`. `outputs` and `vectors` are
// constants, so that the sums are registers.
AVX512_INLINE void dot_tile(const work *w, size_t outputs, size_t i, size_t vectors, __mmask8 present) {
    wide_sum sums[tile_sums];
#pragma clang loop unroll(full)
    for (size_t k = 0; k < outputs * vectors; ++k) {
        sums[k] = (wide_sum){_mm512_setzero_si512(), _mm512_setzero_si512()};
    }
    for (size_t t = 0; t < w->terms; ++t) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; ++v) {
            __m512i x = _mm512_maskz_loadu_epi64(present, w->x[t] + i + lanes * v);
#pragma clang loop unroll(full)
            for (size_t k = 0; k < outputs; ++k) {
                __m512i y = _mm512_maskz_loadu_epi64(present, w->y[k][t] + i + lanes * v);
                sums[k * vectors + v] = add_product(sums[k * vectors + v], x, y);
            }
        }
    }
#pragma clang loop unroll(full)
    for (size_t k = 0; k < outputs; ++k) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; ++v) {
            _mm512_mask_storeu_epi64(w->out[k] + i + lanes * v, present,
                                     reduce_sum(sums[k * vectors + v], &w->constants));
        }
    }
}

AVX512_INLINE void dot(const work *w, size_t outputs, size_t count) {
    const size_t vectors = tile_sums / outputs;
    size_t i = 0;
    for (; i + lanes * vectors <= count; i += lanes * vectors) {
        dot_tile(w, outputs, i, vectors, 0xFF);
    }
    for (; i < count; i += lanes) {
        dot_tile(w, outputs, i, 1, (__mmask8)first_lanes(count - i));
    }
}

AVX512 void msfhe_avx512_dot(uint64_t *out, const uint64_t *const *x, const uint64_t *const *y, size_t terms,
                             size_t count, const msfhe_modulus *modulus) {
    work w = {1, {out}, x, {y}, terms, make_constants(modulus, terms)};
    dot(&w, 1, count);
}

AVX512 void msfhe_avx512_dot2(uint64_t *out0, uint64_t *out1, const uint64_t *const *x,
                              const uint64_t *const *y0, const uint64_t *const *y1, size_t terms, size_t count,
                              const msfhe_modulus *modulus) {
    work w = {2, {out0, out1}, x, {y0, y1}, terms, make_constants(modulus, terms)};
    dot(&w, 2, count);
}

// The stream is left to the processor's own prefetching: hints 4 KB ahead raise the rate on Zen 5 from four fifths to
// nine tenths of plain reading, but lower it on Zen 4 from nine tenths to between a third and two thirds.
//
// `vectors` is a constant, so that the sums are registers.
AVX512_INLINE void dot2_stream(uint64_t *out, const uint64_t *plaintexts, const uint64_t *ciphertexts,
                               size_t sum_count, size_t terms, size_t vectors, const constants *c) {
    for (size_t s = 0; s < sum_count; ++s) {
        wide_sum sums[tile_sums];
#pragma clang loop unroll(full)
        for (size_t i = 0; i < 2 * vectors; ++i) {
            sums[i] = (wide_sum){_mm512_setzero_si512(), _mm512_setzero_si512()};
        }
        const uint64_t *y = ciphertexts;
        for (size_t t = 0; t < terms; ++t, plaintexts += lanes * vectors, y += 2 * lanes * vectors) {
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; ++v) {
                __m512i x = _mm512_load_si512(plaintexts + lanes * v);
                sums[v] = add_product(sums[v], x, _mm512_load_si512(y + lanes * v));
                sums[vectors + v] =
                    add_product(sums[vectors + v], x, _mm512_load_si512(y + lanes * (vectors + v)));
            }
        }
#pragma clang loop unroll(full)
        for (size_t i = 0; i < 2 * vectors; ++i, out += lanes) {
            _mm512_store_si512(out, reduce_sum(sums[i], c));
        }
    }
}

AVX512 void msfhe_avx512_dot2_stream(uint64_t *out, const uint64_t *plaintexts, const uint64_t *ciphertexts,
                                     size_t sum_count, size_t terms, size_t width,
                                     const msfhe_modulus *modulus) {
    constants c = make_constants(modulus, terms);
    switch (width / lanes) {
    case 1:
        dot2_stream(out, plaintexts, ciphertexts, sum_count, terms, 1, &c);
        break;
    case 2:
        dot2_stream(out, plaintexts, ciphertexts, sum_count, terms, 2, &c);
        break;
    case 4:
        dot2_stream(out, plaintexts, ciphertexts, sum_count, terms, 4, &c);
        break;
    }
}

#endif
