// The number-theoretic transform on eight lanes.
//
// The roots' indices 1; 2 and 3; 4 to 7 and so on form a binary tree, and the butterflies of a node work on
// one contiguous block. A pass does the two or three layers from a node downwards on the node's block, vector
// by vector. Long blocks are left to their children one by one, depth first, so that the work soon stays
// within the first-level cache. Blocks of eight have become vectors: a last pass transposes eight of them and
// does the last three layers between the transposed vectors, each lane with factors of its own.
//
// The passes are short chains of dependent steps over many independent vectors. Doing the last six layers at
// once would save one trip through the first-level cache, but makes a chain too long for the processor to
// overlap it with the next one: on Zen 5 it is slower by a fifth.
//
// Ranges are given as intervals of multiples of q; see reduce_lazily for the 1.13. All lazy values are
// congruent to the canonical ones.
#include "../../portable/lift.h"
#include "arithmetic.h"
#include "transpose.h"

#if defined(__x86_64__)

enum {
    cached_length = 2048,     // up to here a block is done pass by pass: 16 KB, which stay cached
    tail_factor_words = 112,  // in tail_roots, for 64 values
};

typedef struct {
    __m512i q;
    __m512i twice_q;
    __m512i four_q;
} modulus_lanes;

AVX512_INLINE modulus_lanes make_modulus_lanes(const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    return (modulus_lanes){broadcast(q), broadcast(2 * q), broadcast(4 * q)};
}

// The number of layers of the pass on blocks of a length: three, but for the lengths from which threes alone
// do not lead to blocks of eight.
static size_t pass_layers(size_t length) {
    return length == 256 || length == 1024 ? 2 : 3;
}

// Where the factors of the last three layers start, for blocks of eight from `node` on.
static size_t tail_factors_offset(size_t node, const msfhe_ntt_tables *tables) {
    size_t first_node = ((size_t)1 << tables->log_n) / 8;
    return (node - first_node) / 8 * tail_factor_words;
}

// The factors of a subtree of two or three layers: its root, the two children, the four grandchildren.
AVX512_INLINE void load_two_layers(factor_lanes w[3], const msfhe_factor *roots, size_t node) {
    w[0] = broadcast_factor(roots[node]);
    w[1] = broadcast_factor(roots[2 * node]);
    w[2] = broadcast_factor(roots[2 * node + 1]);
}

AVX512_INLINE void load_three_layers(factor_lanes w[7], const msfhe_factor *roots, size_t node) {
    load_two_layers(w, roots, node);
    for (size_t k = 0; k < 4; ++k) {
        w[3 + k] = broadcast_factor(roots[4 * node + k]);
    }
}

AVX512_INLINE void load_tail_layers(factor_lanes w[7], const uint64_t *tail_roots) {
    for (size_t k = 0; k < 7; ++k) {
        w[k].montgomery = _mm512_loadu_si512(tail_roots + 16 * k);
        w[k].quotient = _mm512_loadu_si512(tail_roots + 16 * k + 8);
    }
}

AVX512_INLINE void load_vectors(__m512i *x, const uint64_t *values, size_t stride, size_t count) {
    for (size_t k = 0; k < count; ++k) {
        x[k] = _mm512_loadu_si512(values + k * stride);
    }
}

AVX512_INLINE void store_vectors(uint64_t *values, size_t stride, const __m512i *x, size_t count) {
    for (size_t k = 0; k < count; ++k) {
        _mm512_storeu_si512(values + k * stride, x[k]);
    }
}

// ---- Forward ----------------------------------------------------------------------------------------------

// (x, y) to (x + w y, x - w y), which widens the range of x by q on either side. In: y in [0, 2^52).
AVX512_INLINE void forward_butterfly(__m512i *x, __m512i *y, factor_lanes w, __m512i q) {
    __m512i product = multiply_by_factor(*y, w, q);
    *y = _mm512_sub_epi64(*x, product);
    *x = _mm512_add_epi64(*x, product);
}

// In: below 2^(bits + 3). Out: (0, 5.13q). `r` has the offset 2q.
AVX512_INLINE void forward_two_layers(__m512i x[4], const factor_lanes w[3], reducer r, __m512i q) {
    x[0] = reduce_lazily(x[0], r);  // [2q, 3.13q)
    x[1] = reduce_lazily(x[1], r);
    forward_butterfly(&x[0], &x[2], w[0], q);  // (q, 4.13q)
    forward_butterfly(&x[1], &x[3], w[0], q);
    forward_butterfly(&x[0], &x[1], w[1], q);  // (0, 5.13q)
    forward_butterfly(&x[2], &x[3], w[2], q);
}

