// Matrix products mod 2^24 by dot products of four bytes.
//
// One instruction multiplies, in each of 16 columns, four unsigned bytes of a limb by four signed bytes of a
// row and adds the products to a 32-bit sum. Eight rows times three limbs make 24 sums, which stay in
// registers for the whole dimension; three more hold the limbs and one the row's four bytes.
#include "avx512.h"

#if defined(__x86_64__)

#include <string.h>

enum {
    panel_columns = 16,
    group_rows = 4,
    limbs = 3,
    group_bytes = 64 * limbs,
    tile_rows = 8,
    block_rows = 240,  // rows that meet a panel while it is in the first-level cache
};

static size_t panel_count(size_t columns) {
    return (columns + panel_columns - 1) / panel_columns;
}

// ---- Packing ----------------------------------------------------------------------------------------------

// Where the bytes of one limb lie in a pair of rows of 16 residues of three bytes each: byte 4c of the index
// points to residue c of the first row, byte 4c + 1 to residue c of the second row, which vpermi2b counts
// from 64 on; bytes 4c + 2 and 4c + 3 repeat them, for the other pair of rows.
AVX512_INLINE __m512i pair_index(uint8_t limb) {
    const __m128i column = _mm_setr_epi8(0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45);
    const __m512i row = _mm512_set1_epi32(0x40004000);
    __m512i residue = _mm512_mullo_epi32(_mm512_cvtepu8_epi32(column), _mm512_set1_epi32(0x01010101));
    return _mm512_add_epi8(_mm512_add_epi8(residue, row), _mm512_set1_epi8((int8_t)limb));
}

// Packs four rows of up to 16 residues; `present` has three bits for each of them.
AVX512_INLINE void pack_group(uint8_t *packed, const uint8_t *residues, size_t stride, __mmask64 present,
                              const __m512i index[limbs]) {
    const __mmask64 second_pair = 0xCCCCCCCCCCCCCCCC;
    __m512i row[group_rows];
    for (size_t i = 0; i < group_rows; ++i) {
        row[i] = _mm512_maskz_loadu_epi8(present, residues + i * stride);
    }
    for (size_t limb = 0; limb < limbs; ++limb) {
        __m512i first = _mm512_permutex2var_epi8(row[0], index[limb], row[1]);
        __m512i second = _mm512_permutex2var_epi8(row[2], index[limb], row[3]);
        _mm512_store_si512(packed + 64 * limb, _mm512_mask_blend_epi8(second_pair, first, second));
    }
}

AVX512 void msfhe_avx512_gemm_pack(uint8_t *packed, const uint8_t *residues, size_t stride, size_t dimension,
                                   size_t columns) {
    __m512i index[limbs] = {pair_index(0), pair_index(1), pair_index(2)};
    for (size_t column = 0; column < columns; column += panel_columns) {
        size_t width = columns - column < panel_columns ? columns - column : panel_columns;
        __mmask64 present = first_lanes(3 * width);
        for (size_t j = 0; j < dimension; j += group_rows, packed += group_bytes) {
            pack_group(packed, residues + j * stride + 3 * column, stride, present, index);
        }
    }
}

// ---- Multiplication ---------------------------------------------------------------------------------------

AVX512_INLINE __m512i broadcast_four_bytes(const int8_t *bytes) {
    int32_t word;
    memcpy(&word, bytes, sizeof word);
    return _mm512_set1_epi32(word);
}

// Some rows times one panel. `row_count` is a constant, so that the sums are registers.
AVX512_INLINE void multiply_tile(uint32_t *out, size_t out_stride, const int8_t *rows, size_t row_count,
                                 const uint8_t *panel, size_t dimension) {
    __m512i sums[tile_rows][limbs];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; ++r) {
        for (size_t limb = 0; limb < limbs; ++limb) {
            sums[r][limb] = _mm512_setzero_si512();
        }
    }
    for (size_t j = 0; j < dimension; j += group_rows, panel += group_bytes) {
        __m512i limb0 = _mm512_load_si512(panel);
        __m512i limb1 = _mm512_load_si512(panel + 64);
        __m512i limb2 = _mm512_load_si512(panel + 128);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < row_count; ++r) {
            __m512i entries = broadcast_four_bytes(rows + r * dimension + j);
            sums[r][0] = _mm512_dpbusd_epi32(sums[r][0], limb0, entries);
            sums[r][1] = _mm512_dpbusd_epi32(sums[r][1], limb1, entries);
            sums[r][2] = _mm512_dpbusd_epi32(sums[r][2], limb2, entries);
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; ++r) {
        __m512i upper = _mm512_add_epi32(sums[r][1], _mm512_slli_epi32(sums[r][2], 8));
        __m512i sum = _mm512_add_epi32(sums[r][0], _mm512_slli_epi32(upper, 8));
        _mm512_store_si512(out + r * out_stride, _mm512_and_si512(sum, _mm512_set1_epi32(0xFFFFFF)));
    }
}

AVX512 static void multiply_block(uint32_t *out, size_t out_stride, const int8_t *rows, size_t row_count,
                                  const uint8_t *panel, size_t dimension) {
    size_t r = 0;
    for (; r + tile_rows <= row_count; r += tile_rows) {
        multiply_tile(out + r * out_stride, out_stride, rows + r * dimension, tile_rows, panel, dimension);
    }
    for (; r < row_count; ++r) {
        multiply_tile(out + r * out_stride, out_stride, rows + r * dimension, 1, panel, dimension);
    }
}

AVX512 void msfhe_avx512_gemm(uint32_t *out, size_t out_stride, const int8_t *rows, size_t row_count,
                              const uint8_t *packed, size_t dimension, size_t columns) {
    size_t panel_bytes = dimension / group_rows * group_bytes;
    for (size_t row = 0; row < row_count; row += block_rows) {
        size_t count = row_count - row < block_rows ? row_count - row : block_rows;
        for (size_t panel = 0; panel < panel_count(columns); ++panel) {
            multiply_block(out + row * out_stride + panel * panel_columns, out_stride, rows + row * dimension,
                           count, packed + panel * panel_bytes, dimension);
        }
    }
}

#endif
