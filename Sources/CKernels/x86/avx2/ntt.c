// The number-theoretic transform on four lanes of doubles.
//
// The roots' indices 1; 2 and 3; 4 to 7 and so on form a binary tree, and the butterflies of a node work on
// one contiguous block. Long blocks are left to their children one by one, depth first, so that the work soon
// stays within the first-level cache; there it is done layer by layer. Blocks of four have become vectors:
// they are transposed, four at a time, and the last two layers work between the transposed vectors, each lane
// with factors of its own.
//
// The layers go through memory one by one, because a butterfly is a long chain of dependent steps already: on
// Zen 5, two layers at once take longer by a quarter, three by a third.
//
// The array's integers become doubles, which stay in their place, in the first layer and integers again in the
// last. Magnitudes are given as multiples of q < 2^49. They stay below 16, so that every sum is an integer
// below 2^53, and exact. The product of a value of at most b is at most 1/2 + 3b/32; see multiply.
#include "../../portable/lift.h"
#include "arithmetic.h"
#include "transpose.h"

#if defined(__x86_64__)

enum {
    cached_length = 2048,  // up to here a block is done layer by layer: 16 KB, which stay cached
    tail_factors = 48,     // in centred_tail_roots, for 64 values
};

AVX2_INLINE __m256d load(const uint64_t *values) {
    return _mm256_castsi256_pd(_mm256_loadu_si256((const __m256i *)values));
}

AVX2_INLINE void store(uint64_t *values, __m256d x) {
    _mm256_storeu_si256((__m256i *)values, _mm256_castpd_si256(x));
}

AVX2_INLINE void store_integers(uint64_t *values, __m256d x) {
    _mm256_storeu_si256((__m256i *)values, to_integers(x));
}

typedef void (*butterfly)(__m256d *x, __m256d *y, __m256d w, field f);

// One layer of `count` neighbouring blocks of a length, the first of which belongs to `node`.
AVX2_INLINE void layer(uint64_t *values, size_t length, size_t node, size_t count, const double *roots,
                       field f, butterfly butterfly) {
    size_t distance = length / 2;
    for (size_t block = 0; block < count; ++block, values += length) {
        __m256d w = _mm256_set1_pd(roots[node + block]);
        // Two steps at once, because the speed of so short a loop depends on where it happens to lie in memory: on
        // Zen 5 by a quarter.
#pragma clang loop unroll_count(2)
        for (size_t i = 0; i < distance; i += 4) {
            __m256d x = load(values + i);
            __m256d y = load(values + i + distance);
            butterfly(&x, &y, w, f);
            store(values + i, x);
            store(values + i + distance, y);
        }
    }
}

// ---- The last two layers ----------------------------------------------------------------------------------
//
// A 64-element block consists of 16 blocks of four, two for each lane of the tail factors. Block 2j + h, as row
// j of a matrix, has its columns in rows 4h to 4h + 3 of the transform's 8 x 8 matrix, at column j. Four rows
// at a time, j = 4c to 4c + 3, are one square of a 2 x 2 matrix of squares, which change places with those on
// the other side of its diagonal.

// Where the factors of the last two layers start, for blocks of four from `node` on.
static size_t tail_factors_offset(size_t node, const msfhe_ntt_tables *tables) {
    size_t first_node = ((size_t)1 << tables->log_n) / 4;
    return (node - first_node) / 16 * tail_factors;
}

// The factors of the last layer but one, for the square with rows from 4h and columns from 4c on.
AVX2_INLINE __m256d outer_factors(const double *tail_roots, size_t h, size_t c) {
    return _mm256_loadu_pd(tail_roots + 8 * h + 4 * c);
}

// Those of the last layer, for rows 2k and 2k + 1 and columns from 4c on.
AVX2_INLINE __m256d inner_factors(const double *tail_roots, size_t k, size_t c) {
    return _mm256_loadu_pd(tail_roots + 16 + 8 * k + 4 * c);
}

AVX2_INLINE void load_square(__m256d x[4], const uint64_t *square) {
    for (size_t row = 0; row < 4; ++row) {
        x[row] = load(square + 8 * row);
    }
}