// In: below 2^(bits + 3). Out: (0, 7.13q), which is again below 2^(bits + 3). `r` has the offset 3q.
AVX512_INLINE void forward_three_layers(__m512i x[8], const factor_lanes w[7], reducer r, __m512i q) {
    for (size_t k = 0; k < 4; ++k) {
        x[k] = reduce_lazily(x[k], r);  // [3q, 4.13q)
    }
    for (size_t k = 0; k < 4; ++k) {
        forward_butterfly(&x[k], &x[k + 4], w[0], q);  // (2q, 5.13q)
    }
    for (size_t k = 0; k < 2; ++k) {
        forward_butterfly(&x[k], &x[k + 2], w[1], q);  // (q, 6.13q)
        forward_butterfly(&x[k + 4], &x[k + 6], w[2], q);
    }
    for (size_t k = 0; k < 4; ++k) {
        forward_butterfly(&x[2 * k], &x[2 * k + 1], w[3 + k], q);  // (0, 7.13q)
    }
}

// What brings values modulo another prime to q, in the first pass: centred representatives, made positive.
typedef struct {
    __m512i half;    // of the other prime
    __m512i offset;  // what makes representatives above that half positive
    int is_wide;     // whether they have to be reduced, for they exceed the range of lazy values
    factor_lanes one;
} lift;

AVX512_INLINE void lift_vectors(__m512i *x, size_t count, const lift *l, __m512i q) {
    for (size_t k = 0; k < count; ++k) {
        x[k] = _mm512_mask_add_epi64(x[k], _mm512_cmpgt_epu64_mask(x[k], l->half), x[k], l->offset);
        if (l->is_wide) {
            x[k] = _mm512_add_epi64(multiply_by_factor(x[k], l->one, q), q);
        }
    }
}

// The passes work on `count` neighbouring blocks of a length, the first of which belongs to `node`. With a lift, the
// first pass reads from elsewhere.

AVX512_INLINE void forward_blocks_of_two(uint64_t *values, const uint64_t *in, size_t length, size_t node,
                                         size_t count, const msfhe_ntt_tables *tables, const lift *l) {
    __m512i q = broadcast(tables->modulus.value);
    reducer r = make_reducer(&tables->modulus, 2 * tables->modulus.value);
    size_t stride = length / 4;
    for (size_t block = 0; block < count; ++block, values += length, in += length) {
        for (size_t i = 0; i < stride; i += 8) {
            __m512i x[4];
            factor_lanes w[3];
            load_two_layers(w, tables->roots, node + block);
            load_vectors(x, in + i, stride, 4);
            if (l) {
                lift_vectors(x, 4, l, q);
            }
            forward_two_layers(x, w, r, q);
            store_vectors(values + i, stride, x, 4);
        }
    }
}

AVX512_INLINE void forward_blocks_of_three(uint64_t *values, const uint64_t *in, size_t length, size_t node,
                                           size_t count, const msfhe_ntt_tables *tables, const lift *l) {
    __m512i q = broadcast(tables->modulus.value);
    reducer r = make_reducer(&tables->modulus, 3 * tables->modulus.value);
    size_t stride = length / 8;
    for (size_t block = 0; block < count; ++block, values += length, in += length) {
        for (size_t i = 0; i < stride; i += 8) {
            __m512i x[8];
            factor_lanes w[7];
            load_three_layers(w, tables->roots, node + block);
            load_vectors(x, in + i, stride, 8);
            if (l) {
                lift_vectors(x, 8, l, q);
            }
            forward_three_layers(x, w, r, q);
            store_vectors(values + i, stride, x, 8);
        }
    }
}

AVX512 static void forward_pass_of_two(uint64_t *values, size_t length, size_t node, size_t count,
                                       const msfhe_ntt_tables *tables) {
    forward_blocks_of_two(values, values, length, node, count, tables, NULL);
}

AVX512 static void forward_pass_of_three(uint64_t *values, size_t length, size_t node, size_t count,
                                         const msfhe_ntt_tables *tables) {
    forward_blocks_of_three(values, values, length, node, count, tables, NULL);
}

AVX512 static void lifting_pass(uint64_t *out, const uint64_t *in, const msfhe_ntt_tables *tables,
                                uint64_t source) {
    uint64_t q = tables->modulus.value;
    const lift l = {broadcast(source / 2), broadcast(lift_offset(source, q)), source >= 2 * q,
                    broadcast_factor(factor_one(&tables->modulus))};
    size_t n = (size_t)1 << tables->log_n;
    if (pass_layers(n) == 2) {
        forward_blocks_of_two(out, in, n, 1, 1, tables, &l);
    } else {
        forward_blocks_of_three(out, in, n, 1, 1, tables, &l);
    }
}

