// Sums of chosen rows, for any width of vectors: the method of the four Russians (Arlazarov, Dinic, Kronrod and
// Faradzhev 1970). The 16 sums that four rows can have are computed once, and each set takes one of them: for 40 sets
// that is 11 and 40 additions instead of 160.
//
// The file that includes this one says what an inline function is, TARGET_INLINE. Vectors are of 16 words, which the
// compiler takes apart where the processor has shorter ones.
#include <stddef.h>
#include <stdint.h>

typedef uint32_t words __attribute__((vector_size(64)));

// Each half of a panel of 32 columns is a vector.
enum {
    panel_columns = 32,
    table_groups = 16,     // groups of four rows whose tables fill 32 KB, and stay in the first-level cache
    most_sets_at_once = 10,
};

// The sums that four rows can have: entry i is that of the rows whose bits are set in i.
typedef struct {
    words halves[16][2];
} table;

TARGET_INLINE void make_table(table *t, const uint32_t *rows, size_t row_stride) {
    for (size_t half = 0; half < 2; ++half) {
        words row[4];
        for (size_t i = 0; i < 4; ++i) {
            __builtin_memcpy(&row[i], rows + i * row_stride + 16 * half, sizeof row[i]);
        }
        words low[4] = {{0}, row[0], row[1], row[0] + row[1]};
        words high[4] = {{0}, row[2], row[3], row[2] + row[3]};
#pragma clang loop unroll(full)
        for (size_t i = 0; i < 16; ++i) {
            t->halves[i][half] = low[i % 4] + high[i / 4];
        }
    }
}

// The sums of `sets_at_once` sets, a constant, stay in registers while the tables go by.
TARGET_INLINE void add_tables(uint32_t *sums, const table *tables, size_t groups, const uint8_t *choices,
                              size_t set_count, size_t sets_at_once) {
    words s[most_sets_at_once][2];
    __builtin_memcpy(s, sums, sets_at_once * sizeof *s);
    for (size_t group = 0; group < groups; ++group, choices += set_count) {
#pragma clang loop unroll(full)
        for (size_t set = 0; set < sets_at_once; ++set) {
            const words *chosen = tables[group].halves[choices[set]];
            s[set][0] += chosen[0];
            s[set][1] += chosen[1];
        }
    }
    __builtin_memcpy(sums, s, sets_at_once * sizeof *s);
}

TARGET_INLINE void sum_chosen_rows(uint32_t *sums, const uint32_t *rows, size_t row_stride, size_t row_count,
                                   size_t columns, const uint8_t *choices, size_t set_count,
                                   size_t sets_at_once) {
    table tables[table_groups];
    for (size_t column = 0; column < columns; column += panel_columns, sums += panel_columns * set_count) {
        for (size_t row = 0; row < row_count; row += 4 * table_groups) {
            size_t groups = (row_count - row) / 4 < table_groups ? (row_count - row) / 4 : table_groups;
            for (size_t group = 0; group < groups; ++group) {
                make_table(&tables[group], rows + (row + 4 * group) * row_stride + column, row_stride);
            }
            for (size_t set = 0; set < set_count; set += sets_at_once) {
                add_tables(sums + panel_columns * set, tables, groups, choices + row / 4 * set_count + set,
                           set_count, sets_at_once);
            }
        }
    }
}
