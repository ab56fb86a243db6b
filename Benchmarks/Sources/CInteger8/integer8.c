#include "CInteger8.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

enum {
    tile_rows = 8,
    panel_vectors = 3,
    block_rows = 240,  // rows that meet a panel while it is in the first-level cache
};

#define VNNI __attribute__((target("avx512f,avx512vnni")))

int integer8_is_supported(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni");
}

// Eight rows times 48 columns: 24 sums in registers.
VNNI static void multiply_tile(int32_t *out, const int8_t *rows, const uint8_t *panel, size_t dimension,
                               size_t columns) {
    __m512i sums[tile_rows][panel_vectors];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < tile_rows; ++r) {
        for (size_t v = 0; v < panel_vectors; ++v) {
            sums[r][v] = _mm512_setzero_si512();
        }
    }
    for (size_t j = 0; j < dimension; j += 4, panel += 64 * panel_vectors) {
        __m512i first = _mm512_load_si512(panel);
        __m512i second = _mm512_load_si512(panel + 64);
        __m512i third = _mm512_load_si512(panel + 128);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < tile_rows; ++r) {
            int32_t word;
            memcpy(&word, rows + r * dimension + j, sizeof word);
            __m512i entries = _mm512_set1_epi32(word);
            sums[r][0] = _mm512_dpbusd_epi32(sums[r][0], first, entries);
            sums[r][1] = _mm512_dpbusd_epi32(sums[r][1], second, entries);
            sums[r][2] = _mm512_dpbusd_epi32(sums[r][2], third, entries);
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < tile_rows; ++r) {
        for (size_t v = 0; v < panel_vectors; ++v) {
            _mm512_storeu_si512(out + r * columns + 16 * v, sums[r][v]);
        }
    }
}

VNNI void integer8_gemm(int32_t *out, const int8_t *rows, size_t row_count, const uint8_t *packed,
                        size_t dimension, size_t columns) {
    for (size_t block = 0; block < row_count; block += block_rows) {
        size_t end = row_count - block < block_rows ? row_count : block + block_rows;
        for (size_t column = 0; column < columns; column += integer8_panel_columns) {
            for (size_t row = block; row < end; row += tile_rows) {
                multiply_tile(out + row * columns + column, rows + row * dimension,
                              packed + column * dimension, dimension, columns);
            }
        }
    }
}

#else

int integer8_is_supported(void) {
    return 0;
}

void integer8_gemm(int32_t *out, const int8_t *rows, size_t row_count, const uint8_t *packed, size_t dimension,
                   size_t columns) {
}

#endif
