// Residues on the wire, eight at a time: they fill `bits` whole bytes, at most 24. Each half of a
// vector works on four, which fill bits / 2 bytes and, if `bits` is odd, half of the next one.
#include "../../portable/portable.h"
#include "avx2.h"

#if defined(__x86_64__)

enum { step = 8 };

// The number of bytes of a stream.
static size_t stream_bytes(size_t count, uint32_t bits) {
    return (count * bits + 7) / 8;
}

// The number of bytes, from the start of eight fields on, that a vector of both halves' 16 bytes reaches.
static size_t reach(uint32_t bits) {
    return bits / 2 + 16;
}

// ---- Packing ----------------------------------------------------------------------------------------------

typedef struct {
    __m256i half;
    __m128i dropped;
    __m256i mask;
} rounding;

AVX2_INLINE rounding make_rounding(uint32_t bits, uint32_t dropped) {
    return (rounding){_mm256_set1_epi32((int32_t)((UINT32_C(1) << dropped) >> 1)),
                      _mm_cvtsi32_si128((int32_t)dropped),
                      _mm256_set1_epi32((int32_t)((UINT32_C(1) << bits) - 1))};
}

// The fields of eight values, one in each 32-bit lane.
AVX2_INLINE __m256i round_values(__m256i values, rounding r) {
    return _mm256_and_si256(_mm256_srl_epi32(_mm256_add_epi32(values, r.half), r.dropped), r.mask);
}

// How eight fields become a stream. Two neighbours make a pair in a 64-bit lane, of at most 48 bits. In each
// half of the vector the first pair starts at bit 0 and the second one at bit 2 * bits, both four bits higher
// in the second half if its stream starts within a byte. Bits that this shifts out of a 64-bit lane go to the
// upper one.
typedef struct {
    __m128i bits;
    __m256i shifts_up;
    __m256i shifts_down;  // 64 less these
    __m128i shared;       // the byte of the first half that the second half's first byte shares, or none
} arrangement;

AVX2_INLINE arrangement make_arrangement(uint32_t bits) {
    const __m128i nothing = _mm_set1_epi8(-1);
    int64_t pair_bits = 2 * (int64_t)bits;
    int64_t excess = bits % 2 * 4;
    __m256i shifts = _mm256_setr_epi64x(0, pair_bits, excess, pair_bits + excess);
    __m128i last_byte = _mm_insert_epi8(nothing, (int32_t)(bits / 2), 0);
    return (arrangement){_mm_cvtsi32_si128((int32_t)bits), shifts,
                         _mm256_sub_epi64(_mm256_set1_epi64x(64), shifts), bits % 2 ? last_byte : nothing};
}

// Writes the stream of eight fields, and behind it bytes without meaning, up to `reach`.
AVX2_INLINE void store_fields(uint8_t *out, __m256i fields, uint32_t bits, arrangement a) {
    __m256i even = _mm256_and_si256(fields, _mm256_set1_epi64x(0xFFFFFFFF));
    __m256i odd = _mm256_srli_epi64(fields, 32);
    __m256i pairs = _mm256_or_si256(even, _mm256_sll_epi64(odd, a.bits));
    __m256i low = _mm256_sllv_epi64(pairs, a.shifts_up);
    __m256i high = _mm256_srlv_epi64(pairs, a.shifts_down);  // of the first pair, nothing
    __m256i halves = _mm256_or_si256(_mm256_unpacklo_epi64(low, high), _mm256_unpackhi_epi64(low, high));
    __m128i first = _mm256_castsi256_si128(halves);
    __m128i second = _mm256_extracti128_si256(halves, 1);
    _mm_storeu_si128((__m128i *)out, first);
    _mm_storeu_si128((__m128i *)(out + bits / 2), _mm_or_si128(second, _mm_shuffle_epi8(first, a.shared)));
}

AVX2 void msfhe_avx2_round_and_pack(uint8_t *out, const uint32_t *values, size_t count, uint32_t bits,
                                    uint32_t dropped) {
    rounding r = make_rounding(bits, dropped);
    arrangement a = make_arrangement(bits);
    size_t i = 0;
    for (; stream_bytes(count - i, bits) >= reach(bits); i += step, out += bits) {
        // The bytes beyond these fields are stored again, with meaning, by what follows.
        __m256i eight = _mm256_loadu_si256((const __m256i *)(values + i));
        store_fields(out, round_values(eight, r), bits, a);
    }
    msfhe_portable_round_and_pack(out, values + i, count - i, bits, dropped);
}

// ---- Unpacking --------------------------------------------------------------------------------------------

// How a stream becomes eight fields. Each half has the 16 bytes from the one on that its stream starts in. A
// field lies within four of them, as it starts at most 7 bits into the first and has at most 24.
typedef struct {
    __m256i bytes;   // for each byte of the 32-bit lanes, the byte of the half
    __m256i excess;  // bits below the field
    __m128i dropped;
    __m256i mask;
} extraction;

AVX2_INLINE extraction make_extraction(uint32_t bits, uint32_t dropped) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3);
    int32_t excess = bits % 2 * 4;
    __m256i start = _mm256_add_epi32(_mm256_mullo_epi32(lane, _mm256_set1_epi32((int32_t)bits)),
                                     _mm256_setr_epi32(0, 0, 0, 0, excess, excess, excess, excess));
    __m256i first_byte = _mm256_mullo_epi32(_mm256_srli_epi32(start, 3), _mm256_set1_epi32(0x01010101));
    return (extraction){_mm256_add_epi8(first_byte, _mm256_set1_epi32(0x03020100)),
                        _mm256_and_si256(start, _mm256_set1_epi32(7)), _mm_cvtsi32_si128((int32_t)dropped),
                        _mm256_set1_epi32((int32_t)(((UINT32_C(1) << bits) - 1) << dropped))};
}

// Eight values of a stream, from bytes up to `reach`.
AVX2_INLINE __m256i unpack_fields(const uint8_t *packed, uint32_t bits, extraction e) {
    __m256i stream = _mm256_loadu2_m128i((const __m128i *)(packed + bits / 2), (const __m128i *)packed);
    __m256i fields = _mm256_srlv_epi32(_mm256_shuffle_epi8(stream, e.bytes), e.excess);
    return _mm256_and_si256(_mm256_sll_epi32(fields, e.dropped), e.mask);
}

AVX2 void msfhe_avx2_unpack(uint32_t *out, const uint8_t *packed, size_t count, uint32_t bits,
                            uint32_t dropped) {
    extraction e = make_extraction(bits, dropped);
    size_t i = 0;
    for (; stream_bytes(count - i, bits) >= reach(bits); i += step, packed += bits) {
        _mm256_storeu_si256((__m256i *)(out + i), unpack_fields(packed, bits, e));
    }
    msfhe_portable_unpack(out + i, packed, count - i, bits, dropped);
}

#endif
