#include "../../portable/portable.h"
#include "arithmetic.h"

#if defined(__x86_64__)

typedef struct {
    __m256i q;
    field field;
    __m256d factor;
} constants;

AVX2_INLINE constants make_constants(const msfhe_modulus *modulus, double factor) {
    return (constants){_mm256_set1_epi64x((int64_t)modulus->value), make_field(modulus),
                       _mm256_set1_pd(factor)};
}

AVX2_INLINE __m256i load(const uint64_t *x) {
    return _mm256_loadu_si256((const __m256i *)x);
}

typedef __m256i (*unary_operation)(__m256i x, const constants *c);
typedef __m256i (*binary_operation)(__m256i x, __m256i y, const constants *c);

// Both loops return how many values they did: all but the last three at most.
AVX2_INLINE size_t map(uint64_t *out, const uint64_t *x, size_t count, const constants *c,
                       unary_operation operation) {
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        _mm256_storeu_si256((__m256i *)(out + i), operation(load(x + i), c));
    }
    return i;
}

AVX2_INLINE size_t map2(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                        const constants *c, binary_operation operation) {
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        _mm256_storeu_si256((__m256i *)(out + i), operation(load(x + i), load(y + i), c));
    }
    return i;
}

// ---- In integers ------------------------------------------------------------------------------------------

// x + q for negative x, x otherwise.
AVX2_INLINE __m256i add_q_if_negative(__m256i x, const constants *c) {
    __m256i is_negative = _mm256_cmpgt_epi64(_mm256_setzero_si256(), x);
    return _mm256_add_epi64(x, _mm256_and_si256(is_negative, c->q));
}

AVX2_INLINE __m256i sum(__m256i x, __m256i y, const constants *c) {
    return add_q_if_negative(_mm256_sub_epi64(_mm256_add_epi64(x, y), c->q), c);
}

AVX2_INLINE __m256i difference(__m256i x, __m256i y, const constants *c) {
    return add_q_if_negative(_mm256_sub_epi64(x, y), c);
}

AVX2_INLINE __m256i negative(__m256i x, const constants *c) {
    return difference(_mm256_setzero_si256(), x, c);
}

AVX2 void msfhe_avx2_add(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                         const msfhe_modulus *modulus) {
    constants c = make_constants(modulus, 0);
    size_t done = map2(out, x, y, count, &c, sum);
    msfhe_portable_add(out + done, x + done, y + done, count - done, modulus);
}

AVX2 void msfhe_avx2_subtract(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                              const msfhe_modulus *modulus) {
    constants c = make_constants(modulus, 0);
    size_t done = map2(out, x, y, count, &c, difference);
    msfhe_portable_subtract(out + done, x + done, y + done, count - done, modulus);
}

AVX2 void msfhe_avx2_negate(uint64_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus) {
    constants c = make_constants(modulus, 0);
    size_t done = map(out, x, count, &c, negative);
    msfhe_portable_negate(out + done, x + done, count - done, modulus);
}

AVX2_INLINE __m256i centred_low24(__m256i x, __m256i q, __m256i half) {
    __m256i centred = _mm256_sub_epi64(x, _mm256_and_si256(_mm256_cmpgt_epi64(x, half), q));
    return _mm256_and_si256(centred, _mm256_set1_epi64x(0xFFFFFF));
}

AVX2 void msfhe_avx2_centred_low24(uint32_t *out, const uint64_t *x, size_t count,
                                   const msfhe_modulus *modulus) {
    __m256i q = _mm256_set1_epi64x((int64_t)modulus->value);
    __m256i half = _mm256_set1_epi64x((int64_t)(modulus->value / 2));
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256 first = _mm256_castsi256_ps(centred_low24(load(x + i), q, half));
        __m256 second = _mm256_castsi256_ps(centred_low24(load(x + i + 4), q, half));
        // The lower halves of the lanes: 0, 1, 4, 5, 2, 3, 6, 7.
        __m256i halves = _mm256_castps_si256(_mm256_shuffle_ps(first, second, 0x88));
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_permute4x64_epi64(halves, 0xD8));
    }
    msfhe_portable_centred_low24(out + i, x + i, count - i, modulus);
}

// ---- In doubles -------------------------------------------------------------------------------------------

AVX2_INLINE __m256i canonical(__m256d x, const constants *c) {
    return to_integers(add_if_negative(x, c->field));
}

AVX2_INLINE __m256i reduced(__m256i x, const constants *c) {
    return canonical(centre(to_doubles(x), c->field), c);
}

// In: x below 2^52, any multiple of q, so that it has to be centred before a product of it is below 1: below
// 1/2 + 3/32.
AVX2_INLINE __m256i scaled(__m256i x, const constants *c) {
    return canonical(multiply(centre(to_doubles(x), c->field), c->factor, c->field), c);
}

// x y is at most 1/2 + 3/2, and its product with R^-1 at most 1/2 + 3/8.
AVX2_INLINE __m256i montgomery_product(__m256i x, __m256i y, const constants *c) {
    __m256d product = multiply(to_doubles(x), to_doubles(y), c->field);
    return canonical(multiply(product, c->factor, c->field), c);
}

// The product is at most 1/2 + 3/2, as y is not centred before it, and with x the sum is in (-2, 3): it is centred in
// the end, instead.
AVX2_INLINE __m256i scaled_sum(__m256i x, __m256i y, const constants *c) {
    __m256d product = multiply(to_doubles(y), c->factor, c->field);
    return canonical(centre(_mm256_add_pd(to_doubles(x), product), c->field), c);
}

AVX2 void msfhe_avx2_reduce(uint64_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus) {
    constants c = make_constants(modulus, 0);
    size_t done = map(out, x, count, &c, reduced);
    msfhe_portable_reduce(out + done, x + done, count - done, modulus);
}

AVX2 void msfhe_avx2_multiply_factor(uint64_t *out, const uint64_t *x, msfhe_factor factor, size_t count,
                                     const msfhe_modulus *modulus) {
    constants c = make_constants(modulus, factor_value(factor.quotient, modulus));
    size_t done = map(out, x, count, &c, scaled);
    msfhe_portable_multiply_factor(out + done, x + done, factor, count - done, modulus);
}

AVX2 void msfhe_avx2_multiply_add_factor(uint64_t *out, const uint64_t *x, const uint64_t *y,
                                         msfhe_factor factor, size_t count, const msfhe_modulus *modulus) {
    constants c = make_constants(modulus, factor_value(factor.quotient, modulus));
    size_t done = map2(out, x, y, count, &c, scaled_sum);
    msfhe_portable_multiply_add_factor(out + done, x + done, y + done, factor, count - done, modulus);
}

AVX2 void msfhe_avx2_multiply_montgomery(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                                         const msfhe_modulus *modulus) {
    // R^-1 R is 1, so its quotient word is q^-1.
    constants c = make_constants(modulus, factor_value(modulus->inverse, modulus));
    size_t done = map2(out, x, y, count, &c, montgomery_product);
    msfhe_portable_multiply_montgomery(out + done, x + done, y + done, count - done, modulus);
}

#endif
