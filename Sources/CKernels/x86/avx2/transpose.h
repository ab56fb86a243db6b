// Transposing four vectors of four doubles.
#ifndef MSFHE_AVX2_TRANSPOSE_H
#define MSFHE_AVX2_TRANSPOSE_H

#include "avx2.h"

#if defined(__x86_64__)

// Transposes a 4 x 4 matrix: first within pairs of rows, then the pairs.
AVX2_INLINE void transpose(__m256d x[4]) {
    __m256d even01 = _mm256_unpacklo_pd(x[0], x[1]);
    __m256d odd01 = _mm256_unpackhi_pd(x[0], x[1]);
    __m256d even23 = _mm256_unpacklo_pd(x[2], x[3]);
    __m256d odd23 = _mm256_unpackhi_pd(x[2], x[3]);
    x[0] = _mm256_permute2f128_pd(even01, even23, 0x20);
    x[1] = _mm256_permute2f128_pd(odd01, odd23, 0x20);
    x[2] = _mm256_permute2f128_pd(even01, even23, 0x31);
    x[3] = _mm256_permute2f128_pd(odd01, odd23, 0x31);
}

#endif
#endif
