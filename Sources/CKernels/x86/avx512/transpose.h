// Transposing eight vectors of eight 64-bit lanes.
#ifndef MSFHE_AVX512_TRANSPOSE_H
#define MSFHE_AVX512_TRANSPOSE_H

#include "avx512.h"

#if defined(__x86_64__)

// Transposes a 4 x 4 matrix of pairs of lanes.
AVX512_INLINE void transpose_pairs(__m512i out[4], __m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i even_ab = _mm512_shuffle_i64x2(a, b, 0x88);
    __m512i even_cd = _mm512_shuffle_i64x2(c, d, 0x88);
    __m512i odd_ab = _mm512_shuffle_i64x2(a, b, 0xDD);
    __m512i odd_cd = _mm512_shuffle_i64x2(c, d, 0xDD);
    out[0] = _mm512_shuffle_i64x2(even_ab, even_cd, 0x88);
    out[1] = _mm512_shuffle_i64x2(odd_ab, odd_cd, 0x88);
    out[2] = _mm512_shuffle_i64x2(even_ab, even_cd, 0xDD);
    out[3] = _mm512_shuffle_i64x2(odd_ab, odd_cd, 0xDD);
}

// Transposes an 8 x 8 matrix: first within pairs of rows, then the pairs.
AVX512_INLINE void transpose(__m512i x[8]) {
    __m512i even[4], odd[4];
    transpose_pairs(even, _mm512_unpacklo_epi64(x[0], x[1]), _mm512_unpacklo_epi64(x[2], x[3]),
                    _mm512_unpacklo_epi64(x[4], x[5]), _mm512_unpacklo_epi64(x[6], x[7]));
    transpose_pairs(odd, _mm512_unpackhi_epi64(x[0], x[1]), _mm512_unpackhi_epi64(x[2], x[3]),
                    _mm512_unpackhi_epi64(x[4], x[5]), _mm512_unpackhi_epi64(x[6], x[7]));
    for (size_t k = 0; k < 4; ++k) {
        x[2 * k] = even[k];
        x[2 * k + 1] = odd[k];
    }
}

#endif
#endif
