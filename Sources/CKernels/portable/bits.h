// Bits of public indices.
#ifndef MSFHE_BITS_H
#define MSFHE_BITS_H

#include <stddef.h>

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

#endif
