// Sums of products mod q: products of doubles are split into two parts each, whose significands are summed as
// integers, and reduced once.
//
// On Zen 4 a product takes 0.6 cycles, and a reduction 4.7: 7.7 cycles for a sum of three products in the
// first-level cache, where the portable kernel takes 19.
#include "arithmetic.h"

#if defined(__x86_64__)

enum {
    lanes = 4,
    tile_sums = 4,  // vectors of sums at once
};

// A product x y < 2^101 is split exactly into high 2^51 + low with |low| <= 2^50.
//
// The double nearest to 2^103 + x y is a multiple of 2^51, the unit of its significand, so that this unit counts
// `high`. What is left, an exact difference, is added to 3 * 2^51; the sum lies between 2^52 and 2^53, where the
// unit is 1. Both doubles have a fixed exponent: as 64-bit integers they are a constant plus `high` or `low`,
// and of 4096 of them, with the constants taken off in advance, the sums stay within 2^62.
#define HIGH_OFFSET 0x1p103
#define HIGH_OFFSET_BITS UINT64_C(0x4660000000000000)
#define LOW_OFFSET 0x1.8p52
#define LOW_OFFSET_BITS UINT64_C(0x4338000000000000)

typedef struct {
    __m256i low;
    __m256i high;
} sum;

// A start: minus the constants of so many terms; and 2^62 is moved from `high` to `low`, to keep `low` positive.
AVX2_INLINE sum empty_sum(size_t terms) {
    uint64_t low = (UINT64_C(1) << 62) - terms * LOW_OFFSET_BITS;
    uint64_t high = 0 - (UINT64_C(1) << (62 - 51)) - terms * HIGH_OFFSET_BITS;
    return (sum){_mm256_set1_epi64x((int64_t)low), _mm256_set1_epi64x((int64_t)high)};
}

AVX2_INLINE sum add_product(sum s, __m256d x, __m256d y) {
    __m256d high = _mm256_fmadd_pd(x, y, _mm256_set1_pd(HIGH_OFFSET));
    __m256d rest = _mm256_sub_pd(_mm256_set1_pd(HIGH_OFFSET + LOW_OFFSET), high);
    __m256d low = _mm256_fmadd_pd(x, y, rest);
    return (sum){_mm256_add_epi64(s.low, _mm256_castpd_si256(low)),
                 _mm256_add_epi64(s.high, _mm256_castpd_si256(high))};
}

typedef struct {
    field field;
    __m256d weights[3];  // R^-1, 2^51 R^-1 and 2^83 R^-1 mod q: those of a sum's parts
} constants;

AVX2_INLINE constants make_constants(const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    return (constants){make_field(modulus),
                       {_mm256_set1_pd(factor_value(modulus->inverse, modulus)),
                        _mm256_set1_pd((double)((q + 1) / 2)),
                        _mm256_set1_pd((double)((UINT64_C(1) << 31) % q))}};
}

// The sum times R^-1 mod q, canonical.
//
// `low` is carried into `high` down to its lowest 51 bits. With the lower half of `high`, below 2^32, and the
// upper one, at most 2^30, the products are at most 1.25 q, q / 2 and q / 2 and little more.
AVX2_INLINE __m256i reduce_sum(sum s, const constants *c) {
    const __m256i low51 = _mm256_set1_epi64x((INT64_C(1) << 51) - 1);
    const __m256i low32 = _mm256_set1_epi64x(UINT32_MAX);
    __m256i high = _mm256_add_epi64(s.high, _mm256_srli_epi64(s.low, 51));
    __m256d parts[3] = {to_doubles(_mm256_and_si256(s.low, low51)), to_doubles(_mm256_and_si256(high, low32)),
                        to_doubles(_mm256_srli_epi64(high, 32))};
    __m256d total = multiply(parts[0], c->weights[0], c->field);
    for (size_t part = 1; part < 3; ++part) {
        total = _mm256_add_pd(total, multiply(parts[part], c->weights[part], c->field));
    }
    return to_integers(add_if_negative(centre(total, c->field), c->field));
}

// One or two outputs that share x.
typedef struct {
    uint64_t *out[2];
    const uint64_t *const *x;
    const uint64_t *const *y[2];
    size_t terms;
} work;

// Of the four lanes, all or those that `present` has the top bit of. `all` is a constant.
AVX2_INLINE __m256d load(const uint64_t *values, int all, __m256i present) {
    return to_doubles(all ? _mm256_load_si256((const __m256i *)values)
                          : _mm256_maskload_epi64((const long long *)values, present));
}

AVX2_INLINE void store(uint64_t *out, __m256i values, int all, __m256i present) {
    if (all) {
        _mm256_store_si256((__m256i *)out, values);
    } else {
        _mm256_maskstore_epi64((long long *)out, present, values);
    }
}

