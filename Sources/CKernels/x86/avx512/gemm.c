// Matrix products modulo powers of two by dot products of four bytes or of two 16-bit words.
//
// One instruction multiplies, in each of 16 columns, four bytes of a row by four of a limb of the matrix and
// adds the products to a 32-bit sum: unsigned bytes of the matrix by signed bytes of the row, or signed words
// by signed words. Some rows times all limbs make 24 sums, which stay in registers for the whole dimension;
// two or three more registers hold the limbs and one the row's four bytes.
#include "packing.h"

#if defined(__x86_64__)

#include <string.h>

// A packed matrix: panels of 16 columns, in them groups of as many matrix rows as four bytes of a row of the
// left factor have entries, in them the limbs, 64 bytes each: 32-bit lane c belongs to column c of the panel,
// and entry i in it to matrix row i of the group.
enum {
    panel_columns = 16,
    limb_vector_bytes = 64,
    group_entry_bytes = 4,  // of a row of the left factor
    sum_count = 24,
    max_limbs = 3,
    rest_rows = 4,     // rows at once after the last whole tile
    block_rows = 480,  // rows that meet a panel while it is cached
};

// One of the three products: a constant wherever these functions are used, so that its fields are, too.
typedef struct {
    size_t limbs;
    uint32_t limb_bits;  // 8 or 16, as have the rows' entries
    __m512i (*dot)(__m512i sum, __m512i limb, __m512i entries);
} product;

AVX512_INLINE __m512i dot_bytes(__m512i sum, __m512i limb, __m512i entries) {
    return _mm512_dpbusd_epi32(sum, limb, entries);
}

// The instruction itself: the compiler would make two of its intrinsic, one that multiplies and one that adds,
// which costs a sixth of the speed on Zen 5.
AVX512_INLINE __m512i dot_words(__m512i sum, __m512i limb, __m512i entries) {
    __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(limb), "v"(entries));
    return sum;
}

static const product product16 = {2, 8, dot_bytes};
static const product product24 = {3, 8, dot_bytes};
static const product product32 = {2, 16, dot_words};

// ---- Packing ----------------------------------------------------------------------------------------------

// Where the bytes of one limb lie in a pair of rows of 16 residues of two or three bytes each: byte 4c of the
// index points to residue c of the first row, byte 4c + 1 to residue c of the second row, which vpermi2b
// counts from 64 on; bytes 4c + 2 and 4c + 3 repeat them, for the other pair of rows.
AVX512_INLINE __m512i pair_index(size_t residue_bytes, size_t limb) {
    const __m512i column = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i row = _mm512_set1_epi32(0x40004000);
    __m512i start = _mm512_mullo_epi32(column, _mm512_set1_epi32((int32_t)(0x01010101 * residue_bytes)));
    return _mm512_add_epi8(_mm512_add_epi8(start, row), _mm512_set1_epi8((int8_t)limb));
}

// Packs four rows of up to 16 residues; `present` has one bit for each of their bytes.
AVX512_INLINE void pack_bytes(uint8_t *packed, const uint8_t *residues, size_t stride, __mmask64 present,
                              const __m512i index[max_limbs], size_t limbs) {
    const __mmask64 second_pair = 0xCCCCCCCCCCCCCCCC;
    __m512i row[4];
    for (size_t i = 0; i < 4; ++i) {
        row[i] = _mm512_maskz_loadu_epi8(present, residues + i * stride);
    }
    for (size_t limb = 0; limb < limbs; ++limb) {
        __m512i first = _mm512_permutex2var_epi8(row[0], index[limb], row[1]);
        __m512i second = _mm512_permutex2var_epi8(row[2], index[limb], row[3]);
        _mm512_store_si512(packed + limb_vector_bytes * limb,
                           _mm512_mask_blend_epi8(second_pair, first, second));
    }
}

AVX512_INLINE void pack_byte_limbs(uint8_t *packed, const uint8_t *residues, size_t stride, size_t dimension,
                                   size_t columns, size_t limbs) {
    __m512i index[max_limbs];
    for (size_t limb = 0; limb < limbs; ++limb) {
        index[limb] = pair_index(limbs, limb);
    }
    for (size_t column = 0; column < columns; column += panel_columns) {
        __mmask64 present = first_lanes(limbs * (columns - column)) & first_lanes(limbs * panel_columns);
        for (size_t j = 0; j < dimension; j += 4, packed += limb_vector_bytes * limbs) {
            pack_bytes(packed, residues + j * stride + limbs * column, stride, present, index, limbs);
        }
    }
}

