// Bits of public indices, and of streams.
#ifndef MSFHE_BITS_H
#define MSFHE_BITS_H

#include <stddef.h>
#include <stdint.h>

// The number after `index` below n, a power of two, where bits count from the top: counting so visits the numbers
// in bit-reversed order.
static inline size_t next_bit_reversed(size_t index, size_t n) {
    size_t bit = n / 2;
    while (index & bit) {
        index ^= bit;
        bit /= 2;
    }
    return index | bit;
}

// The number of bytes of a stream of `count` fields.
static inline size_t stream_bytes(size_t count, uint32_t bits) {
    return (count * bits + 7) / 8;
}

#endif