static void forward_pass(uint64_t *values, size_t length, size_t node, size_t count,
                         const msfhe_ntt_tables *tables) {
    int two_layers = pass_layers(length) == 2;
    (two_layers ? forward_pass_of_two : forward_pass_of_three)(values, length, node, count, tables);
}

// The last three layers of `count` blocks of eight, stored without transposing back.
AVX512 static void forward_tail(uint64_t *values, size_t node, size_t count, const msfhe_ntt_tables *tables) {
    __m512i q = broadcast(tables->modulus.value);
    reducer r = make_reducer(&tables->modulus, 3 * tables->modulus.value);
    const uint64_t *tail_roots = tables->tail_roots + tail_factors_offset(node, tables);
    for (size_t block = 0; block < count / 8; ++block, values += 64, tail_roots += tail_factor_words) {
        __m512i x[8];
        factor_lanes w[7];
        load_tail_layers(w, tail_roots);
        load_vectors(x, values, 8, 8);
        transpose(x);
        forward_three_layers(x, w, r, q);
        store_vectors(values, 8, x, 8);
    }
}

static void forward(uint64_t *values, size_t length, size_t node, size_t count,
                    const msfhe_ntt_tables *tables);

// All the layers of `count` neighbouring blocks but those of the first pass.
static void forward_children(uint64_t *values, size_t length, size_t node, size_t count,
                             const msfhe_ntt_tables *tables) {
    size_t children = (size_t)1 << pass_layers(length);
    size_t child_length = length / children;
    if (length <= cached_length) {
        forward(values, child_length, node * children, count * children, tables);
        return;
    }
    for (size_t child = 0; child < children; ++child) {
        forward(values + child * child_length, child_length, node * children + child, 1, tables);
    }
}

// All the layers of `count` neighbouring blocks.
static void forward(uint64_t *values, size_t length, size_t node, size_t count,
                    const msfhe_ntt_tables *tables) {
    if (length == 8) {
        forward_tail(values, node, count, tables);
        return;
    }
    forward_pass(values, length, node, count, tables);
    forward_children(values, length, node, count, tables);
}

void msfhe_avx512_ntt_forward(uint64_t *values, const msfhe_ntt_tables *tables) {
    forward(values, (size_t)1 << tables->log_n, 1, 1, tables);
}

void msfhe_avx512_ntt_forward_lifted(uint64_t *out, const uint64_t *x, uint64_t source,
                                     const msfhe_ntt_tables *tables) {
    lifting_pass(out, x, tables, source);
    forward_children(out, (size_t)1 << tables->log_n, 1, 1, tables);
}

// ---- Inverse ----------------------------------------------------------------------------------------------

// (x, y) to (x + y, w (x - y)); the second is in (-q, q). `offset` makes x - y + offset positive; the result
// has to stay below 2^52 >= 8q.
AVX512_INLINE void inverse_butterfly(__m512i *x, __m512i *y, factor_lanes w, __m512i offset, __m512i q) {
    __m512i difference = _mm512_add_epi64(_mm512_sub_epi64(*x, *y), offset);
    *x = _mm512_add_epi64(*x, *y);
    *y = multiply_by_factor(difference, w, q);
}

// The factors of the last layer of the whole inverse, which divide by n as well.
typedef struct {
    factor_lanes inverse_n;
    factor_lanes inverse_n_root;
} final_factors;

// The last layer of the whole inverse, canonical: (x + y) / n and w (x - y) / n. The offsets make x + y and
// x - y positive; the results have to stay below 2^52.
AVX512_INLINE void final_butterfly(__m512i *x, __m512i *y, const final_factors *w, __m512i sum_offset,
                                   __m512i difference_offset, __m512i q) {
    __m512i sum = _mm512_add_epi64(_mm512_add_epi64(*x, *y), sum_offset);
    __m512i difference = _mm512_add_epi64(_mm512_sub_epi64(*x, *y), difference_offset);
    *x = add_if_negative(multiply_by_factor(sum, w->inverse_n, q), q);
    *y = add_if_negative(multiply_by_factor(difference, w->inverse_n_root, q), q);
}

// The first of two layers. In: [0, 2q). Out: x[0], x[2] in [0, 4q); x[1], x[3] in (-q, q).
AVX512_INLINE void inverse_first_of_two(__m512i x[4], const factor_lanes w[3], modulus_lanes m) {
    inverse_butterfly(&x[0], &x[1], w[1], m.twice_q, m.q);
    inverse_butterfly(&x[2], &x[3], w[2], m.twice_q, m.q);
}

