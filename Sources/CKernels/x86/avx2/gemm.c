// Matrix products modulo powers of two by dot products of two 16-bit words.
//
// One instruction multiplies, in each of eight columns, two words of a row by two of a limb of the matrix, all
// signed, and a second one adds the products to a 32-bit sum. (The product of bytes would be no help: it
// saturates at 16 bits.) Six rows times two vectors of limbs make twelve sums, which stay in registers;
// three of the other four hold the limbs and the row's two words.
//
// Sums wrap modulo 2^32: 65536 products of a row's byte and a 16-bit limb are up to 2^38. The power of two
// divides 2^32, so results are exact all the same.
#include "../../portable/gemm_parts.h"
#include "avx2.h"

#if defined(__x86_64__)

#include <string.h>

// A packed matrix: panels of 16 columns with one limb or of 8 columns with two; in them pairs of matrix rows,
// for each of them two vectors: of columns 0 to 7 and 8 to 15, or of the lower and the upper limb. 32-bit
// lane c of a vector belongs to its column c, and the words in it to the two matrix rows.
enum {
    vector_columns = 8,
    panel_vectors = 2,
    padded_columns = 16,  // columns are padded to a multiple
    tile_rows = 6,
    rest_rows = 2,      // rows at once after the last whole tile
    block_rows = 48,    // rows that meet a panel while it is cached
    block_depth = 512,  // rows of a panel that meet them: 16 KB, half of a first-level cache
};

// One of the three products: a constant wherever these functions are used, so that its fields are, too.
typedef struct {
    size_t residue_bytes;
    size_t limbs;
    size_t entry_bytes;  // of the rows
} product;

static const product product16 = {2, 1, sizeof(int8_t)};
static const product product24 = {3, 2, sizeof(int8_t)};
static const product product32 = {4, 2, sizeof(int16_t)};

static inline size_t panel_columns(product p) {
    return vector_columns * panel_vectors / p.limbs;
}

static inline size_t smaller(size_t x, size_t y) {
    return x < y ? x : y;
}

static inline size_t padded(size_t columns) {
    return (columns + padded_columns - 1) / padded_columns * padded_columns;
}

// ---- Packing ----------------------------------------------------------------------------------------------

// Eight neighbouring residues, each in a 32-bit lane.
AVX2_INLINE __m256i widen(const uint8_t *residues, product p) {
    if (p.residue_bytes == 2) {
        return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)residues));
    }
    if (p.residue_bytes == 3) {
        // Bytes 0 to 15 in the first half and 8 to 23 in the second one, which uses those from 12 on.
        const __m256i bytes = _mm256_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,  //
                                               4, 5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1);
        __m256i halves = _mm256_loadu2_m128i((const __m128i *)(residues + 8), (const __m128i *)residues);
        return _mm256_shuffle_epi8(halves, bytes);
    }
    return _mm256_loadu_si256((const __m256i *)residues);
}

// Those from `column` on in a row of `columns` residues, zero beyond its end.
AVX2_INLINE __m256i load_residues(const uint8_t *row, size_t column, size_t columns, product p) {
    if (column + vector_columns <= columns) {
        return widen(row + column * p.residue_bytes, p);
    }
    uint8_t rest[vector_columns * sizeof(uint32_t)] = {0};
    column = smaller(column, columns);
    memcpy(rest, row + column * p.residue_bytes, (columns - column) * p.residue_bytes);
    return widen(rest, p);
}

// The lower limbs of two matrix rows.
AVX2_INLINE __m256i lower_limbs(__m256i first, __m256i second) {
    return _mm256_blend_epi16(first, _mm256_slli_epi32(second, 16), 0xAA);
}

// The upper ones, which are one larger where the lower one, being signed, is negative.
AVX2_INLINE __m256i upper_limbs(__m256i first, __m256i second) {
    const __m256i half = _mm256_set1_epi32(0x8000);
    return _mm256_blend_epi16(_mm256_srli_epi32(_mm256_add_epi32(first, half), 16),
                              _mm256_add_epi32(second, half), 0xAA);
}

AVX2_INLINE void pack(void *packed, const uint8_t *residues, size_t stride, size_t dimension, size_t columns,
                      product p) {
    __m256i *vectors = packed;
    for (size_t column = 0; column < padded(columns); column += panel_columns(p)) {
        for (size_t j = 0; j < dimension; j += 2, vectors += panel_vectors) {
            const uint8_t *row = residues + j * stride;
            __m256i first = load_residues(row, column, columns, p);
            __m256i second = load_residues(row + stride, column, columns, p);
            _mm256_store_si256(vectors, lower_limbs(first, second));
            if (p.limbs == 2) {
                _mm256_store_si256(vectors + 1, upper_limbs(first, second));
            } else {
                first = load_residues(row, column + vector_columns, columns, p);
                second = load_residues(row + stride, column + vector_columns, columns, p);
                _mm256_store_si256(vectors + 1, lower_limbs(first, second));
            }
        }
    }
}

// ---- Multiplication ---------------------------------------------------------------------------------------

// Writes part of some rows as words, one part behind the other.
AVX2_INLINE void copy_rows(int16_t *words, const uint8_t *rows, size_t row_count, size_t dimension,
                           size_t depth, product p) {
    for (size_t r = 0; r < row_count; ++r, words += depth, rows += dimension * p.entry_bytes) {
        if (p.entry_bytes == sizeof *words) {
            memcpy(words, rows, depth * sizeof *words);
            continue;
        }
        for (size_t j = 0; j < depth; ++j) {
            words[j] = (int8_t)rows[j];
        }
    }
}

