// The strongest plaintext rival of one encrypted component: a product of matrices of bytes, as machine-learning
// libraries compute it. It is here to be compared with, and serves no search.
#ifndef CINTEGER8_H
#define CINTEGER8_H

#include <stddef.h>
#include <stdint.h>

enum { integer8_panel_columns = 48 };

// Whether this processor has the instructions.
int integer8_is_supported(void);

// out[r][c] = sum_j rows[r][j] * matrix[j][c], exact in 32 bits.
//
// rows: row_count rows of `dimension` signed bytes, row_count a multiple of 8, dimension one of 4. packed: 64-byte
// aligned; panel p of 48 columns, group k of four j, holds 192 bytes, byte 4c + i being the unsigned byte
// matrix[4k + i][48p + c]. out: row r from out + r * columns on; columns a multiple of 48.
void integer8_gemm(int32_t *out, const int8_t *rows, size_t row_count, const uint8_t *packed, size_t dimension,
                   size_t columns);

#endif
