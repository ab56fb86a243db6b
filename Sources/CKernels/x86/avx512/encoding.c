// Scaled reals to residues and back, on eight lanes of doubles.
//
// Residues are signed integers in doubles here, as in the AVX2 backend's arithmetic: a fused multiply-add gives
// both halves of a product of doubles, and a quotient is as good as its first 53 bits.
#include "../encoding.h"
#include "arithmetic.h"

#if defined(__x86_64__)

typedef struct {
    __m512d q;
    __m512d reciprocal;  // the double nearest to 1/q
    __m512d half;        // (q - 1) / 2
} field;

AVX512_INLINE field field_of(double q, double reciprocal) {
    return (field){_mm512_set1_pd(q), _mm512_set1_pd(reciprocal), _mm512_set1_pd((q - 1) / 2)};
}

AVX512_INLINE __m512d nearest_integer(__m512d x) {
    return _mm512_roundscale_pd(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

AVX512 double msfhe_avx512_largest_magnitude(const double *x, size_t count) {
    const __m512i magnitude = broadcast(INT64_MAX);
    __m512i largest = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        largest = _mm512_max_epu64(largest, _mm512_and_si512(_mm512_loadu_si512(x + i), magnitude));
    }
    __m512i rest = _mm512_maskz_loadu_epi64((__mmask8)first_lanes(count - i), x + i);
    largest = _mm512_max_epu64(largest, _mm512_and_si512(rest, magnitude));
    __m128i bits = _mm_cvtsi64_si128((int64_t)_mm512_reduce_max_epu64(largest));
    return _mm_cvtsd_f64(_mm_castsi128_pd(bits));
}

// The integers nearest to x in magnitude up to 2^(bits + 50 steps), modulo q, canonical.
//
// In each step x loses the multiple of q by the double nearest to x / q, which is off by at most
// 2^-52 |x / q| + 1/2: what is left, at most 2^-52 |x| + q / 2, is a multiple of that double's last place and
// has no more than 53 bits, so that the fused operation is exact. While the quotient exceeds 2^53, it is an
// integer anyway; after the last step, less than 0.76 q is left.
AVX512_INLINE __m512i residues(__m512d x, size_t steps, field f) {
    const __m512d two_to_52 = _mm512_set1_pd(0x1p52);
    x = nearest_integer(x);
    for (size_t step = 0; step < steps; ++step) {
        __m512d multiple = nearest_integer(_mm512_mul_pd(x, f.reciprocal));
        x = _mm512_fnmadd_pd(multiple, f.q, x);
    }
    __mmask8 is_negative = _mm512_cmp_pd_mask(x, _mm512_setzero_pd(), _CMP_LT_OQ);
    x = _mm512_mask_add_pd(x, is_negative, x, f.q);
    // An integer below 2^52, added to 2^52, is the significand of the sum.
    return _mm512_xor_si512(_mm512_castpd_si512(_mm512_add_pd(x, two_to_52)), _mm512_castpd_si512(two_to_52));
}

AVX512 void msfhe_avx512_round_to_residues(uint64_t *out, const double *x, double factor, size_t count,
                                           uint32_t magnitude_bits, const msfhe_modulus *modulus) {
    double q = (double)modulus->value;
    field f = field_of(q, 1 / q);
    __m512d scale = _mm512_set1_pd(factor);
    size_t steps = reduction_steps(magnitude_bits, modulus);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        _mm512_storeu_si512(out + i, residues(_mm512_mul_pd(_mm512_loadu_pd(x + i), scale), steps, f));
    }
    __mmask8 rest = (__mmask8)first_lanes(count - i);
    __m512d scaled = _mm512_mul_pd(_mm512_maskz_loadu_pd(rest, x + i), scale);
    _mm512_mask_storeu_epi64(out + i, rest, residues(scaled, steps, f));
}

// x w modulo q. In: |x| < 2^50, |w| <= q / 2. Out: at most 0.7 q.
//
// high + low is x w exactly, and so is the result x w - multiple * q, an integer far below 2^53, as is
// high - multiple * q. The quotient, of at most 2^49, is off by at most 1/2 + 3 * 2^-53 * 2^49.
AVX512_INLINE __m512d multiply(__m512d x, __m512d w, field f) {
    __m512d high = _mm512_mul_pd(x, w);
    __m512d multiple = nearest_integer(_mm512_mul_pd(high, f.reciprocal));
    __m512d low = _mm512_fmsub_pd(x, w, high);
    return _mm512_add_pd(_mm512_fnmadd_pd(multiple, f.q, high), low);
}

// x modulo q, in [-(q - 1) / 2, (q - 1) / 2]. In: |x| <= q.
AVX512_INLINE __m512d centred(__m512d x, field f) {
    __mmask8 is_beyond = _mm512_cmp_pd_mask(_mm512_abs_pd(x), f.half, _CMP_GT_OQ);
    __m512d sign = _mm512_and_pd(x, _mm512_set1_pd(-0.0));
    return _mm512_mask_sub_pd(x, is_beyond, x, _mm512_or_pd(sign, f.q));
}

// Values in some lanes; with `count` known to the compiler, the digits stay in registers.
AVX512_INLINE __m512d composed(const uint64_t *const *residues, size_t i, __mmask8 lanes, size_t count,
                               const double *reciprocals, const msfhe_composition_tables *tables) {
    __m512d digits[largest_composition];
    const double *inverse = tables->centred_inverses;
    for (size_t k = 0; k < count; ++k) {
        field f = field_of((double)tables->moduli[k].value, reciprocals[k]);
        __m512d digit = _mm512_cvtepu64_pd(_mm512_maskz_loadu_epi64(lanes, residues[k] + i));
        for (size_t j = 0; j < k; ++j) {
            digit = multiply(_mm512_sub_pd(digit, digits[j]), _mm512_set1_pd(*inverse++), f);
        }
        digits[k] = centred(digit, f);
    }
    __m512d value = digits[count - 1];
    for (size_t k = count - 1; k-- > 0;) {
        value = _mm512_mul_pd(value, _mm512_set1_pd((double)tables->moduli[k].value));
        value = _mm512_add_pd(value, digits[k]);
    }
    return value;
}

AVX512_INLINE void compose(double *out, const uint64_t *const *residues, double factor, size_t count,
                           size_t moduli, const msfhe_composition_tables *tables) {
    __m512d scale = _mm512_set1_pd(factor);
    double reciprocals[largest_composition];
    compute_reciprocals(reciprocals, tables);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m512d value = composed(residues, i, 0xFF, moduli, reciprocals, tables);
        _mm512_storeu_pd(out + i, _mm512_mul_pd(value, scale));
    }
    __mmask8 rest = (__mmask8)first_lanes(count - i);
    __m512d value = composed(residues, i, rest, moduli, reciprocals, tables);
    _mm512_mask_storeu_pd(out + i, rest, _mm512_mul_pd(value, scale));
}

AVX512 void msfhe_avx512_compose_residues(double *out, const uint64_t *const *residues, double factor,
                                          size_t count, const msfhe_composition_tables *tables) {
    switch (tables->count) {
    case 1: compose(out, residues, factor, count, 1, tables); break;
    case 2: compose(out, residues, factor, count, 2, tables); break;
    case 3: compose(out, residues, factor, count, 3, tables); break;
    default: compose(out, residues, factor, count, tables->count, tables);
    }
}

#endif
