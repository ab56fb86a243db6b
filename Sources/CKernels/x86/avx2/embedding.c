// The canonical embedding's transform on four lanes.
#include "avx2.h"
#include "transpose.h"

#if defined(__x86_64__)

#define TARGET AVX2
#define TARGET_INLINE AVX2_INLINE

typedef __m256d reals;
enum { lanes = 4 };

AVX2_INLINE reals add(reals x, reals y) {
    return _mm256_add_pd(x, y);
}

AVX2_INLINE reals subtract(reals x, reals y) {
    return _mm256_sub_pd(x, y);
}

AVX2_INLINE reals multiply(reals x, reals y) {
    return _mm256_mul_pd(x, y);
}

AVX2_INLINE reals multiply_add(reals x, reals y, reals z) {
    return _mm256_fmadd_pd(x, y, z);
}

AVX2_INLINE reals multiply_subtract(reals x, reals y, reals z) {
    return _mm256_fmsub_pd(x, y, z);
}

AVX2_INLINE reals load_reals(const double *x) {
    return _mm256_loadu_pd(x);
}

AVX2_INLINE void store_reals(double *out, reals x) {
    _mm256_storeu_pd(out, x);
}

AVX2_INLINE reals broadcast_real(double x) {
    return _mm256_set1_pd(x);
}

AVX2_INLINE reals unpack_low(reals x, reals y) {
    return _mm256_unpacklo_pd(x, y);
}

AVX2_INLINE reals unpack_high(reals x, reals y) {
    return _mm256_unpackhi_pd(x, y);
}

AVX2_INLINE void load_columns(reals columns[8], const double *const rows[4]) {
    for (size_t half = 0; half < 8; half += 4) {
        for (size_t k = 0; k < 4; ++k) {
            columns[half + k] = _mm256_loadu_pd(rows[k] + half);
        }
        transpose(columns + half);
    }
}

AVX2_INLINE void store_columns(double *const rows[4], reals columns[8]) {
    for (size_t half = 0; half < 8; half += 4) {
        transpose(columns + half);
        for (size_t k = 0; k < 4; ++k) {
            _mm256_storeu_pd(rows[k] + half, columns[half + k]);
        }
    }
}

// Two layers, as many as the registers hold, but one where twos alone do not lead to blocks of eight: where the
// exponent of the length is even.
static size_t pass_layers(size_t length) {
    return __builtin_ctzll(length) % 2 == 0 ? 1 : 2;
}

#include "../embedding.h"

void msfhe_avx2_embedding_forward(double *slots, double *real, double *imaginary,
                                    const msfhe_embedding_tables *tables) {
    embedding_forward(slots, real, imaginary, tables);
}

void msfhe_avx2_embedding_inverse(double *real, double *imaginary, const double *slots,
                                    const msfhe_embedding_tables *tables) {
    embedding_inverse(real, imaginary, slots, tables);
}

#endif
