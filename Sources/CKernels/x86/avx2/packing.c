// Residues on the wire, eight at a time: they fill `bits` whole bytes, at most 24 of 32-bit residues and at most 52 of
// 64-bit ones. Each half of a vector works on its part of the stream, which may start and end within a byte.
#include "../../portable/bits.h"
#include "../../portable/portable.h"
#include "avx2.h"

#if defined(__x86_64__)

enum { step = 8 };

// ---- Packing residues modulo a power of two ---------------------------------------------------------------
//
// Each half of a vector works on four, which fill bits / 2 bytes and, if `bits` is odd, half of the next one.

// The number of bytes, from the start of eight fields on, that a vector of both halves' 16 bytes reaches.
static size_t reach(uint32_t bits) {
    return bits / 2 + 16;
}

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

// ---- Unpacking residues modulo a power of two -------------------------------------------------------------

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

// ---- Residues modulo a prime ------------------------------------------------------------------------------
//
// Two vectors are four halves of two fields each. The part of half h starts in byte 2 * bits * h / 8.

enum { vectors = 2 };

static inline size_t half_offset(size_t half, uint32_t bits) {
    return 2 * bits * half / 8;
}

// The bit of a half's 16 bytes that a field starts at: at most 58.
static inline uint32_t start_in_half(uint32_t field, uint32_t bits) {
    return field / 2 * 2 * bits % 8 + field % 2 * bits;
}

// The number of bytes, from the start of eight fields on, that the halves' 16 bytes reach.
static size_t residue_reach(uint32_t bits) {
    return half_offset(3, bits) + 16;
}

AVX2_INLINE __m256i load(const uint64_t *x) {
    return _mm256_loadu_si256((const __m256i *)x);
}

// How eight fields become a stream. What is shifted out of a 64-bit lane goes to the upper one of the half.
typedef struct {
    __m256i shifts_up[vectors];
    __m256i shifts_down[vectors];  // 64 less these
    __m128i shared[3];             // the byte of each half that the next one's first byte shares, or none
} residue_arrangement;

AVX2_INLINE residue_arrangement make_residue_arrangement(uint32_t bits) {
    const __m128i nothing = _mm_set1_epi8(-1);
    uint64_t shifts[step];
    for (uint32_t field = 0; field < step; ++field) {
        shifts[field] = start_in_half(field, bits);
    }
    residue_arrangement a;
    for (size_t v = 0; v < vectors; ++v) {
        a.shifts_up[v] = load(shifts + 4 * v);
        a.shifts_down[v] = _mm256_sub_epi64(_mm256_set1_epi64x(64), a.shifts_up[v]);
    }
    for (size_t half = 0; half < 3; ++half) {
        size_t last_byte = half_offset(half + 1, bits) - half_offset(half, bits);
        int is_shared = 2 * bits * (half + 1) % 8 != 0;
        a.shared[half] = is_shared ? _mm_insert_epi8(nothing, (int32_t)last_byte, 0) : nothing;
    }
    return a;
}

// Writes the stream of eight values, and behind it bytes without meaning, up to `residue_reach`.
AVX2_INLINE void store_residues(uint8_t *out, const uint64_t *values, uint32_t bits,
                                const residue_arrangement *a) {
    __m128i halves[2 * vectors];
    for (size_t v = 0; v < vectors; ++v) {
        __m256i fields = load(values + 4 * v);
        __m256i low = _mm256_sllv_epi64(fields, a->shifts_up[v]);
        __m256i high = _mm256_srlv_epi64(fields, a->shifts_down[v]);  // of a half's first field, nothing
        __m256i both = _mm256_or_si256(_mm256_unpacklo_epi64(low, high), _mm256_unpackhi_epi64(low, high));
        halves[2 * v] = _mm256_castsi256_si128(both);
        halves[2 * v + 1] = _mm256_extracti128_si256(both, 1);
    }
    _mm_storeu_si128((__m128i *)out, halves[0]);
    for (size_t half = 1; half < 2 * vectors; ++half) {
        __m128i shared = _mm_shuffle_epi8(halves[half - 1], a->shared[half - 1]);
        halves[half] = _mm_or_si128(halves[half], shared);
        _mm_storeu_si128((__m128i *)(out + half_offset(half, bits)), halves[half]);
    }
}

AVX2 void msfhe_avx2_pack_residues(uint8_t *out, const uint64_t *values, size_t count, uint32_t bits) {
    residue_arrangement a = make_residue_arrangement(bits);
    size_t i = 0;
    for (; stream_bytes(count - i, bits) >= residue_reach(bits); i += step, out += bits) {
        // The bytes beyond these fields are stored again, with meaning, by what follows.
        store_residues(out, values + i, bits, &a);
    }
    msfhe_portable_pack_residues(out, values + i, count - i, bits);
}

// How a stream becomes eight fields. A field lies within eight of its half's bytes, as it starts at most 7 bits into
// the first and has at most 52.
typedef struct {
    __m256i bytes[vectors];   // for each byte of the 64-bit lanes, the byte of the half
    __m256i excess[vectors];  // bits below the field
    __m256i mask;
} residue_extraction;

AVX2_INLINE residue_extraction make_residue_extraction(uint32_t bits) {
    uint64_t bytes[step], excess[step];
    for (uint32_t field = 0; field < step; ++field) {
        uint32_t start = start_in_half(field, bits);
        bytes[field] = start / 8 * UINT64_C(0x0101010101010101) + UINT64_C(0x0706050403020100);
        excess[field] = start % 8;
    }
    return (residue_extraction){{load(bytes), load(bytes + 4)},
                                {load(excess), load(excess + 4)},
                                _mm256_set1_epi64x((INT64_C(1) << bits) - 1)};
}

// The values as doubles between 2^52 and 2^53, of which they are the significands: there is a maximum of these.
AVX2_INLINE __m256d as_significands(__m256i values) {
    return _mm256_or_pd(_mm256_castsi256_pd(values), _mm256_set1_pd(0x1p52));
}

AVX2_INLINE uint64_t largest_significand(__m256d x) {
    __m128d pair = _mm_max_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
    __m128d largest = _mm_max_pd(pair, _mm_unpackhi_pd(pair, pair));
    return (uint64_t)_mm_cvtsi128_si64(_mm_castpd_si128(largest)) & ((UINT64_C(1) << 52) - 1);
}

AVX2 uint64_t msfhe_avx2_unpack_residues(uint64_t *out, const uint8_t *packed, size_t count, uint32_t bits) {
    residue_extraction e = make_residue_extraction(bits);
    __m256d largest = _mm256_set1_pd(0x1p52);
    size_t i = 0;
    for (; stream_bytes(count - i, bits) >= residue_reach(bits); i += step, packed += bits) {
        for (size_t v = 0; v < vectors; ++v) {
            __m256i stream = _mm256_loadu2_m128i((const __m128i *)(packed + half_offset(2 * v + 1, bits)),
                                                 (const __m128i *)(packed + half_offset(2 * v, bits)));
            __m256i fields = _mm256_srlv_epi64(_mm256_shuffle_epi8(stream, e.bytes[v]), e.excess[v]);
            __m256i values = _mm256_and_si256(fields, e.mask);
            largest = _mm256_max_pd(largest, as_significands(values));
            _mm256_storeu_si256((__m256i *)(out + i + 4 * v), values);
        }
    }
    uint64_t largest_of_rest = msfhe_portable_unpack_residues(out + i, packed, count - i, bits);
    __m256i rest = _mm256_set1_epi64x((int64_t)largest_of_rest);
    return largest_significand(_mm256_max_pd(largest, as_significands(rest)));
}

#endif
