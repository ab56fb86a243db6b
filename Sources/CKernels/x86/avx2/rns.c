// Changes of the residue number system. Tiles of the input are kept in the first-level cache, while they are
// brought to one target after the other.
#include "../../portable/portable.h"
#include "arithmetic.h"

#if defined(__x86_64__)

enum {
    lanes = 4,
    tile = 256,         // values of each input at once
    exact_terms = 8,    // sums of so many products are centred, so that they stay exact
};

AVX2_INLINE __m256d load(const uint64_t *x) {
    return to_doubles(_mm256_loadu_si256((const __m256i *)x));
}

AVX2_INLINE void store(uint64_t *out, __m256i x) {
    _mm256_storeu_si256((__m256i *)out, x);
}

// round(sum_t x_t / q_t) for `count` values from index `first` on; see the portable kernel.
AVX2_INLINE void find_quotients(double *quotients, const uint64_t *const *x, const double *reciprocals,
                                size_t terms, size_t first, size_t count) {
    const __m256d two_to_52 = _mm256_set1_pd(0x1p52);
    for (size_t i = 0; i < count; i += lanes) {
        __m256d sum = _mm256_setzero_pd();
        for (size_t t = 0; t < terms; ++t) {
            sum = _mm256_add_pd(sum, _mm256_mul_pd(load(x[t] + first + i), _mm256_set1_pd(reciprocals[t])));
        }
        _mm256_store_pd(quotients + i, _mm256_sub_pd(_mm256_add_pd(sum, two_to_52), two_to_52));
    }
}

// `count` values of one target from index `first` on.
//
// With values below 2^49 and factors of at most 1/2, each product is at most 1/2 + 3/32, and the sum of eight and
// a centred one at most 6; centred and with p added, it is in (0, 2p).
AVX2_INLINE void convert_tile(uint64_t *out, const uint64_t *const *x, const double *quotients, size_t terms,
                              const msfhe_conversion *target, size_t first, size_t count) {
    field f = make_field(&target->modulus);
    __m256d quotient_factor = _mm256_set1_pd(target->centred_factors[terms]);
    for (size_t i = 0; i < count; i += lanes) {
        __m256d sum = multiply(_mm256_load_pd(quotients + i), quotient_factor, f);
        for (size_t t = 0; t < terms; ++t) {
            if (t > 0 && t % exact_terms == 0) {
                sum = centre(sum, f);
            }
            __m256d factor = _mm256_set1_pd(target->centred_factors[t]);
            sum = _mm256_add_pd(sum, multiply(load(x[t] + first + i), factor, f));
        }
        store(out + first + i, to_integers(_mm256_add_pd(centre(sum, f), f.q)));
    }
}

AVX2_INLINE void convert(uint64_t *const *out, const uint64_t *const *x, const uint64_t *sources, size_t terms,
                         const msfhe_conversion *targets, size_t target_count, size_t count) {
    double reciprocals[msfhe_conversion_terms];
    double quotients[tile] __attribute__((aligned(32)));
    for (size_t t = 0; t < terms; ++t) {
        reciprocals[t] = 1 / (double)sources[t];
    }
    for (size_t first = 0; first < count; first += tile) {
        size_t size = count - first < tile ? count - first : tile;
        find_quotients(quotients, x, reciprocals, terms, first, size);
        for (size_t target = 0; target < target_count; ++target) {
            convert_tile(out[target], x, quotients, terms, &targets[target], first, size);
        }
    }
}

AVX2 void msfhe_avx2_convert_basis(uint64_t *const *out, const uint64_t *const *x, const uint64_t *sources,
                                   size_t terms, const msfhe_conversion *targets, size_t target_count,
                                   size_t count) {
    size_t done = count / lanes * lanes;
    convert(out, x, sources, terms, targets, target_count, done);
    const uint64_t *rest[msfhe_conversion_terms];
    for (size_t t = 0; t < terms; ++t) {
        rest[t] = x[t] + done;
    }
    for (size_t target = 0; target < target_count; ++target) {
        uint64_t *rest_out = out[target] + done;
        msfhe_portable_convert_basis(&rest_out, rest, sources, terms, &targets[target], 1, count - done);
    }
}

AVX2 void msfhe_avx2_subtract_multiply(uint64_t *out, const uint64_t *x, const uint64_t *y,
                                       msfhe_factor factor, size_t count, const msfhe_modulus *modulus) {
    field f = make_field(modulus);
    __m256d w = _mm256_set1_pd(factor_value(factor.quotient, modulus));
    size_t done = count / lanes * lanes;
    for (size_t i = 0; i < done; i += lanes) {
        __m256d difference = centre(_mm256_sub_pd(load(x + i), load(y + i)), f);
        store(out + i, to_integers(add_if_negative(multiply(difference, w, f), f)));
    }
    msfhe_portable_subtract_multiply(out + done, x + done, y + done, factor, count - done, modulus);
}

#endif
