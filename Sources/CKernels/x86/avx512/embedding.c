// The canonical embedding's transform on eight lanes.
#include "avx512.h"
#include "transpose.h"

#if defined(__x86_64__)

#define TARGET AVX512
#define TARGET_INLINE AVX512_INLINE

typedef __m512d reals;
enum { lanes = 8 };

AVX512_INLINE reals add(reals x, reals y) {
    return _mm512_add_pd(x, y);
}

AVX512_INLINE reals subtract(reals x, reals y) {
    return _mm512_sub_pd(x, y);
}

AVX512_INLINE reals multiply(reals x, reals y) {
    return _mm512_mul_pd(x, y);
}

AVX512_INLINE reals multiply_add(reals x, reals y, reals z) {
    return _mm512_fmadd_pd(x, y, z);
}

AVX512_INLINE reals multiply_subtract(reals x, reals y, reals z) {
    return _mm512_fmsub_pd(x, y, z);
}

AVX512_INLINE reals load_reals(const double *x) {
    return _mm512_loadu_pd(x);
}

AVX512_INLINE void store_reals(double *out, reals x) {
    _mm512_storeu_pd(out, x);
}

AVX512_INLINE reals broadcast_real(double x) {
    return _mm512_set1_pd(x);
}

AVX512_INLINE reals unpack_low(reals x, reals y) {
    return _mm512_unpacklo_pd(x, y);
}

AVX512_INLINE reals unpack_high(reals x, reals y) {
    return _mm512_unpackhi_pd(x, y);
}

AVX512_INLINE void load_columns(reals columns[8], const double *const rows[8]) {
    __m512i x[8];
    for (size_t k = 0; k < 8; ++k) {
        x[k] = _mm512_loadu_si512(rows[k]);
    }
    transpose(x);
    for (size_t k = 0; k < 8; ++k) {
        columns[k] = _mm512_castsi512_pd(x[k]);
    }
}

AVX512_INLINE void store_columns(double *const rows[8], reals columns[8]) {
    __m512i x[8];
    for (size_t k = 0; k < 8; ++k) {
        x[k] = _mm512_castpd_si512(columns[k]);
    }
    transpose(x);
    for (size_t k = 0; k < 8; ++k) {
        _mm512_storeu_si512(rows[k], x[k]);
    }
}

// Three layers, but for the lengths from which threes alone do not lead to blocks of eight.
static size_t pass_layers(size_t length) {
    return length == 32 || length == 128 || length == 256 || length == 1024 ? 2 : 3;
}

#include "../embedding.h"

void msfhe_avx512_embedding_forward(double *slots, double *real, double *imaginary,
                                    const msfhe_embedding_tables *tables) {
    embedding_forward(slots, real, imaginary, tables);
}

void msfhe_avx512_embedding_inverse(double *real, double *imaginary, const double *slots,
                                    const msfhe_embedding_tables *tables) {
    embedding_inverse(real, imaginary, slots, tables);
}

#endif
