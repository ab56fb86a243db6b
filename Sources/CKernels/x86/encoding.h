// What the conversions between scaled reals and residues share, whatever the width of a vector.
#ifndef MSFHE_X86_ENCODING_H
#define MSFHE_X86_ENCODING_H

#include "CKernels.h"

enum { largest_composition = 64 };  // residues of one integer

// How often a double of at most 2^magnitude_bits has to be reduced, 50 bits at a time.
static inline size_t reduction_steps(uint32_t magnitude_bits, const msfhe_modulus *modulus) {
    uint32_t one_step = modulus->bits + 50;
    return magnitude_bits <= one_step ? 1 : 1 + (magnitude_bits - one_step + 49) / 50;
}

static inline void compute_reciprocals(double *reciprocals, const msfhe_composition_tables *tables) {
    for (size_t k = 0; k < tables->count; ++k) {
        reciprocals[k] = 1 / (double)tables->moduli[k].value;
    }
}

#endif
