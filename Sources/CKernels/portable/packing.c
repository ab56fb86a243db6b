#include "portable.h"

void msfhe_portable_round_and_pack(uint8_t *out, const uint32_t *values, size_t count, uint32_t bits,
                                   uint32_t dropped) {
    uint32_t half = (UINT32_C(1) << dropped) >> 1;
    uint32_t field_mask = (UINT32_C(1) << bits) - 1;
    uint64_t pending = 0;  // bits of the stream that do not fill a byte yet, and how many
    uint32_t pending_bits = 0;
    for (size_t i = 0; i < count; ++i) {
        uint64_t field = ((values[i] + half) >> dropped) & field_mask;
        pending |= field << pending_bits;
        for (pending_bits += bits; pending_bits >= 8; pending_bits -= 8, pending >>= 8) {
            *out++ = (uint8_t)pending;
        }
    }
    if (pending_bits > 0) {
        *out = (uint8_t)pending;
    }
}

void msfhe_portable_unpack(uint32_t *out, const uint8_t *packed, size_t count, uint32_t bits,
                           uint32_t dropped) {
    uint64_t field_mask = (UINT64_C(1) << bits) - 1;
    uint64_t pending = 0;  // bits of the stream read and not used yet, and how many
    uint32_t pending_bits = 0;
    for (size_t i = 0; i < count; ++i) {
        for (; pending_bits < bits; pending_bits += 8) {
            pending |= (uint64_t)*packed++ << pending_bits;
        }
        out[i] = (uint32_t)(pending & field_mask) << dropped;
        pending >>= bits;
        pending_bits -= bits;
    }
}
