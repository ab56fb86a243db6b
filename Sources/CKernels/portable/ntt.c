#include "portable.h"

#include "arithmetic.h"
#include "lift.h"

// Reads every run of 64 values as an 8 x 8 matrix and transposes it.
static void transpose_blocks(uint64_t *values, size_t n) {
    for (uint64_t *block = values; block < values + n; block += 64) {
        for (size_t row = 0; row < 8; ++row) {
            for (size_t column = row + 1; column < 8; ++column) {
                uint64_t above = block[8 * row + column];
                block[8 * row + column] = block[8 * column + row];
                block[8 * column + row] = above;
            }
        }
    }
}

// Cooley-Tukey, decimation in time: the layer with m groups splits each of m polynomials, known modulo
// X^(2d) - w^2, into its remainders modulo X^d - w and X^d + w.
void msfhe_portable_ntt_forward(uint64_t *values, const msfhe_ntt_tables *tables) {
    size_t n = (size_t)1 << tables->log_n;
    uint64_t q = tables->modulus.value;
    for (size_t i = 0; i < n; ++i) {
        values[i] = subtract_if_not_below(values[i], q);
    }
    for (size_t groups = 1, distance = n / 2; groups < n; groups *= 2, distance /= 2) {
        for (size_t group = 0; group < groups; ++group) {
            msfhe_factor root = tables->roots[groups + group];
            uint64_t *x = values + 2 * distance * group;
            uint64_t *y = x + distance;
            for (size_t i = 0; i < distance; ++i) {
                uint64_t product = multiply_by_factor(y[i], root, q);
                y[i] = add_if_negative(x[i] - product, q);
                x[i] = subtract_if_not_below(x[i] + product, q);
            }
        }
    }
    transpose_blocks(values, n);
}

// Gentleman-Sande: the layers of the forward transform undone one by one, each but for a factor of two.
void msfhe_portable_ntt_inverse(uint64_t *values, const msfhe_ntt_tables *tables) {
    size_t n = (size_t)1 << tables->log_n;
    uint64_t q = tables->modulus.value;
    transpose_blocks(values, n);
    for (size_t groups = n / 2, distance = 1; groups >= 1; groups /= 2, distance *= 2) {
        for (size_t group = 0; group < groups; ++group) {
            msfhe_factor root = tables->inverse_roots[groups + group];
            uint64_t *x = values + 2 * distance * group;
            uint64_t *y = x + distance;
            for (size_t i = 0; i < distance; ++i) {
                uint64_t difference = add_if_negative(x[i] - y[i], q);
                x[i] = subtract_if_not_below(x[i] + y[i], q);
                y[i] = multiply_by_factor(difference, root, q);
            }
        }
    }
    for (size_t i = 0; i < n; ++i) {
        values[i] = multiply_by_factor(values[i], tables->inverse_n, q);
    }
}

// Representatives above source/2 are negative; a multiple of q makes them positive.
void msfhe_portable_ntt_forward_lifted(uint64_t *out, const uint64_t *x, uint64_t source,
                                       const msfhe_ntt_tables *tables) {
    size_t n = (size_t)1 << tables->log_n;
    const msfhe_modulus *modulus = &tables->modulus;
    uint64_t half = source / 2;
    uint64_t offset = lift_offset(source, modulus->value);
    msfhe_factor one = factor_one(modulus);
    for (size_t i = 0; i < n; ++i) {
        uint64_t lifted = x[i] + (offset & mask_if_negative(half - x[i]));
        out[i] = multiply_by_factor(lifted, one, modulus->value);
    }
    msfhe_portable_ntt_forward(out, tables);
}