AVX2_INLINE void store_square(uint64_t *square, const __m256d x[4]) {
    for (size_t row = 0; row < 4; ++row) {
        store(square + 8 * row, x[row]);
    }
}

// The last layer of a 64-element block, in either direction.
AVX2_INLINE void inner_layer(uint64_t *block, const double *tail_roots, field f, butterfly butterfly) {
    for (size_t k = 0; k < 4; ++k, block += 16) {
        for (size_t c = 0; c < 2; ++c) {
            __m256d x = load(block + 4 * c);
            __m256d y = load(block + 4 * c + 8);
            butterfly(&x, &y, inner_factors(tail_roots, k, c), f);
            store(block + 4 * c, x);
            store(block + 4 * c + 8, y);
        }
    }
}

// ---- Forward ----------------------------------------------------------------------------------------------

// (x, y) to (x + w y, x - w y): from at most b to at most b + 1/2 + 3b/32. From values of at most 1 on, the bounds
// after 0, 1, 2, ... 13 layers are 1, 1.6, 2.3, 3, 3.8, 4.6, 5.6, 6.6, 7.7, 8.9, 10.2, 11.7, 13.3 and 15.
AVX2_INLINE void forward_butterfly(__m256d *x, __m256d *y, __m256d w, field f) {
    __m256d product = multiply(*y, w, f);
    *y = _mm256_sub_pd(*x, product);
    *x = _mm256_add_pd(*x, product);
}

// The first layer's. Subtracting 2^52 + q at once makes integers in [0, 2q) doubles in [-q, q).
AVX2_INLINE void entering_butterfly(__m256d *x, __m256d *y, __m256d w, field f) {
    const __m256d two_to_52 = _mm256_set1_pd(0x1p52);
    const __m256d offset = _mm256_add_pd(two_to_52, f.q);
    *x = _mm256_sub_pd(_mm256_or_pd(*x, two_to_52), offset);
    *y = _mm256_sub_pd(_mm256_or_pd(*y, two_to_52), offset);
    forward_butterfly(x, y, w, f);
}

// That of the last layer but two, the fourteenth at most: from 15 to 2.41. The last two then lead to 3.14 and
// 3.94.
AVX2_INLINE void centring_butterfly(__m256d *x, __m256d *y, __m256d w, field f) {
    *x = centre(*x, f);
    forward_butterfly(x, y, w, f);
}

// The last layer's: integers in (0, 8), made by adding 4. They are added to 2^52, too: the bits of 2^52 + z,
// z an integer in [0, 2^52), are those of 2^52 and of z.
AVX2_INLINE void leaving_butterfly(__m256d *x, __m256d *y, __m256d w, field f) {
    const __m256d two_to_52 = _mm256_set1_pd(0x1p52);
    *x = _mm256_add_pd(*x, _mm256_fmadd_pd(_mm256_set1_pd(4), f.q, two_to_52));
    forward_butterfly(x, y, w, f);
    *x = _mm256_xor_pd(*x, two_to_52);
    *y = _mm256_xor_pd(*y, two_to_52);
}

AVX2 static void forward_layer(uint64_t *values, size_t length, size_t node, size_t count,
                               const msfhe_ntt_tables *tables, const field *f) {
    if (node == 1) {
        layer(values, length, node, count, tables->centred_roots, *f, entering_butterfly);
    } else if (length == 8) {
        layer(values, length, node, count, tables->centred_roots, *f, centring_butterfly);
    } else {
        layer(values, length, node, count, tables->centred_roots, *f, forward_butterfly);
    }
}

// Transposes a square and does the last layer but one on it.
AVX2_INLINE void forward_square(__m256d x[4], __m256d w, field f) {
    transpose(x);
    forward_butterfly(&x[0], &x[2], w, f);
    forward_butterfly(&x[1], &x[3], w, f);
}

