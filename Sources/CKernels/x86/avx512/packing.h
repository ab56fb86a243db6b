// How 16 residues become a stream of their top bits: 2 * bits whole bytes, at most 48.
#ifndef MSFHE_AVX512_PACKING_H
#define MSFHE_AVX512_PACKING_H

#include "avx512.h"

#if defined(__x86_64__)

// The number of bytes of a stream.
static inline size_t stream_bytes(size_t count, uint32_t bits) {
    return (count * bits + 7) / 8;
}

typedef struct {
    __m512i half;
    __m512i dropped;
    __m512i mask;
} rounding;

AVX512_INLINE rounding make_rounding(uint32_t bits, uint32_t dropped) {
    return (rounding){_mm512_set1_epi32((int32_t)((UINT32_C(1) << dropped) >> 1)),
                      _mm512_set1_epi32((int32_t)dropped),
                      _mm512_set1_epi32((int32_t)((UINT32_C(1) << bits) - 1))};
}

// The fields of 16 values, one in each 32-bit lane.
AVX512_INLINE __m512i round_values(__m512i values, rounding r) {
    return _mm512_and_si512(_mm512_srlv_epi32(_mm512_add_epi32(values, r.half), r.dropped), r.mask);
}

// How 16 fields become a stream. Two neighbours make a pair in a 64-bit lane; pair k starts at bit
// 2 * bits * k of the stream. Shifted up by the part of this below 8, it is a row of whole bytes of the
// stream, and each byte of the stream joins bytes of at most two pairs, since a pair has at least 16 bits.
typedef struct {
    __m512i bits;
    __m512i shifts;
    __m512i first;     // for each byte of the stream: the byte of the pair that its lowest bit belongs to,
    __m512i last;      // the byte of the pair that its highest bit belongs to,
    __mmask64 joined;  // and whether these differ
} arrangement;

AVX512_INLINE arrangement make_arrangement(uint32_t bits) {
    uint64_t shifts[8];
    uint8_t first[64], last[64];
    uint32_t reciprocal = 65536 / bits + 1;  // x * reciprocal >> 16 is x / bits for x < 256
    for (uint32_t pair = 0; pair < 8; ++pair) {
        shifts[pair] = 2 * bits * pair % 8;
    }
    for (uint32_t byte = 0; byte < 64; ++byte) {
        uint32_t first_pair = (4 * byte * reciprocal) >> 16;        // 8 * byte / (2 * bits)
        uint32_t last_pair = ((4 * byte + 3) * reciprocal) >> 16;  // (8 * byte + 7) / (2 * bits)
        first[byte] = (uint8_t)(8 * first_pair + byte - 2 * bits * first_pair / 8);
        last[byte] = (uint8_t)(8 * last_pair + byte - 2 * bits * last_pair / 8);
    }
    arrangement a = {_mm512_set1_epi64(bits), _mm512_loadu_si512(shifts), _mm512_loadu_si512(first),
                     _mm512_loadu_si512(last), 0};
    a.joined = _mm512_cmpneq_epi8_mask(a.first, a.last);
    return a;
}

// The stream of 16 fields, and beyond its 2 * bits bytes others without meaning.
AVX512_INLINE __m512i pack_fields(__m512i fields, arrangement a) {
    __m512i even = _mm512_and_si512(fields, _mm512_set1_epi64(0xFFFFFFFF));
    __m512i odd = _mm512_srli_epi64(fields, 32);
    __m512i pairs = _mm512_or_si512(even, _mm512_sllv_epi64(odd, a.bits));
    __m512i bytes = _mm512_sllv_epi64(pairs, a.shifts);
    return _mm512_or_si512(_mm512_permutexvar_epi8(a.first, bytes),
                           _mm512_maskz_permutexvar_epi8(a.joined, a.last, bytes));
}

#endif

#endif
