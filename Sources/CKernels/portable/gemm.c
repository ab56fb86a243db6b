#include "gemm_parts.h"
#include "portable.h"

// The layout of a packed matrix: panels of 16 columns, in them the entries row by row, four bytes each.
enum {
    panel_columns = 16,
    entry_bytes = sizeof(uint32_t),
    tile_rows = 8,  // rows of the left factor that meet an entry while it is at hand
};

// The three products differ in the bytes of a residue and in the type of a row's entries. Both are constants
// wherever these functions are used.
typedef uint32_t (*entry_reader)(const void *rows, size_t index);

static inline uint32_t int8_entry(const void *rows, size_t index) {
    return (uint32_t)((const int8_t *)rows)[index];
}

static inline uint32_t int16_entry(const void *rows, size_t index) {
    return (uint32_t)((const int16_t *)rows)[index];
}

static inline uint32_t residue(const uint8_t *bytes, size_t residue_bytes) {
    uint32_t value = 0;
    for (size_t i = 0; i < residue_bytes; ++i) {
        value |= (uint32_t)bytes[i] << 8 * i;
    }
    return value;
}

static inline void pack(uint32_t *packed, const uint8_t *residues, size_t stride, size_t dimension,
                        size_t columns, size_t residue_bytes) {
    for (size_t first = 0; first < columns; first += panel_columns) {
        for (size_t j = 0; j < dimension; ++j) {
            for (size_t column = first; column < first + panel_columns; ++column) {
                const uint8_t *bytes = residues + j * stride + column * residue_bytes;
                *packed++ = column < columns ? residue(bytes, residue_bytes) : 0;
            }
        }
    }
}

// Up to tile_rows rows, from row `first` on, times one panel.
static inline void multiply_tile(uint32_t *out, size_t out_stride, const void *rows, size_t first,
                                 size_t row_count, const uint32_t *panel, size_t dimension,
                                 size_t residue_bytes, entry_reader entry) {
    uint32_t sums[tile_rows][panel_columns] = {0};
    for (size_t j = 0; j < dimension; ++j, panel += panel_columns) {
        for (size_t row = 0; row < row_count; ++row) {
            uint32_t factor = entry(rows, (first + row) * dimension + j);
            for (size_t column = 0; column < panel_columns; ++column) {
                sums[row][column] += factor * panel[column];
            }
        }
    }
    uint32_t mask = UINT32_MAX >> (32 - 8 * residue_bytes);
    for (size_t row = 0; row < row_count; ++row) {
        for (size_t column = 0; column < panel_columns; ++column) {
            out[(first + row) * out_stride + column] = sums[row][column] & mask;
        }
    }
}

static inline void multiply(uint32_t *out, size_t out_stride, const void *rows, size_t row_count,
                            const uint32_t *packed, size_t dimension, size_t columns, size_t residue_bytes,
                            entry_reader entry) {
    for (size_t row = 0; row < row_count; row += tile_rows) {
        size_t count = row_count - row < tile_rows ? row_count - row : tile_rows;
        for (size_t first = 0; first < columns; first += panel_columns) {
            multiply_tile(out + first, out_stride, rows, row, count, packed + first * dimension, dimension,
                          residue_bytes, entry);
        }
    }
}

#define DEFINE_GEMM(bits, row_entry)                                                                           \
    static void pack##bits(void *packed, const uint8_t *residues, size_t stride, size_t dimension,            \
                           size_t columns) {                                                                  \
        pack(packed, residues, stride, dimension, columns, bits / 8);                                         \
    }                                                                                                         \
    static void multiply##bits(uint32_t *out, size_t out_stride, const void *rows, size_t row_count,          \
                               const void *packed, size_t dimension, size_t columns) {                        \
        multiply(out, out_stride, rows, row_count, packed, dimension, columns, bits / 8, row_entry##_entry);  \
    }                                                                                                         \
    static void multiply_and_pack##bits(uint8_t *out, size_t out_stride, const void *rows, size_t row_count,  \
                                        const void *packed, size_t dimension, size_t columns, uint32_t kept,  \
                                        uint32_t dropped) {                                                   \
        multiply_and_pack_by_parts(out, out_stride, rows, row_count, dimension * sizeof(row_entry##_t),       \
                                   packed, entry_bytes, dimension, columns, kept, dropped, multiply##bits,    \
                                   msfhe_portable_round_and_pack);                                            \
    }                                                                                                         \
    const msfhe_gemm msfhe_portable_gemm##bits = {entry_bytes, pack##bits, multiply##bits,                    \
                                                  multiply_and_pack##bits};

DEFINE_GEMM(16, int8)
DEFINE_GEMM(24, int8)
DEFINE_GEMM(32, int16)
