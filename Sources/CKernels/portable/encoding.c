#include <string.h>

#include "arithmetic.h"
#include "portable.h"

// Products and sums are rounded one by one on every processor, as the contract says.
#pragma STDC FP_CONTRACT OFF

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const uint64_t sign_bit = UINT64_C(1) << 63;

// Without their sign, doubles are ordered like their bits, with infinity above all numbers and NaN above that.
double msfhe_portable_largest_magnitude(const double *x, size_t count) {
    uint64_t largest = 0;
    for (size_t i = 0; i < count; ++i) {
        uint64_t bits = bits_of(x[i]) & ~sign_bit;
        largest += (bits - largest) & ~mask_if_negative(bits - largest);
    }
    return double_of(largest);
}

// The integer nearest to x >= 0; ties to even. Doubles from 2^52 on are integers, and below that, the sum with
// 2^52 has no place for a fraction.
static double nearest_integer(double x) {
    double rounded = (x + 0x1p52) - 0x1p52;
    uint64_t is_below = mask_if_negative(bits_of(x) - bits_of(0x1p52));
    return double_of((bits_of(rounded) & is_below) | (bits_of(x) & ~is_below));
}

enum {
    limb_bits = 52,
};

// The highest limb below `count` of x, an integer in [0, 2^(52 count)): x / 2^(52 (count - 1)), truncated.
// `unit` is that power of two. Takes the limb from x; everything is exact.
static uint64_t take_limb(double *x, double unit) {
    uint64_t limb = (uint64_t)(int64_t)(*x / unit);
    *x -= (double)(int64_t)limb * unit;
    return limb;
}

// The magnitude by Horner's rule, one limb of 52 bits after the other, the highest first; then the sign.
void msfhe_portable_round_to_residues(uint64_t *out, const double *x, double factor, size_t count,
                                      uint32_t magnitude_bits, const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    uint64_t radix = multiply_montgomery(1, modulus->montgomery_squared, modulus);  // 2^52 mod q
    // One limb more than the bound needs where the bound itself would need it.
    uint32_t limb_count = magnitude_bits / limb_bits + 1;
    double highest_unit = double_of((uint64_t)(1023 + limb_bits * (limb_count - 1)) << 52);
    for (size_t i = 0; i < count; ++i) {
        double scaled = x[i] * factor;
        double rest = nearest_integer(double_of(bits_of(scaled) & ~sign_bit));
        uint64_t residue = 0;
        double unit = highest_unit;
        for (uint32_t limb = 0; limb < limb_count; ++limb, unit *= 0x1p-52) {
            uint64_t shifted = multiply_montgomery(residue, modulus->montgomery_squared, modulus);
            uint64_t digit = multiply_montgomery(take_limb(&rest, unit), radix, modulus);
            residue = subtract_if_not_below(shifted + digit, q);
        }
        uint64_t is_negative = mask_if_negative(bits_of(scaled));
        uint64_t negative = add_if_negative(0 - residue, q);
        out[i] = residue ^ ((residue ^ negative) & is_negative);
    }
}

// The digits' residues are brought in by subtracting the digits so far, one by one, each followed by the division
// by its modulus.
void msfhe_portable_compose_residues(double *out, const uint64_t *const *residues, double factor, size_t count,
                                     const msfhe_composition_tables *tables) {
    for (size_t i = 0; i < count; ++i) {
        int64_t digits[64];
        const msfhe_factor *inverse = tables->inverses;
        for (size_t k = 0; k < tables->count; ++k) {
            uint64_t q = tables->moduli[k].value;
            // A multiple of q from 2^50 - 2^49 on: more than any digit.
            uint64_t offset = (UINT64_C(1) << 50) / q * q;
            uint64_t digit = residues[k][i];
            for (size_t j = 0; j < k; ++j) {
                digit = multiply_by_factor(digit + offset - (uint64_t)digits[j], *inverse++, q);
            }
            digits[k] = (int64_t)(digit - (q & mask_if_negative(q / 2 - digit)));
        }
        double value = 0;
        for (size_t k = tables->count; k-- > 0;) {
            value = value * (double)tables->moduli[k].value;
            value = value + (double)digits[k];
        }
        out[i] = value * factor;
    }
}
