// Products of ciphertexts, in doubles: no operand has to be brought into another form.
#include "../../portable/portable.h"
#include "arithmetic.h"

#if defined(__x86_64__)

enum { lanes = 4 };

AVX2_INLINE __m256d load(const uint64_t *x) {
    return to_doubles(_mm256_loadu_si256((const __m256i *)x));
}

// In: x in (-q, q).
AVX2_INLINE void store(uint64_t *out, __m256d x, field f) {
    _mm256_storeu_si256((__m256i *)out, to_integers(add_if_negative(x, f)));
}

// Each product of canonical values is at most 1/2 + 3/16, so that only the sum of two has to be centred.
AVX2 void msfhe_avx2_tensor(uint64_t *out0, uint64_t *out1, uint64_t *out2, const uint64_t *x0,
                            const uint64_t *x1, const uint64_t *y0, const uint64_t *y1, size_t count,
                            const msfhe_modulus *modulus) {
    field f = make_field(modulus);
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        __m256d a0 = load(x0 + i);
        __m256d a1 = load(x1 + i);
        __m256d b0 = load(y0 + i);
        __m256d b1 = load(y1 + i);
        store(out0 + i, multiply(a0, b0, f), f);
        store(out1 + i, centre(_mm256_add_pd(multiply(a0, b1, f), multiply(a1, b0, f)), f), f);
        store(out2 + i, multiply(a1, b1, f), f);
    }
    msfhe_portable_tensor(out0 + i, out1 + i, out2 + i, x0 + i, x1 + i, y0 + i, y1 + i, count - i, modulus);
}

#endif
