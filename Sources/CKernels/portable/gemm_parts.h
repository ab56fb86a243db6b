// A packed product from a product and a packing function: part by part, through memory that stays in the cache.
#ifndef MSFHE_GEMM_PARTS_H
#define MSFHE_GEMM_PARTS_H

#include "CKernels.h"

enum {
    part_rows = 48,
    part_columns = 64,  // a multiple of 16, so that parts begin on whole bytes and on whole panels
    padding = 16,       // columns of a packed matrix are padded to a multiple
};

typedef void (*gemm_function)(uint32_t *out, size_t out_stride, const void *rows, size_t row_count,
                              const void *packed, size_t dimension, size_t columns);
typedef void (*packing_function)(uint8_t *out, const uint32_t *values, size_t count, uint32_t bits,
                                 uint32_t dropped);

// `multiply_and_pack` for a matrix of `packed_bytes` bytes an entry and rows of `row_bytes` bytes.
static inline void multiply_and_pack_by_parts(uint8_t *out, size_t out_stride, const uint8_t *rows,
                                              size_t row_count, size_t row_bytes, const uint8_t *packed,
                                              size_t packed_bytes, size_t dimension, size_t columns,
                                              uint32_t bits, uint32_t dropped, gemm_function multiply,
                                              packing_function round_and_pack) {
    _Alignas(64) uint32_t part[part_rows * part_columns];
    for (size_t row = 0; row < row_count; row += part_rows) {
        size_t part_height = row_count - row < part_rows ? row_count - row : part_rows;
        for (size_t column = 0; column < columns; column += part_columns) {
            size_t width = columns - column < part_columns ? columns - column : part_columns;
            multiply(part, part_columns, rows + row * row_bytes, part_height,
                     packed + packed_bytes * dimension * column, dimension, width);
            for (size_t r = 0; r < part_height; ++r) {
                round_and_pack(out + (row + r) * out_stride + column * bits / 8, part + r * part_columns, width,
                               bits, dropped);
            }
        }
    }
}

#endif
