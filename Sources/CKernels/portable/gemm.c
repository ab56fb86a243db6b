#include "portable.h"

// The layout of a packed matrix: panels of 16 columns, in them groups of 4 rows, in them 3 byte limbs.
enum {
    panel_columns = 16,
    group_rows = 4,
    limbs = 3,
    limb_bytes = panel_columns * group_rows,
    tile_rows = 8,  // rows of the left factor that share the work of unpacking
};

static size_t panel_count(size_t columns) {
    return (columns + panel_columns - 1) / panel_columns;
}

void msfhe_portable_gemm_pack(uint8_t *packed, const uint8_t *residues, size_t stride, size_t dimension,
                              size_t columns) {
    for (size_t panel = 0; panel < panel_count(columns); ++panel) {
        for (size_t group = 0; group < dimension / group_rows; ++group) {
            for (size_t limb = 0; limb < limbs; ++limb) {
                for (size_t position = 0; position < limb_bytes; ++position) {
                    size_t column = panel * panel_columns + position / group_rows;
                    size_t row = group * group_rows + position % group_rows;
                    *packed++ = column < columns ? residues[row * stride + 3 * column + limb] : 0;
                }
            }
        }
    }
}

// The entries of a group, row by row.
static void unpack_group(uint32_t entries[group_rows][panel_columns], const uint8_t *group) {
    for (size_t position = 0; position < limb_bytes; ++position) {
        entries[position % group_rows][position / group_rows] =
            (uint32_t)group[position] | (uint32_t)group[limb_bytes + position] << 8
            | (uint32_t)group[2 * limb_bytes + position] << 16;
    }
}

// Up to tile_rows rows times one panel.
static void multiply_tile(uint32_t *out, size_t out_stride, const int8_t *rows, size_t row_count,
                          const uint8_t *panel, size_t dimension) {
    uint32_t sums[tile_rows][panel_columns] = {0};  // modulo 2^32, a multiple of 2^24
    for (size_t j = 0; j < dimension; j += group_rows, panel += limbs * limb_bytes) {
        uint32_t entries[group_rows][panel_columns];
        unpack_group(entries, panel);
        for (size_t row = 0; row < row_count; ++row) {
            for (size_t i = 0; i < group_rows; ++i) {
                uint32_t factor = (uint32_t)rows[row * dimension + j + i];
                for (size_t column = 0; column < panel_columns; ++column) {
                    sums[row][column] += factor * entries[i][column];
                }
            }
        }
    }
    for (size_t row = 0; row < row_count; ++row) {
        for (size_t column = 0; column < panel_columns; ++column) {
            out[row * out_stride + column] = sums[row][column] & 0xFFFFFF;
        }
    }
}

void msfhe_portable_gemm(uint32_t *out, size_t out_stride, const int8_t *rows, size_t row_count,
                         const uint8_t *packed, size_t dimension, size_t columns) {
    for (size_t row = 0; row < row_count; row += tile_rows) {
        size_t count = row_count - row < tile_rows ? row_count - row : tile_rows;
        for (size_t panel = 0; panel < panel_count(columns); ++panel) {
            multiply_tile(out + row * out_stride + panel * panel_columns, out_stride, rows + row * dimension,
                          count, packed + panel * dimension * panel_columns * limbs, dimension);
        }
    }
}