// Some vectors from index i on. `outputs`, `vectors` and `all` are constants, so that the sums are registers.
AVX2_INLINE void dot_tile(const work *w, size_t outputs, size_t i, size_t vectors, int all, __m256i present,
                          const constants *c) {
    sum sums[tile_sums];
#pragma clang loop unroll(full)
    for (size_t k = 0; k < outputs * vectors; ++k) {
        sums[k] = empty_sum(w->terms);
    }
    for (size_t t = 0; t < w->terms; ++t) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; ++v) {
            __m256d x = load(w->x[t] + i + lanes * v, all, present);
#pragma clang loop unroll(full)
            for (size_t k = 0; k < outputs; ++k) {
                __m256d y = load(w->y[k][t] + i + lanes * v, all, present);
                sums[k * vectors + v] = add_product(sums[k * vectors + v], x, y);
            }
        }
    }
#pragma clang loop unroll(full)
    for (size_t k = 0; k < outputs; ++k) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; ++v) {
            store(w->out[k] + i + lanes * v, reduce_sum(sums[k * vectors + v], c), all, present);
        }
    }
}

AVX2_INLINE void dot(const work *w, size_t outputs, size_t count, const msfhe_modulus *modulus) {
    const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);
    const size_t vectors = tile_sums / outputs;
    constants c = make_constants(modulus);
    size_t i = 0;
    for (; i + lanes * vectors <= count; i += lanes * vectors) {
        dot_tile(w, outputs, i, vectors, 1, lane, &c);
    }
    for (; i < count; i += lanes) {
        __m256i present = _mm256_cmpgt_epi64(_mm256_set1_epi64x((int64_t)(count - i)), lane);
        dot_tile(w, outputs, i, 1, 0, present, &c);
    }
}

AVX2 void msfhe_avx2_dot(uint64_t *out, const uint64_t *const *x, const uint64_t *const *y, size_t terms,
                         size_t count, const msfhe_modulus *modulus) {
    work w = {{out}, x, {y}, terms};
    dot(&w, 1, count, modulus);
}

AVX2 void msfhe_avx2_dot2(uint64_t *out0, uint64_t *out1, const uint64_t *const *x, const uint64_t *const *y0,
                          const uint64_t *const *y1, size_t terms, size_t count, const msfhe_modulus *modulus) {
    work w = {{out0, out1}, x, {y0, y1}, terms};
    dot(&w, 2, count, modulus);
}

// A hint, which has no effect beyond the end of the stream.
AVX2_INLINE void prefetch(const uint64_t *words) {
    _mm_prefetch((const char *)words, _MM_HINT_T0);
}

enum {
    columns = 8,  // of plaintexts that are summed at once: a line of the cache
    column_vectors = columns / lanes,
};

// The sums of eight columns, from the first plaintexts and ciphertexts on. Lines of the plaintexts are `width`
// apart, too far for the processor to foresee: lines from `next` on are fetched meanwhile, in the order of
// memory. On Zen 4 that makes a stream with a width of 32 three times faster.
AVX2_INLINE void dot2_columns(uint64_t *out, const uint64_t *plaintexts, const uint64_t *ciphertexts,
                              const uint64_t *next, size_t terms, size_t width, const constants *c) {
    const __m256i all = _mm256_setzero_si256();
    sum sums[2 * column_vectors];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 2 * column_vectors; ++i) {
        sums[i] = empty_sum(terms);
    }
    for (size_t t = 0; t < terms; ++t, plaintexts += width, ciphertexts += 2 * width, next += columns) {
        prefetch(next);
#pragma clang loop unroll(full)
        for (size_t v = 0; v < column_vectors; ++v) {
            __m256d x = load(plaintexts + lanes * v, 1, all);
            sums[v] = add_product(sums[v], x, load(ciphertexts + lanes * v, 1, all));
            sums[column_vectors + v] =
                add_product(sums[column_vectors + v], x, load(ciphertexts + width + lanes * v, 1, all));
        }
    }
#pragma clang loop unroll(full)
    for (size_t v = 0; v < column_vectors; ++v) {
        store(out + lanes * v, reduce_sum(sums[v], c), 1, all);
        store(out + width + lanes * v, reduce_sum(sums[column_vectors + v], c), 1, all);
    }
}

AVX2 void msfhe_avx2_dot2_stream(uint64_t *out, const uint64_t *plaintexts, const uint64_t *ciphertexts,
                                 size_t sum_count, size_t terms, size_t width, const msfhe_modulus *modulus) {
    constants c = make_constants(modulus);
    for (size_t s = 0; s < sum_count; ++s, plaintexts += terms * width, out += 2 * width) {
        for (size_t column = 0; column < width; column += columns) {
            dot2_columns(out + column, plaintexts + column, ciphertexts + column,
                         plaintexts + terms * (width + column), terms, width, &c);
        }
    }
}

#endif
