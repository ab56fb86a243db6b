#include "portable.h"

enum { panel_columns = 32 };

void msfhe_portable_sum_chosen_rows(uint32_t *sums, const uint32_t *rows, size_t row_stride, size_t row_count,
                                    size_t columns, const uint8_t *choices, size_t set_count) {
    for (size_t first = 0; first < columns; first += panel_columns, sums += panel_columns * set_count) {
        for (size_t row = 0; row < row_count; ++row) {
            for (size_t set = 0; set < set_count; ++set) {
                uint32_t bit = (uint32_t)choices[row / 4 * set_count + set] >> row % 4 & 1;
                uint32_t mask = -bit;
                for (size_t column = 0; column < panel_columns; ++column) {
                    sums[panel_columns * set + column] += rows[row * row_stride + first + column] & mask;
                }
            }
        }
    }
}
