#include "avx2.h"

#if defined(__x86_64__)

#define TARGET_INLINE AVX2_INLINE
#include "../chosen_rows.h"

AVX2 void msfhe_avx2_sum_chosen_rows(uint32_t *sums, const uint32_t *rows, size_t row_stride, size_t row_count,
                                     size_t columns, const uint8_t *choices, size_t set_count) {
    sum_chosen_rows(sums, rows, row_stride, row_count, columns, choices, set_count, 2);
}

#endif
