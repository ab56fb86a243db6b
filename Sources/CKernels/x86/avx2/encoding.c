// Scaled reals to residues and back, on four lanes of doubles.
#include "../encoding.h"

#include "../../portable/portable.h"
#include "arithmetic.h"

#if defined(__x86_64__)

AVX2_INLINE __m256i load(const void *x) {
    return _mm256_loadu_si256((const __m256i *)x);
}

// Without their sign, the bits of doubles are positive integers in the same order.
AVX2 double msfhe_avx2_largest_magnitude(const double *x, size_t count) {
    const __m256i magnitude = _mm256_set1_epi64x(INT64_MAX);
    __m256i largest = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256i bits = _mm256_and_si256(load(x + i), magnitude);
        largest = _mm256_blendv_epi8(largest, bits, _mm256_cmpgt_epi64(bits, largest));
    }
    double candidates[8] = {0};
    _mm256_storeu_pd(candidates, _mm256_castsi256_pd(largest));
    for (size_t rest = i; rest < count; ++rest) {
        candidates[4 + rest - i] = x[rest];
    }
    return msfhe_portable_largest_magnitude(candidates, 8);
}

// The integers nearest to x in magnitude up to 2^(bits + 50 steps), modulo q, canonical. Each step is exact and
// leaves at most 2^-52 |x| + q / 2, as explained beside the AVX-512 kernel of this name.
AVX2_INLINE __m256i residues(__m256d x, size_t steps, field f) {
    x = nearest_integer(x);
    for (size_t step = 0; step < steps; ++step) {
        x = centre(x, f);
    }
    return to_integers(add_if_negative(x, f));
}

AVX2 void msfhe_avx2_round_to_residues(uint64_t *out, const double *x, double factor, size_t count,
                                       uint32_t magnitude_bits, const msfhe_modulus *modulus) {
    field f = make_field(modulus);
    __m256d scale = _mm256_set1_pd(factor);
    size_t steps = reduction_steps(magnitude_bits, modulus);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256d scaled = _mm256_mul_pd(_mm256_loadu_pd(x + i), scale);
        _mm256_storeu_si256((__m256i *)(out + i), residues(scaled, steps, f));
    }
    msfhe_portable_round_to_residues(out + i, x + i, factor, count - i, magnitude_bits, modulus);
}

// x modulo q, in [-(q - 1) / 2, (q - 1) / 2]. In: |x| <= q.
AVX2_INLINE __m256d centred(__m256d x, __m256d half, field f) {
    const __m256d sign = _mm256_set1_pd(-0.0);
    __m256d magnitude = _mm256_andnot_pd(sign, x);
    __m256d is_beyond = _mm256_cmp_pd(magnitude, half, _CMP_GT_OQ);
    // q with the sign of x.
    __m256d multiple = _mm256_or_pd(_mm256_and_pd(sign, x), f.q);
    return _mm256_sub_pd(x, _mm256_and_pd(is_beyond, multiple));
}

// One vector of values; with `count` known to the compiler, the digits stay in registers.
AVX2_INLINE __m256d composed(const uint64_t *const *residues, size_t i, size_t count, const double *reciprocals,
                             const msfhe_composition_tables *tables) {
    __m256d digits[largest_composition];
    const double *inverse = tables->centred_inverses;
    for (size_t k = 0; k < count; ++k) {
        double q = (double)tables->moduli[k].value;
        field f = {_mm256_set1_pd(q), _mm256_set1_pd(reciprocals[k])};
        __m256d digit = to_doubles(load(residues[k] + i));
        for (size_t j = 0; j < k; ++j) {
            // Below 2^50 in magnitude, so that the product is at most 0.7 q.
            digit = multiply(_mm256_sub_pd(digit, digits[j]), _mm256_set1_pd(*inverse++), f);
        }
        digits[k] = centred(digit, _mm256_set1_pd((q - 1) / 2), f);
    }
    __m256d value = digits[count - 1];
    for (size_t k = count - 1; k-- > 0;) {
        value = _mm256_mul_pd(value, _mm256_set1_pd((double)tables->moduli[k].value));
        value = _mm256_add_pd(value, digits[k]);
    }
    return value;
}

// Returns how many values it did: all but the last three at most.
AVX2_INLINE size_t compose(double *out, const uint64_t *const *residues, double factor, size_t count, size_t moduli,
                           const msfhe_composition_tables *tables) {
    __m256d scale = _mm256_set1_pd(factor);
    double reciprocals[largest_composition];
    compute_reciprocals(reciprocals, tables);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256d value = composed(residues, i, moduli, reciprocals, tables);
        _mm256_storeu_pd(out + i, _mm256_mul_pd(value, scale));
    }
    return i;
}

AVX2 void msfhe_avx2_compose_residues(double *out, const uint64_t *const *residues, double factor, size_t count,
                                      const msfhe_composition_tables *tables) {
    size_t done;
    switch (tables->count) {
    case 1: done = compose(out, residues, factor, count, 1, tables); break;
    case 2: done = compose(out, residues, factor, count, 2, tables); break;
    case 3: done = compose(out, residues, factor, count, 3, tables); break;
    default: done = compose(out, residues, factor, count, tables->count, tables);
    }
    const uint64_t *rest[largest_composition];
    for (size_t k = 0; k < tables->count; ++k) {
        rest[k] = residues[k] + done;
    }
    msfhe_portable_compose_residues(out + done, rest, factor, count - done, tables);
}

#endif