// In and out: [0, 2q).
AVX512_INLINE void inverse_two_layers(__m512i x[4], const factor_lanes w[3], modulus_lanes m) {
    inverse_first_of_two(x, w, m);
    inverse_butterfly(&x[0], &x[2], w[0], m.four_q, m.q);
    inverse_butterfly(&x[1], &x[3], w[0], m.twice_q, m.q);
    x[0] = subtract_if_not_below(subtract_if_not_below(x[0], m.four_q), m.twice_q);  // from [0, 8q)
    x[1] = add_if_negative(x[1], m.twice_q);                                         // from (-2q, 2q)
    x[2] = _mm512_add_epi64(x[2], m.q);                                              // from (-q, q)
    x[3] = _mm512_add_epi64(x[3], m.q);
}

// The first two of three layers. In: [0, 2q). Out: x[0], x[4] in [0, 4q); x[1], x[5] in (-2q, 2q); the others
// in (-q, q).
AVX512_INLINE void inverse_first_two_of_three(__m512i x[8], const factor_lanes w[7], modulus_lanes m) {
    for (size_t k = 0; k < 4; ++k) {
        inverse_butterfly(&x[2 * k], &x[2 * k + 1], w[3 + k], m.twice_q, m.q);  // [0, 4q) and (-q, q)
    }
    for (size_t k = 0; k < 8; k += 4) {
        factor_lanes root = w[1 + k / 4];
        inverse_butterfly(&x[k], &x[k + 2], root, m.four_q, m.q);       // [0, 8q) and (-q, q)
        inverse_butterfly(&x[k + 1], &x[k + 3], root, m.twice_q, m.q);  // (-2q, 2q) and (-q, q)
        x[k] = subtract_if_not_below(x[k], m.four_q);
    }
}

// In and out: [0, 2q).
AVX512_INLINE void inverse_three_layers(__m512i x[8], const factor_lanes w[7], modulus_lanes m) {
    inverse_first_two_of_three(x, w, m);
    inverse_butterfly(&x[0], &x[4], w[0], m.four_q, m.q);   // x[0] in [0, 8q)
    inverse_butterfly(&x[1], &x[5], w[0], m.four_q, m.q);   // x[1] in (-4q, 4q)
    inverse_butterfly(&x[2], &x[6], w[0], m.twice_q, m.q);  // x[2] in (-2q, 2q)
    inverse_butterfly(&x[3], &x[7], w[0], m.twice_q, m.q);  // x[3] in (-2q, 2q)
    x[0] = subtract_if_not_below(subtract_if_not_below(x[0], m.four_q), m.twice_q);
    x[1] = subtract_if_not_below(add_if_negative(x[1], m.four_q), m.twice_q);
    x[2] = add_if_negative(x[2], m.twice_q);
    x[3] = add_if_negative(x[3], m.twice_q);
    for (size_t k = 4; k < 8; ++k) {
        x[k] = _mm512_add_epi64(x[k], m.q);
    }
}

// The last layers of the whole inverse, with the division by n. In: [0, 2q). Out: canonical.
AVX512_INLINE void final_two_layers(__m512i x[4], const factor_lanes w[3], const final_factors *final,
                                    modulus_lanes m) {
    const __m512i zero = _mm512_setzero_si512();
    inverse_first_of_two(x, w, m);
    final_butterfly(&x[0], &x[2], final, zero, m.four_q, m.q);
    final_butterfly(&x[1], &x[3], final, m.twice_q, m.twice_q, m.q);
}

AVX512_INLINE void final_three_layers(__m512i x[8], const factor_lanes w[7], const final_factors *final,
                                      modulus_lanes m) {
    const __m512i zero = _mm512_setzero_si512();
    inverse_first_two_of_three(x, w, m);
    final_butterfly(&x[0], &x[4], final, zero, m.four_q, m.q);
    final_butterfly(&x[1], &x[5], final, m.four_q, m.four_q, m.q);
    final_butterfly(&x[2], &x[6], final, m.twice_q, m.twice_q, m.q);
    final_butterfly(&x[3], &x[7], final, m.twice_q, m.twice_q, m.q);
}

AVX512_INLINE final_factors load_final_factors(const msfhe_ntt_tables *tables) {
    return (final_factors){broadcast_factor(tables->inverse_n), broadcast_factor(tables->inverse_n_root)};
}