// Packs two rows of up to 16 residues of four bytes. The lower limb is signed like the upper one, which
// therefore is one larger where the lower one is negative.
AVX512_INLINE void pack_words(uint8_t *packed, __m512i first, __m512i second) {
    const __mmask32 odd_words = 0xAAAAAAAA;
    const __m512i half = _mm512_set1_epi32(0x8000);
    __m512i lower = _mm512_mask_blend_epi16(odd_words, first, _mm512_slli_epi32(second, 16));
    __m512i upper = _mm512_mask_blend_epi16(odd_words, _mm512_srli_epi32(_mm512_add_epi32(first, half), 16),
                                            _mm512_add_epi32(second, half));
    _mm512_store_si512(packed, lower);
    _mm512_store_si512(packed + limb_vector_bytes, upper);
}

AVX512 static void pack_word_limbs(uint8_t *packed, const uint8_t *residues, size_t stride, size_t dimension,
                                   size_t columns) {
    for (size_t column = 0; column < columns; column += panel_columns) {
        __mmask16 present = (__mmask16)first_lanes(columns - column);
        for (size_t j = 0; j < dimension; j += 2, packed += 2 * limb_vector_bytes) {
            const uint8_t *row = residues + j * stride + 4 * column;
            pack_words(packed, _mm512_maskz_loadu_epi32(present, row),
                       _mm512_maskz_loadu_epi32(present, row + stride));
        }
    }
}

AVX512 static void pack16(void *packed, const uint8_t *residues, size_t stride, size_t dimension,
                          size_t columns) {
    pack_byte_limbs(packed, residues, stride, dimension, columns, 2);
}

AVX512 static void pack24(void *packed, const uint8_t *residues, size_t stride, size_t dimension,
                          size_t columns) {
    pack_byte_limbs(packed, residues, stride, dimension, columns, 3);
}

AVX512 static void pack32(void *packed, const uint8_t *residues, size_t stride, size_t dimension,
                          size_t columns) {
    pack_word_limbs(packed, residues, stride, dimension, columns);
}

// ---- Multiplication ---------------------------------------------------------------------------------------

AVX512_INLINE __m512i broadcast_four_bytes(const uint8_t *bytes) {
    int32_t word;
    memcpy(&word, bytes, sizeof word);
    return _mm512_set1_epi32(word);
}

// The value of limbs that are 32-bit sums, modulo the power of two that the limbs span.
AVX512_INLINE __m512i join_limbs(const __m512i *sums, product p) {
    __m512i value = sums[p.limbs - 1];
    for (size_t limb = p.limbs - 1; limb-- > 0;) {
        value = _mm512_add_epi32(_mm512_slli_epi32(value, p.limb_bits), sums[limb]);
    }
    uint32_t mask = UINT32_MAX >> (32 - p.limbs * p.limb_bits);
    return _mm512_and_si512(value, _mm512_set1_epi32((int32_t)mask));
}

// How the results of a panel's columns are written.
typedef struct {
    uint32_t bits;      // of each, or 0 for whole 32-bit words
    __mmask64 present;  // one bit for each byte, or where bits is 16, for each column
    rounding round;
    pair_arrangement arrange;
} format;

AVX512_INLINE void store_results(uint8_t *out, __m512i results, const format *f) {
    if (f->bits == 0) {
        _mm512_store_si512(out, results);
    } else if (f->bits == 16) {
        _mm512_mask_cvtepi32_storeu_epi16(out, (__mmask16)f->present, round_values(results, f->round));
    } else {
        _mm512_mask_storeu_epi8(out, f->present, pack_fields(round_values(results, f->round), f->arrange));
    }
}

