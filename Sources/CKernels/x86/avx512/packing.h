// How residues become a stream: eight lanes at a time, whose fields fill as many whole bytes as each has bits.
#ifndef MSFHE_AVX512_PACKING_H
#define MSFHE_AVX512_PACKING_H

#include "../../portable/bits.h"
#include "avx512.h"

#if defined(__x86_64__)

// ---- Fields of 64-bit lanes -------------------------------------------------------------------------------

// How eight fields of 8 to 57 bits, one in each 64-bit lane, become a stream. Field k starts at bit width * k of it.
// Shifted up by the part of this below 8, it is a row of whole bytes of the stream, and each byte of the stream joins
// bytes of at most two fields.
typedef struct {
    __m512i shifts;
    __m512i first;     // for each byte of the stream: the byte of the field that its lowest bit belongs to,
    __m512i last;      // the byte of the field that its highest bit belongs to,
    __mmask64 joined;  // and whether these differ
} arrangement;

AVX512_INLINE arrangement make_arrangement(uint32_t width) {
    uint64_t shifts[8];
    uint8_t first[64], last[64];
    uint32_t reciprocal = 65536 / width + 1;  // x * reciprocal >> 16 is x / width for x < 512
    for (uint32_t field = 0; field < 8; ++field) {
        shifts[field] = width * field % 8;
    }
    for (uint32_t byte = 0; byte < 64; ++byte) {
        uint32_t first_field = (8 * byte * reciprocal) >> 16;
        uint32_t last_field = ((8 * byte + 7) * reciprocal) >> 16;
        first[byte] = (uint8_t)(8 * first_field + byte - width * first_field / 8);
        last[byte] = (uint8_t)(8 * last_field + byte - width * last_field / 8);
    }
    arrangement a = {_mm512_loadu_si512(shifts), _mm512_loadu_si512(first), _mm512_loadu_si512(last), 0};
    a.joined = _mm512_cmpneq_epi8_mask(a.first, a.last);
    return a;
}

// The stream of eight fields, and beyond its `width` bytes others without meaning.
AVX512_INLINE __m512i join_fields(__m512i fields, arrangement a) {
    __m512i bytes = _mm512_sllv_epi64(fields, a.shifts);
    return _mm512_or_si512(_mm512_permutexvar_epi8(a.first, bytes),
                           _mm512_maskz_permutexvar_epi8(a.joined, a.last, bytes));
}

// ---- Rounded fields of 32-bit lanes -----------------------------------------------------------------------

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

// How 16 fields of 4 bits or more become a stream of 2 * bits whole bytes. Two neighbours make one field in a 64-bit
// lane.
typedef struct {
    __m512i bits;
    arrangement pairs;
} pair_arrangement;

AVX512_INLINE pair_arrangement make_pair_arrangement(uint32_t bits) {
    return (pair_arrangement){_mm512_set1_epi64(bits), make_arrangement(2 * bits)};
}

// The stream of 16 fields, and beyond its 2 * bits bytes others without meaning.
AVX512_INLINE __m512i pack_fields(__m512i fields, pair_arrangement a) {
    __m512i even = _mm512_and_si512(fields, _mm512_set1_epi64(0xFFFFFFFF));
    __m512i odd = _mm512_srli_epi64(fields, 32);
    return join_fields(_mm512_or_si512(even, _mm512_sllv_epi64(odd, a.bits)), a.pairs);
}

#endif

#endif