// The last two layers of `count` blocks of four, stored without transposing back.
AVX2 static void forward_tail(uint64_t *values, size_t node, size_t count, const msfhe_ntt_tables *tables,
                              const field *field) {
    const double *tail_roots = tables->centred_tail_roots + tail_factors_offset(node, tables);
    for (size_t block = 0; block < count / 16; ++block, values += 64, tail_roots += tail_factors) {
        for (size_t h = 0; h < 2; ++h) {
            __m256d x[4];
            load_square(x, values + 36 * h);
            forward_square(x, outer_factors(tail_roots, h, h), *field);
            store_square(values + 36 * h, x);
        }
        __m256d lower[4], upper[4];
        load_square(lower, values + 32);
        load_square(upper, values + 4);
        forward_square(lower, outer_factors(tail_roots, 0, 1), *field);
        forward_square(upper, outer_factors(tail_roots, 1, 0), *field);
        store_square(values + 4, lower);
        store_square(values + 32, upper);
        inner_layer(values, tail_roots, *field, leaving_butterfly);
    }
}

// All the layers of `count` neighbouring blocks.
static void forward(uint64_t *values, size_t length, size_t node, size_t count,
                    const msfhe_ntt_tables *tables, const field *f) {
    if (length == 4) {
        forward_tail(values, node, count, tables, f);
        return;
    }
    forward_layer(values, length, node, count, tables, f);
    if (length <= cached_length) {
        forward(values, length / 2, 2 * node, 2 * count, tables, f);
        return;
    }
    forward(values, length / 2, 2 * node, 1, tables, f);
    forward(values + length / 2, length / 2, 2 * node + 1, 1, tables, f);
}

AVX2 void msfhe_avx2_ntt_forward(uint64_t *values, const msfhe_ntt_tables *tables) {
    field f = make_field(&tables->modulus);
    forward(values, (size_t)1 << tables->log_n, 1, 1, tables, &f);
}

// Lifted values are below q, if the source is below 2q, else below 2^50, and centred.
AVX2 void msfhe_avx2_ntt_forward_lifted(uint64_t *out, const uint64_t *x, uint64_t source,
                                        const msfhe_ntt_tables *tables) {
    field f = make_field(&tables->modulus);
    uint64_t q = tables->modulus.value;
    size_t n = (size_t)1 << tables->log_n;
    __m256i half = _mm256_set1_epi64x((int64_t)(source / 2));
    __m256i offset = _mm256_set1_epi64x((int64_t)lift_offset(source, q));
    int is_wide = source >= 2 * q;
    for (size_t i = 0; i < n; i += 4) {
        __m256i value = _mm256_castpd_si256(load(x + i));
        value = _mm256_add_epi64(value, _mm256_and_si256(_mm256_cmpgt_epi64(value, half), offset));
        if (is_wide) {
            value = to_integers(_mm256_add_pd(centre(to_doubles(value), f), f.q));
        }
        store(out + i, _mm256_castsi256_pd(value));
    }
    msfhe_avx2_ntt_forward(out, tables);
}

// ---- Inverse ----------------------------------------------------------------------------------------------
//
// Sums double from layer to layer, so they are centred in every third. Each three layers start and end with
// values of at most 2, for sums are at most 4 after the first one, 8 after the second one and 16 after the
// third one, where they are centred; and products, of differences of at most 16, are at most 1/2 + 3/2.

// (x, y) to (x + y, w (x - y)).
AVX2_INLINE void inverse_butterfly(__m256d *x, __m256d *y, __m256d w, field f) {
    __m256d difference = _mm256_sub_pd(*x, *y);
    *x = _mm256_add_pd(*x, *y);
    *y = multiply(difference, w, f);
}

// The first layer's.
AVX2_INLINE void entering_inverse_butterfly(__m256d *x, __m256d *y, __m256d w, field f) {
    *x = to_doubles(_mm256_castpd_si256(*x));
    *y = to_doubles(_mm256_castpd_si256(*y));
    inverse_butterfly(x, y, w, f);
}

AVX2_INLINE void centring_inverse_butterfly(__m256d *x, __m256d *y, __m256d w, field f) {
    inverse_butterfly(x, y, w, f);
    *x = centre(*x, f);
}

