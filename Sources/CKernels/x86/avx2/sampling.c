#include "../../portable/portable.h"
#include "avx2.h"

#if defined(__x86_64__)

enum {
    vectors = 4,  // of four random words, from which as many bytes are made at a time
    step = 4 * vectors,
};

AVX2_INLINE __m256i load(const uint64_t *words) {
    return _mm256_loadu_si256((const __m256i *)words);
}

// The lower halves of 64-bit lanes: those of x and y in turn, two by two.
AVX2_INLINE __m256i lower_halves(__m256i x, __m256i y) {
    return _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(x), _mm256_castsi256_ps(y), 0x88));
}

// Stores 16 small signed values as bytes. All that narrows works within halves of vectors, so that the first
// half collects values 0 and 1 of each vector and the second one values 2 and 3; in the end they alternate.
AVX2_INLINE void store_bytes(int8_t *out, const __m256i values[vectors]) {
    __m256i words = _mm256_packs_epi32(lower_halves(values[0], values[1]), lower_halves(values[2], values[3]));
    __m256i bytes = _mm256_packs_epi16(words, words);
    _mm_storeu_si128((__m128i *)out, _mm_unpacklo_epi16(_mm256_castsi256_si128(bytes),
                                                        _mm256_extracti128_si256(bytes, 1)));
}

// The high word of 3 x counts how many of 2^64 / 3 and 2^65 / 3, rounded up, x reaches. Comparisons are signed,
// so all three are moved by 2^63; and their mask is -1, so those that x does not reach are counted down from 1.
AVX2_INLINE __m256i ternary(__m256i x) {
    const __m256i top = _mm256_set1_epi64x(INT64_MIN);
    const __m256i third = _mm256_xor_si256(_mm256_set1_epi64x(0x5555555555555556), top);
    const __m256i two_thirds = _mm256_xor_si256(_mm256_set1_epi64x((int64_t)0xAAAAAAAAAAAAAAAB), top);
    __m256i moved = _mm256_xor_si256(x, top);
    __m256i below = _mm256_add_epi64(_mm256_cmpgt_epi64(third, moved), _mm256_cmpgt_epi64(two_thirds, moved));
    return _mm256_add_epi64(_mm256_set1_epi64x(1), below);
}

AVX2 void msfhe_avx2_sample_ternary(int8_t *out, const uint64_t *random, size_t count) {
    size_t i = 0;
    for (; i + step <= count; i += step) {
        __m256i values[vectors];
        for (size_t v = 0; v < vectors; ++v) {
            values[v] = ternary(load(random + i + 4 * v));
        }
        store_bytes(out + i, values);
    }
    msfhe_portable_sample_ternary(out + i, random + i, count - i);
}

AVX2 void msfhe_avx2_sample_symmetric(int8_t *out, const uint64_t *random, size_t count,
                                      const uint64_t *thresholds, size_t threshold_count) {
    const __m256i one = _mm256_set1_epi64x(1);
    size_t i = 0;
    for (; i + step <= count; i += step) {
        __m256i words[vectors], uniform[vectors], magnitude[vectors];
        for (size_t v = 0; v < vectors; ++v) {
            words[v] = load(random + i + 4 * v);
            uniform[v] = _mm256_srli_epi64(words[v], 1);
            magnitude[v] = _mm256_set1_epi64x((int64_t)threshold_count);
        }
        // Those not above are counted down. They are compared less one, as 2^63 is no signed number.
        for (size_t k = 0; k < threshold_count; ++k) {
            __m256i threshold = _mm256_set1_epi64x((int64_t)(thresholds[k] - 1));
            for (size_t v = 0; v < vectors; ++v) {
                __m256i is_not_above = _mm256_cmpgt_epi64(uniform[v], threshold);
                magnitude[v] = _mm256_add_epi64(magnitude[v], is_not_above);
            }
        }
        for (size_t v = 0; v < vectors; ++v) {
            __m256i negative = _mm256_sub_epi64(_mm256_setzero_si256(), _mm256_and_si256(words[v], one));
            magnitude[v] = _mm256_sub_epi64(_mm256_xor_si256(magnitude[v], negative), negative);
        }
        store_bytes(out + i, magnitude);
    }
    msfhe_portable_sample_symmetric(out + i, random + i, count - i, thresholds, threshold_count);
}

AVX2 void msfhe_avx2_lift_signed(uint64_t *out, const int8_t *x, size_t count, const msfhe_modulus *modulus) {
    __m256i q = _mm256_set1_epi64x((int64_t)modulus->value);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256i value = _mm256_cvtepi8_epi64(_mm_loadu_si32(x + i));
        __m256i negative = _mm256_cmpgt_epi64(_mm256_setzero_si256(), value);
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_add_epi64(value, _mm256_and_si256(negative, q)));
    }
    msfhe_portable_lift_signed(out + i, x + i, count - i, modulus);
}

#endif
