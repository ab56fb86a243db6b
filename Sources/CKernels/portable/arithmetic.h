// Modular arithmetic on single values, without branches.
//
// Conditions on values are masks made from the top bit of a difference.
#ifndef MSFHE_ARITHMETIC_H
#define MSFHE_ARITHMETIC_H

#include "CKernels.h"

// All ones if the top bit of x is set, zero otherwise. The empty assembly hides from the compiler that there
// are only two outcomes: it could otherwise turn what is done with the mask into a branch.
static inline uint64_t mask_if_negative(uint64_t x) {
    uint64_t mask = 0 - (x >> 63);
    __asm__("" : "+r"(mask));
    return mask;
}

// x + q for negative x, x otherwise. In: x in [-q, q), in two's complement. Out: canonical.
static inline uint64_t add_if_negative(uint64_t x, uint64_t q) {
    return x + (q & mask_if_negative(x));
}

// x mod q. In: x in [0, 2q).
static inline uint64_t subtract_if_not_below(uint64_t x, uint64_t q) {
    return add_if_negative(x - q, q);
}

static inline uint64_t low52(uint64_t x) {
    return x & ((UINT64_C(1) << 52) - 1);
}

// The product's bits from 52 on. In: x and y below 2^52. Shifting x first makes them the product's high word,
// which processors have at hand.
static inline uint64_t multiply_high52(uint64_t x, uint64_t y) {
    return (uint64_t)((unsigned __int128)(x << 12) * y >> 64);
}

// x w mod q, canonical. In: x below 2^52.
//
// `multiple` is chosen so that multiple * q and x * montgomery have the same low 52 bits. The difference of
// their high parts is therefore exactly (x * montgomery - multiple * q) / 2^52, congruent to x w; both
// parts are below q.
static inline uint64_t multiply_by_factor(uint64_t x, msfhe_factor w, uint64_t q) {
    uint64_t multiple = low52(x * w.quotient);
    return add_if_negative(multiply_high52(x, w.montgomery) - multiply_high52(multiple, q), q);
}

// x y R^-1 mod q, canonical. In: x below 2^52, y canonical.
static inline uint64_t multiply_montgomery(uint64_t x, uint64_t y, const msfhe_modulus *modulus) {
    msfhe_factor factor = {y, low52(y * modulus->inverse)};
    return multiply_by_factor(x, factor, modulus->value);
}

// A representative of sum R^-1: more than 0, and at most sum / R + q. In: sum below 2^116.
static inline uint64_t divide_sum(unsigned __int128 sum, const msfhe_modulus *modulus) {
    uint64_t multiple = low52((uint64_t)sum * modulus->inverse);
    return (uint64_t)(sum >> 52) + (modulus->value - multiply_high52(multiple, modulus->value));
}

// sum R^-1 mod q, canonical. In: a sum of at most 4096 products of a value below 2^52 and a canonical one.
//
// The division leaves less than 4097 q. With B = 2^bits, each step then takes x = a B + b to
// a (B - q) + b, where B - q < B / 64: the first to less than 65 B, the second to less than 2 B, and the third
// to less than B + B / 64 < 2 q.
static inline uint64_t reduce_sum(unsigned __int128 sum, const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    uint64_t x = divide_sum(sum, modulus);
    for (int step = 0; step < 3; ++step) {
        x -= (x >> modulus->bits) * q;
    }
    return subtract_if_not_below(x, q);
}

#endif