// Whether the sums of the layer on blocks of a length are centred. Those before the last layer always are.
static int centres_sums(size_t length, size_t n) {
    const size_t powers_of_eight = 0x9249;  // 2^0, 2^3, 2^6, ...
    return (length & powers_of_eight) != 0 || length == n / 2;
}

AVX2 static void inverse_layer(uint64_t *values, size_t length, size_t node, size_t count,
                               const msfhe_ntt_tables *tables, const field *f) {
    if (centres_sums(length, (size_t)1 << tables->log_n)) {
        layer(values, length, node, count, tables->centred_inverse_roots, *f, centring_inverse_butterfly);
    } else {
        layer(values, length, node, count, tables->centred_inverse_roots, *f, inverse_butterfly);
    }
}

// The last layer of the whole inverse, with the division by n. Its values are at most 2, so that products of
// their sums and differences are below 1: at most 1/2 + 3/8.
AVX2 static void inverse_last_layer(uint64_t *values, const msfhe_ntt_tables *tables, const field *field) {
    size_t distance = (size_t)1 << tables->log_n >> 1;
    __m256d inverse_n = _mm256_set1_pd(tables->centred_inverse_n);
    __m256d inverse_n_root = _mm256_set1_pd(tables->centred_inverse_n_root);
    for (size_t i = 0; i < distance; i += 4) {
        __m256d x = load(values + i);
        __m256d y = load(values + i + distance);
        __m256d sum = multiply(_mm256_add_pd(x, y), inverse_n, *field);
        __m256d difference = multiply(_mm256_sub_pd(x, y), inverse_n_root, *field);
        store_integers(values + i, add_if_negative(sum, *field));
        store_integers(values + i + distance, add_if_negative(difference, *field));
    }
}

// Undoes the last layer but one on a square and transposes it.
AVX2_INLINE void inverse_square(__m256d x[4], __m256d w, field f) {
    inverse_butterfly(&x[0], &x[2], w, f);
    inverse_butterfly(&x[1], &x[3], w, f);
    transpose(x);
}

// The first two layers of the inverse, on `count` blocks of four.
AVX2 static void inverse_tail(uint64_t *values, size_t node, size_t count, const msfhe_ntt_tables *tables,
                              const field *field) {
    const double *tail_roots = tables->centred_inverse_tail_roots + tail_factors_offset(node, tables);
    for (size_t block = 0; block < count / 16; ++block, values += 64, tail_roots += tail_factors) {
        inner_layer(values, tail_roots, *field, entering_inverse_butterfly);
        for (size_t h = 0; h < 2; ++h) {
            __m256d x[4];
            load_square(x, values + 36 * h);
            inverse_square(x, outer_factors(tail_roots, h, h), *field);
            store_square(values + 36 * h, x);
        }
        __m256d lower[4], upper[4];
        load_square(lower, values + 32);
        load_square(upper, values + 4);
        inverse_square(lower, outer_factors(tail_roots, 1, 0), *field);
        inverse_square(upper, outer_factors(tail_roots, 0, 1), *field);
        store_square(values + 4, lower);
        store_square(values + 32, upper);
    }
}

// All the layers of `count` neighbouring blocks but the very last, in the reverse order of `forward`.
static void inverse(uint64_t *values, size_t length, size_t node, size_t count,
                    const msfhe_ntt_tables *tables, const field *f) {
    if (length == 4) {
        inverse_tail(values, node, count, tables, f);
        return;
    }
    if (length <= cached_length) {
        inverse(values, length / 2, 2 * node, 2 * count, tables, f);
    } else {
        inverse(values, length / 2, 2 * node, 1, tables, f);
        inverse(values + length / 2, length / 2, 2 * node + 1, 1, tables, f);
    }
    if (node > 1) {
        inverse_layer(values, length, node, count, tables, f);
    }
}

AVX2 void msfhe_avx2_ntt_inverse(uint64_t *values, const msfhe_ntt_tables *tables) {
    field f = make_field(&tables->modulus);
    inverse(values, (size_t)1 << tables->log_n, 1, 1, tables, &f);
    inverse_last_layer(values, tables, &f);
}

#endif