AVX512 static void inverse_pass_of_two(uint64_t *values, size_t length, size_t node, size_t count,
                                       const msfhe_ntt_tables *tables) {
    modulus_lanes m = make_modulus_lanes(&tables->modulus);
    size_t stride = length / 4;
    for (size_t block = 0; block < count; ++block, values += length) {
        for (size_t i = 0; i < stride; i += 8) {
            __m512i x[4];
            factor_lanes w[3];
            load_two_layers(w, tables->inverse_roots, node + block);
            load_vectors(x, values + i, stride, 4);
            inverse_two_layers(x, w, m);
            store_vectors(values + i, stride, x, 4);
        }
    }
}

AVX512 static void inverse_pass_of_three(uint64_t *values, size_t length, size_t node, size_t count,
                                         const msfhe_ntt_tables *tables) {
    modulus_lanes m = make_modulus_lanes(&tables->modulus);
    size_t stride = length / 8;
    for (size_t block = 0; block < count; ++block, values += length) {
        for (size_t i = 0; i < stride; i += 8) {
            __m512i x[8];
            factor_lanes w[7];
            load_three_layers(w, tables->inverse_roots, node + block);
            load_vectors(x, values + i, stride, 8);
            inverse_three_layers(x, w, m);
            store_vectors(values + i, stride, x, 8);
        }
    }
}

AVX512 static void final_pass_of_two(uint64_t *values, size_t length, const msfhe_ntt_tables *tables) {
    modulus_lanes m = make_modulus_lanes(&tables->modulus);
    final_factors final = load_final_factors(tables);
    size_t stride = length / 4;
    for (size_t i = 0; i < stride; i += 8) {
        __m512i x[4];
        factor_lanes w[3];
        load_two_layers(w, tables->inverse_roots, 1);
        load_vectors(x, values + i, stride, 4);
        final_two_layers(x, w, &final, m);
        store_vectors(values + i, stride, x, 4);
    }
}

AVX512 static void final_pass_of_three(uint64_t *values, size_t length, const msfhe_ntt_tables *tables) {
    modulus_lanes m = make_modulus_lanes(&tables->modulus);
    final_factors final = load_final_factors(tables);
    size_t stride = length / 8;
    for (size_t i = 0; i < stride; i += 8) {
        __m512i x[8];
        factor_lanes w[7];
        load_three_layers(w, tables->inverse_roots, 1);
        load_vectors(x, values + i, stride, 8);
        final_three_layers(x, w, &final, m);
        store_vectors(values + i, stride, x, 8);
    }
}

static void inverse_pass(uint64_t *values, size_t length, size_t node, size_t count,
                         const msfhe_ntt_tables *tables) {
    int two_layers = pass_layers(length) == 2;
    if (node == 1) {
        (two_layers ? final_pass_of_two : final_pass_of_three)(values, length, tables);
    } else {
        (two_layers ? inverse_pass_of_two : inverse_pass_of_three)(values, length, node, count, tables);
    }
}

// The first three layers of the inverse, on `count` blocks of eight. In: [0, 2q), transposed. Out: [0, 2q).
AVX512 static void inverse_tail(uint64_t *values, size_t node, size_t count, const msfhe_ntt_tables *tables) {
    modulus_lanes m = make_modulus_lanes(&tables->modulus);
    const uint64_t *tail_roots = tables->inverse_tail_roots + tail_factors_offset(node, tables);
    for (size_t block = 0; block < count / 8; ++block, values += 64, tail_roots += tail_factor_words) {
        __m512i x[8];
        factor_lanes w[7];
        load_tail_layers(w, tail_roots);
        load_vectors(x, values, 8, 8);
        inverse_three_layers(x, w, m);
        transpose(x);
        store_vectors(values, 8, x, 8);
    }
}

// All the layers of `count` neighbouring blocks, in the reverse order of `forward`.
static void inverse(uint64_t *values, size_t length, size_t node, size_t count,
                    const msfhe_ntt_tables *tables) {
    if (length == 8) {
        inverse_tail(values, node, count, tables);
        return;
    }
    size_t children = (size_t)1 << pass_layers(length);
    size_t child_length = length / children;
    if (length <= cached_length) {
        inverse(values, child_length, node * children, count * children, tables);
    } else {
        for (size_t child = 0; child < children; ++child) {
            inverse(values + child * child_length, child_length, node * children + child, 1, tables);
        }
    }
    inverse_pass(values, length, node, count, tables);
}

void msfhe_avx512_ntt_inverse(uint64_t *values, const msfhe_ntt_tables *tables) {
    inverse(values, (size_t)1 << tables->log_n, 1, 1, tables);
}

#endif