AVX2_INLINE __m256i broadcast_two_words(const int16_t *words) {
    int32_t pair;
    memcpy(&pair, words, sizeof pair);
    return _mm256_set1_epi32(pair);
}

// Stores one row's results, or adds them to what is stored there from the matrix rows before.
AVX2_INLINE void store_results(uint32_t *out, const __m256i sums[panel_vectors], int adds, product p) {
    const __m256i mask = _mm256_set1_epi32((int32_t)(UINT32_MAX >> (32 - 8 * p.residue_bytes)));
    __m256i joined = _mm256_add_epi32(sums[0], _mm256_slli_epi32(sums[1], 16));
    const __m256i *results = p.limbs == 2 ? &joined : sums;
    for (size_t v = 0; v < panel_vectors / p.limbs; ++v) {
        __m256i *place = (__m256i *)(out + vector_columns * v);
        __m256i before = adds ? _mm256_load_si256(place) : _mm256_setzero_si256();
        _mm256_store_si256(place, _mm256_and_si256(_mm256_add_epi32(before, results[v]), mask));
    }
}

// Some rows times one panel. `row_count` is a constant, so that the sums are registers.
AVX2_INLINE void multiply_tile(uint32_t *out, size_t out_stride, const int16_t *rows, size_t row_count,
                               const __m256i *panel, size_t depth, int adds, product p) {
    __m256i sums[tile_rows][panel_vectors];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; ++r) {
        sums[r][0] = _mm256_setzero_si256();
        sums[r][1] = _mm256_setzero_si256();
    }
    for (size_t j = 0; j < depth; j += 2, panel += panel_vectors) {
        __m256i vector0 = _mm256_load_si256(panel);
        __m256i vector1 = _mm256_load_si256(panel + 1);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < row_count; ++r) {
            __m256i entries = broadcast_two_words(rows + r * depth + j);
            sums[r][0] = _mm256_add_epi32(sums[r][0], _mm256_madd_epi16(vector0, entries));
            sums[r][1] = _mm256_add_epi32(sums[r][1], _mm256_madd_epi16(vector1, entries));
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; ++r) {
        store_results(out + r * out_stride, sums[r], adds, p);
    }
}

AVX2_INLINE void multiply_block(uint32_t *out, size_t out_stride, const int16_t *rows, size_t row_count,
                                const __m256i *panel, size_t depth, int adds, product p) {
    size_t r = 0;
    for (; r + tile_rows <= row_count; r += tile_rows) {
        multiply_tile(out + r * out_stride, out_stride, rows + r * depth, tile_rows, panel, depth, adds, p);
    }
    for (; r + rest_rows <= row_count; r += rest_rows) {
        multiply_tile(out + r * out_stride, out_stride, rows + r * depth, rest_rows, panel, depth, adds, p);
    }
    for (; r < row_count; ++r) {
        multiply_tile(out + r * out_stride, out_stride, rows + r * depth, 1, panel, depth, adds, p);
    }
}

AVX2_INLINE void multiply(uint32_t *out, size_t out_stride, const uint8_t *rows, size_t row_count,
                          const void *packed, size_t dimension, size_t columns, product p) {
    int16_t words[block_rows * block_depth];
    for (size_t row = 0; row < row_count; row += block_rows) {
        size_t count = smaller(block_rows, row_count - row);
        size_t start = 0;
        do {  // once even for no dimensions: the results are zero then
            size_t depth = smaller(block_depth, dimension - start);
            copy_rows(words, rows + (row * dimension + start) * p.entry_bytes, count, dimension, depth, p);
            const __m256i *panel = (const __m256i *)packed + start / 2 * panel_vectors;
            for (size_t column = 0; column < padded(columns); column += panel_columns(p)) {
                multiply_block(out + row * out_stride + column, out_stride, words, count, panel, depth,
                               start > 0, p);
                panel += dimension / 2 * panel_vectors;
            }
        } while ((start += block_depth) < dimension);
    }
}

#define DEFINE_GEMM(bits, packed_bytes)                                                                        \
    AVX2 static void pack##bits(void *packed, const uint8_t *residues, size_t stride, size_t dimension,       \
                                size_t columns) {                                                             \
        pack(packed, residues, stride, dimension, columns, product##bits);                                    \
    }                                                                                                         \
    AVX2 static void multiply##bits(uint32_t *out, size_t out_stride, const void *rows, size_t row_count,     \
                                    const void *packed, size_t dimension, size_t columns) {                   \
        multiply(out, out_stride, rows, row_count, packed, dimension, columns, product##bits);                \
    }                                                                                                         \
    AVX2 static void multiply_and_pack##bits(uint8_t *out, size_t out_stride, const void *rows,               \
                                             size_t row_count, const void *packed, size_t dimension,          \
                                             size_t columns, uint32_t kept, uint32_t dropped) {               \
        multiply_and_pack_by_parts(out, out_stride, rows, row_count, dimension * product##bits.entry_bytes,   \
                                   packed, packed_bytes, dimension, columns, kept, dropped, multiply##bits,   \
                                   msfhe_avx2_round_and_pack);                                                \
    }                                                                                                         \
    const msfhe_gemm msfhe_avx2_gemm##bits = {packed_bytes, pack##bits, multiply##bits,                       \
                                              multiply_and_pack##bits};

DEFINE_GEMM(16, 2)
DEFINE_GEMM(24, 4)
DEFINE_GEMM(32, 4)

#endif
