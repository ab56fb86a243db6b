#include "avx512.h"

#if defined(__x86_64__)

#define TARGET_INLINE AVX512_INLINE
#include "../chosen_rows.h"

AVX512 void msfhe_avx512_sum_chosen_rows(uint32_t *sums, const uint32_t *rows, size_t row_stride, size_t row_count,
                                     size_t columns, const uint8_t *choices, size_t set_count) {
    sum_chosen_rows(sums, rows, row_stride, row_count, columns, choices, set_count, 10);
}

#endif
