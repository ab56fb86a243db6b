#include "portable.h"

#include "arithmetic.h"

void msfhe_portable_reduce(uint64_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    for (size_t i = 0; i < count; ++i) {
        // The quotient by 2^bits, at most 7, falls short of the quotient by q by at most one.
        uint64_t remainder = x[i] - (x[i] >> modulus->bits) * q;
        out[i] = subtract_if_not_below(remainder, q);
    }
}

void msfhe_portable_add(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                        const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    for (size_t i = 0; i < count; ++i) {
        out[i] = subtract_if_not_below(x[i] + y[i], q);
    }
}

void msfhe_portable_subtract(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                             const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    for (size_t i = 0; i < count; ++i) {
        out[i] = add_if_negative(x[i] - y[i], q);
    }
}

void msfhe_portable_negate(uint64_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    for (size_t i = 0; i < count; ++i) {
        out[i] = add_if_negative(0 - x[i], q);
    }
}

void msfhe_portable_multiply_montgomery(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                                        const msfhe_modulus *modulus) {
    for (size_t i = 0; i < count; ++i) {
        out[i] = multiply_montgomery(x[i], y[i], modulus);
    }
}

void msfhe_portable_multiply_factor(uint64_t *out, const uint64_t *x, msfhe_factor factor, size_t count,
                                    const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    for (size_t i = 0; i < count; ++i) {
        out[i] = multiply_by_factor(x[i], factor, q);
    }
}

void msfhe_portable_multiply_add_factor(uint64_t *out, const uint64_t *x, const uint64_t *y,
                                        msfhe_factor factor, size_t count, const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    for (size_t i = 0; i < count; ++i) {
        out[i] = subtract_if_not_below(x[i] + multiply_by_factor(y[i], factor, q), q);
    }
}

void msfhe_portable_centred_low24(uint32_t *out, const uint64_t *x, size_t count,
                                  const msfhe_modulus *modulus) {
    uint64_t q = modulus->value;
    uint64_t half = q / 2;
    for (size_t i = 0; i < count; ++i) {
        uint64_t centred = x[i] - (q & mask_if_negative(half - x[i]));
        out[i] = (uint32_t)(centred & 0xFFFFFF);
    }
}
