#include "portable.h"

#include "arithmetic.h"

void msfhe_portable_sample_ternary(int8_t *out, const uint64_t *random, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        uint64_t third = (uint64_t)((unsigned __int128)random[i] * 3 >> 64);
        out[i] = (int8_t)(third - 1);
    }
}

void msfhe_portable_sample_symmetric(int8_t *out, const uint64_t *random, size_t count,
                                     const uint64_t *thresholds, size_t threshold_count) {
    for (size_t i = 0; i < count; ++i) {
        uint64_t uniform = random[i] >> 1;
        uint64_t magnitude = 0;
        for (size_t k = 0; k < threshold_count; ++k) {
            magnitude += (uniform - thresholds[k]) >> 63;  // 1 if the threshold is above
        }
        uint64_t negative = mask_if_negative(random[i] << 63);
        out[i] = (int8_t)((magnitude ^ negative) - negative);
    }
}

void msfhe_portable_lift_signed(uint64_t *out, const int8_t *x, size_t count, const msfhe_modulus *modulus) {
    for (size_t i = 0; i < count; ++i) {
        out[i] = add_if_negative((uint64_t)(int64_t)x[i], modulus->value);
    }
}
