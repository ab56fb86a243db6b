// Residues on the wire: sixteen of 32 bits at a time, which fill 2 * bits whole bytes, at most 48; or eight of 64 bits,
// which fill `bits` whole bytes, at most 52.
//
// While 64 bytes of the stream are left, which are more than these fields, both directions work on whole vectors:
// several times faster than under masks. The few steps after that are masked.
#include "../../portable/portable.h"
#include "packing.h"

#if defined(__x86_64__)

enum {
    step = 16,
    residue_step = 8,
};

// ---- Packing residues modulo a power of two ---------------------------------------------------------------

AVX512 void msfhe_avx512_round_and_pack(uint8_t *out, const uint32_t *values, size_t count, uint32_t bits,
                                        uint32_t dropped) {
    rounding r = make_rounding(bits, dropped);
    pair_arrangement a = make_pair_arrangement(bits);
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

// ---- Unpacking residues modulo a power of two -------------------------------------------------------------

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

// ---- Residues modulo a prime ------------------------------------------------------------------------------

// Fields of less than 8 bits, of which more than two may share a byte, are left to the portable kernel.
AVX512 void msfhe_avx512_pack_residues(uint8_t *out, const uint64_t *values, size_t count, uint32_t bits) {
    if (bits < 8) {
        msfhe_portable_pack_residues(out, values, count, bits);
        return;
    }
    arrangement a = make_arrangement(bits);
    size_t i = 0;
    for (; stream_bytes(count - i, bits) >= 64; i += residue_step, out += bits) {
        // The bytes beyond these fields are stored again, with meaning, by the next steps.
        _mm512_storeu_si512(out, join_fields(_mm512_loadu_si512(values + i), a));
    }
    for (; i < count; i += residue_step, out += bits) {
        size_t fields = count - i < residue_step ? count - i : residue_step;
        __m512i remaining = _mm512_maskz_loadu_epi64((__mmask8)first_lanes(fields), values + i);
        _mm512_mask_storeu_epi8(out, first_lanes(stream_bytes(fields, bits)), join_fields(remaining, a));
    }
}

// How a stream becomes eight fields. Field i lies within the eight bytes from byte i * bits / 8 on, as it starts at
// most 7 bits into them and has at most 52.
typedef struct {
    __m512i bytes;   // for each byte of the 64-bit lanes, the byte of the stream
    __m512i excess;  // bits below the field
    __m512i mask;
} residue_extraction;

AVX512_INLINE residue_extraction make_residue_extraction(uint32_t bits) {
    const __m512i lane = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    __m512i start = _mm512_mullo_epi64(lane, _mm512_set1_epi64(bits));
    __m512i first_byte = _mm512_mullo_epi64(_mm512_srli_epi64(start, 3), _mm512_set1_epi64(0x0101010101010101));
    return (residue_extraction){_mm512_add_epi8(first_byte, _mm512_set1_epi64(0x0706050403020100)),
                                _mm512_and_si512(start, _mm512_set1_epi64(7)),
                                _mm512_set1_epi64((INT64_C(1) << bits) - 1)};
}

// Eight values of a stream.
AVX512_INLINE __m512i extract_residues(__m512i stream, residue_extraction e) {
    return _mm512_and_si512(_mm512_srlv_epi64(_mm512_permutexvar_epi8(e.bytes, stream), e.excess), e.mask);
}

AVX512 uint64_t msfhe_avx512_unpack_residues(uint64_t *out, const uint8_t *packed, size_t count, uint32_t bits) {
    residue_extraction e = make_residue_extraction(bits);
    __m512i largest = _mm512_setzero_si512();
    size_t i = 0;
    for (; stream_bytes(count - i, bits) >= 64; i += residue_step, packed += bits) {
        __m512i values = extract_residues(_mm512_loadu_si512(packed), e);
        largest = _mm512_max_epu64(largest, values);
        _mm512_storeu_si512(out + i, values);
    }
    for (; i < count; i += residue_step, packed += bits) {
        size_t fields = count - i < residue_step ? count - i : residue_step;
        __mmask8 present = (__mmask8)first_lanes(fields);
        __m512i stream = _mm512_maskz_loadu_epi8(first_lanes(stream_bytes(fields, bits)), packed);
        // Bits behind the last field are not part of it.
        __m512i values = _mm512_maskz_mov_epi64(present, extract_residues(stream, e));
        largest = _mm512_max_epu64(largest, values);
        _mm512_mask_storeu_epi64(out + i, present, values);
    }
    return _mm512_reduce_max_epu64(largest);
}

#endif