// Some rows times one panel. `row_count` is a constant, so that the sums are registers.
AVX512_INLINE void multiply_tile(uint8_t *out, size_t out_stride, const uint8_t *rows, size_t row_count,
                                 size_t row_bytes, const uint8_t *panel, product p, const format *f) {
    __m512i sums[sum_count];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < row_count * p.limbs; ++i) {
        sums[i] = _mm512_setzero_si512();
    }
    for (size_t k = 0; k < row_bytes; k += group_entry_bytes, panel += limb_vector_bytes * p.limbs) {
        __m512i limbs[max_limbs];
#pragma clang loop unroll(full)
        for (size_t limb = 0; limb < p.limbs; ++limb) {
            limbs[limb] = _mm512_load_si512(panel + limb_vector_bytes * limb);
        }
#pragma clang loop unroll(full)
        for (size_t r = 0; r < row_count; ++r) {
            __m512i entries = broadcast_four_bytes(rows + r * row_bytes + k);
#pragma clang loop unroll(full)
            for (size_t limb = 0; limb < p.limbs; ++limb) {
                sums[r * p.limbs + limb] = p.dot(sums[r * p.limbs + limb], limbs[limb], entries);
            }
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; ++r) {
        store_results(out + r * out_stride, join_limbs(sums + r * p.limbs, p), f);
    }
}

AVX512_INLINE void multiply_block(uint8_t *out, size_t out_stride, const uint8_t *rows, size_t row_count,
                                  size_t row_bytes, const uint8_t *panel, product p, const format *f) {
    size_t tile_rows = sum_count / p.limbs;
    size_t r = 0;
    for (; r + tile_rows <= row_count; r += tile_rows) {
        multiply_tile(out + r * out_stride, out_stride, rows + r * row_bytes, tile_rows, row_bytes, panel, p, f);
    }
    for (; r + rest_rows <= row_count; r += rest_rows) {
        multiply_tile(out + r * out_stride, out_stride, rows + r * row_bytes, rest_rows, row_bytes, panel, p, f);
    }
    for (; r < row_count; ++r) {
        multiply_tile(out + r * out_stride, out_stride, rows + r * row_bytes, 1, row_bytes, panel, p, f);
    }
}

// Rows times a matrix; `out_stride` in bytes, `bits` and `dropped` of a packed result, or 0.
AVX512_INLINE void multiply(uint8_t *out, size_t out_stride, const uint8_t *rows, size_t row_count,
                            const uint8_t *packed, size_t dimension, size_t columns, product p, uint32_t bits,
                            uint32_t dropped) {
    format f = {.bits = bits};
    if (bits > 0) {
        f.round = make_rounding(bits, dropped);
        f.arrange = make_pair_arrangement(bits);
    }
    size_t column_bits = bits > 0 ? bits : 32;
    size_t row_bytes = dimension * p.limb_bits / 8;
    size_t panel_bytes = row_bytes / group_entry_bytes * limb_vector_bytes * p.limbs;
    for (size_t row = 0; row < row_count; row += block_rows) {
        size_t count = row_count - row < block_rows ? row_count - row : block_rows;
        const uint8_t *panel = packed;
        for (size_t column = 0; column < columns; column += panel_columns, panel += panel_bytes) {
            size_t present = columns - column < panel_columns ? columns - column : panel_columns;
            f.present = first_lanes(bits == 16 ? present : stream_bytes(present, bits));
            multiply_block(out + row * out_stride + column * column_bits / 8, out_stride, rows + row * row_bytes,
                           count, row_bytes, panel, p, &f);
        }
    }
}

#define DEFINE_GEMM(bits)                                                                                      \
    AVX512 static void multiply##bits(uint32_t *out, size_t out_stride, const void *rows, size_t row_count,   \
                                      const void *packed, size_t dimension, size_t columns) {                 \
        multiply((uint8_t *)out, sizeof *out * out_stride, rows, row_count, packed, dimension, columns,       \
                 product##bits, 0, 0);                                                                        \
    }                                                                                                         \
    AVX512 static void multiply_and_pack##bits(uint8_t *out, size_t out_stride, const void *rows,             \
                                               size_t row_count, const void *packed, size_t dimension,        \
                                               size_t columns, uint32_t kept, uint32_t dropped) {             \
        multiply(out, out_stride, rows, row_count, packed, dimension, columns, product##bits, kept, dropped); \
    }                                                                                                         \
    const msfhe_gemm msfhe_avx512_gemm##bits = {bits / 8, pack##bits, multiply##bits, multiply_and_pack##bits};

DEFINE_GEMM(16)
DEFINE_GEMM(24)
DEFINE_GEMM(32)

#endif
