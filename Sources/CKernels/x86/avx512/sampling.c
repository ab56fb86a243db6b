#include "arithmetic.h"

#if defined(__x86_64__)

// The high word of 3 x counts how many of 2^64 / 3 and 2^65 / 3, rounded up, x reaches.
AVX512_INLINE __m512i ternary(__m512i x) {
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i third = _mm512_set1_epi64(0x5555555555555556);
    const __m512i two_thirds = _mm512_set1_epi64((int64_t)0xAAAAAAAAAAAAAAAB);
    __m512i value = _mm512_set1_epi64(-1);
    value = _mm512_mask_add_epi64(value, _mm512_cmpge_epu64_mask(x, third), value, one);
    return _mm512_mask_add_epi64(value, _mm512_cmpge_epu64_mask(x, two_thirds), value, one);
}

AVX512 void msfhe_avx512_sample_ternary(int8_t *out, const uint64_t *random, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        _mm_storel_epi64((__m128i *)(out + i), _mm512_cvtepi64_epi8(ternary(_mm512_loadu_si512(random + i))));
    }
    __mmask8 rest = (__mmask8)first_lanes(count - i);
    __m512i values = ternary(_mm512_maskz_loadu_epi64(rest, random + i));
    _mm512_mask_cvtepi64_storeu_epi8(out + i, rest, values);
}

// Samples from four vectors of random words at once, which hides the latency of the counting.
AVX512 void msfhe_avx512_sample_symmetric(int8_t *out, const uint64_t *random, size_t count,
                                          const uint64_t *thresholds, size_t threshold_count) {
    const __m512i one = _mm512_set1_epi64(1);
    for (size_t i = 0; i < count; i += 32) {
        uint64_t present = first_lanes(count - i);
        __m512i words[4], uniform[4], magnitude[4];
        for (size_t v = 0; v < 4; ++v) {
            words[v] = _mm512_maskz_loadu_epi64((__mmask8)(present >> 8 * v), random + i + 8 * v);
            uniform[v] = _mm512_srli_epi64(words[v], 1);
            magnitude[v] = _mm512_setzero_si512();
        }
        for (size_t k = 0; k < threshold_count; ++k) {
            __m512i threshold = _mm512_set1_epi64((int64_t)thresholds[k]);
            for (size_t v = 0; v < 4; ++v) {
                __mmask8 below = _mm512_cmplt_epu64_mask(uniform[v], threshold);
                magnitude[v] = _mm512_mask_add_epi64(magnitude[v], below, magnitude[v], one);
            }
        }
        for (size_t v = 0; v < 4; ++v) {
            __mmask8 negative = _mm512_test_epi64_mask(words[v], one);
            __m512i values =
                _mm512_mask_sub_epi64(magnitude[v], negative, _mm512_setzero_si512(), magnitude[v]);
            _mm512_mask_cvtepi64_storeu_epi8(out + i + 8 * v, (__mmask8)(present >> 8 * v), values);
        }
    }
}

AVX512_INLINE __m512i lifted(__m128i x, __m512i q) {
    return add_if_negative(_mm512_cvtepi8_epi64(x), q);
}

AVX512 void msfhe_avx512_lift_signed(uint64_t *out, const int8_t *x, size_t count,
                                     const msfhe_modulus *modulus) {
    __m512i q = broadcast(modulus->value);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        _mm512_storeu_si512(out + i, lifted(_mm_loadl_epi64((const __m128i *)(x + i)), q));
    }
    uint64_t rest = first_lanes(count - i);
    __m128i values = _mm_maskz_loadu_epi8((__mmask16)rest, x + i);
    _mm512_mask_storeu_epi64(out + i, (__mmask8)rest, lifted(values, q));
}

#endif
