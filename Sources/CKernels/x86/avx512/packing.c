// Residues on the wire, sixteen at a time: they fill 2 * bits whole bytes, at most 48.
#include "packing.h"

#if defined(__x86_64__)

enum { step = 16 };

// While 64 bytes of the stream are left, which are more than 16 fields, both directions work on whole vectors:
// several times faster than under masks. The steps after that, four at most, are masked.

// ---- Packing ----------------------------------------------------------------------------------------------

AVX512 void msfhe_avx512_round_and_pack(uint8_t *out, const uint32_t *values, size_t count, uint32_t bits,
                                        uint32_t dropped) {
    rounding r = make_rounding(bits, dropped);
    arrangement a = make_arrangement(bits);
    size_t i = 0;
    for (; stream_bytes(count - i, bits) >= 64; i += step, out += 2 * bits) {
        // The bytes beyond these fields are stored again, with meaning, by the next steps.
        _mm512_storeu_si512(out, pack_fields(round_values(_mm512_loadu_si512(values + i), r), a));
    }
    for (; i < count; i += step, out += 2 * bits) {
        size_t fields = count - i < step ? count - i : step;
        __m512i remaining = _mm512_maskz_loadu_epi32((__mmask16)first_lanes(fields), values + i);
        _mm512_mask_storeu_epi8(out, first_lanes(stream_bytes(fields, bits)),
                                pack_fields(round_values(remaining, r), a));
    }
}

// ---- Unpacking --------------------------------------------------------------------------------------------

// How a stream becomes 16 fields. Field i lies within the four bytes from byte i * bits / 8 on, as it starts
// at most 7 bits into them and has at most 24.
typedef struct {
    __m512i bytes;   // for each byte of the 32-bit lanes, the byte of the stream
    __m512i excess;  // bits below the field
    __m512i dropped;
    __m512i mask;
} extraction;

AVX512_INLINE extraction make_extraction(uint32_t bits, uint32_t dropped) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i start = _mm512_mullo_epi32(lane, _mm512_set1_epi32((int32_t)bits));
    __m512i first_byte = _mm512_mullo_epi32(_mm512_srli_epi32(start, 3), _mm512_set1_epi32(0x01010101));
    return (extraction){_mm512_add_epi8(first_byte, _mm512_set1_epi32(0x03020100)),
                        _mm512_and_si512(start, _mm512_set1_epi32(7)), _mm512_set1_epi32((int32_t)dropped),
                        _mm512_set1_epi32((int32_t)(((UINT32_C(1) << bits) - 1) << dropped))};
}

// 16 values of a stream.
AVX512_INLINE __m512i unpack_fields(__m512i stream, extraction e) {
    __m512i fields = _mm512_srlv_epi32(_mm512_permutexvar_epi8(e.bytes, stream), e.excess);
    return _mm512_and_si512(_mm512_sllv_epi32(fields, e.dropped), e.mask);
}

AVX512 void msfhe_avx512_unpack(uint32_t *out, const uint8_t *packed, size_t count, uint32_t bits,
                                uint32_t dropped) {
    extraction e = make_extraction(bits, dropped);
    size_t i = 0;
    for (; stream_bytes(count - i, bits) >= 64; i += step, packed += 2 * bits) {
        _mm512_storeu_si512(out + i, unpack_fields(_mm512_loadu_si512(packed), e));
    }
    for (; i < count; i += step, packed += 2 * bits) {
        size_t fields = count - i < step ? count - i : step;
        __m512i stream = _mm512_maskz_loadu_epi8(first_lanes(stream_bytes(fields, bits)), packed);
        _mm512_mask_storeu_epi32(out + i, (__mmask16)first_lanes(fields), unpack_fields(stream, e));
    }
}

#endif
