#include "portable.h"

#include "arithmetic.h"
#include "bits.h"

// ---- Streams, byte by byte --------------------------------------------------------------------------------

typedef struct {
    uint8_t *next;
    uint64_t pending;       // bits of the stream that do not fill a byte yet,
    uint32_t pending_bits;  // and how many
} writer;

// In: a field below 2^bits, of at most 57 bits.
static inline void write_field(writer *w, uint64_t field, uint32_t bits) {
    w->pending |= field << w->pending_bits;
    for (w->pending_bits += bits; w->pending_bits >= 8; w->pending_bits -= 8, w->pending >>= 8) {
        *w->next++ = (uint8_t)w->pending;
    }
}

static inline void finish(const writer *w) {
    if (w->pending_bits > 0) {
        *w->next = (uint8_t)w->pending;
    }
}

typedef struct {
    const uint8_t *next;
    uint64_t pending;       // bits of the stream read and not used yet,
    uint32_t pending_bits;  // and how many
} reader;

static inline uint64_t read_field(reader *r, uint32_t bits) {
    for (; r->pending_bits < bits; r->pending_bits += 8) {
        r->pending |= (uint64_t)*r->next++ << r->pending_bits;
    }
    uint64_t field = r->pending & ((UINT64_C(1) << bits) - 1);
    r->pending >>= bits;
    r->pending_bits -= bits;
    return field;
}

// ---- Residues modulo a power of two -----------------------------------------------------------------------

void msfhe_portable_round_and_pack(uint8_t *out, const uint32_t *values, size_t count, uint32_t bits,
                                   uint32_t dropped) {
    uint32_t half = (UINT32_C(1) << dropped) >> 1;
    uint32_t field_mask = (UINT32_C(1) << bits) - 1;
    writer stream = {out, 0, 0};
    for (size_t i = 0; i < count; ++i) {
        write_field(&stream, ((values[i] + half) >> dropped) & field_mask, bits);
    }
    finish(&stream);
}

void msfhe_portable_unpack(uint32_t *out, const uint8_t *packed, size_t count, uint32_t bits,
                           uint32_t dropped) {
    reader stream = {packed, 0, 0};
    for (size_t i = 0; i < count; ++i) {
        out[i] = (uint32_t)read_field(&stream, bits) << dropped;
    }
}

// ---- Residues modulo a prime ------------------------------------------------------------------------------

// Eight bytes of a stream. Compilers make one instruction of it.
static inline void store_word(uint8_t *out, uint64_t word) {
    for (uint32_t byte = 0; byte < 8; ++byte) {
        out[byte] = (uint8_t)(word >> 8 * byte);
    }
}

static inline uint64_t load_word(const uint8_t *packed) {
    uint64_t word = 0;
    for (uint32_t byte = 0; byte < 8; ++byte) {
        word |= (uint64_t)packed[byte] << 8 * byte;
    }
    return word;
}

// In: values below 2^63.
static inline uint64_t larger(uint64_t x, uint64_t y) {
    return x + ((y - x) & mask_if_negative(x - y));
}

void msfhe_portable_pack_residues(uint8_t *out, const uint64_t *values, size_t count, uint32_t bits) {
    writer stream = {out, 0, 0};
    size_t i = 0;
    // A field and what is pending before it have at most 59 bits. While the stream has as many as a word, a whole
    // one is stored: those of its bytes that are not full yet are stored again by the next steps.
    for (size_t bits_left = count * bits; bits_left >= 64; bits_left -= bits, ++i) {
        stream.pending |= values[i] << stream.pending_bits;
        stream.pending_bits += bits;
        store_word(stream.next, stream.pending);
        uint32_t full_bytes = stream.pending_bits / 8;
        stream.next += full_bytes;
        stream.pending >>= 8 * full_bytes;
        stream.pending_bits %= 8;
    }
    for (; i < count; ++i) {
        write_field(&stream, values[i], bits);
    }
    finish(&stream);
}

uint64_t msfhe_portable_unpack_residues(uint64_t *out, const uint8_t *packed, size_t count, uint32_t bits) {
    const uint64_t field_mask = (UINT64_C(1) << bits) - 1;
    uint64_t largest = 0;
    size_t i = 0;
    // Eight fields fill `bits` whole bytes. Each lies within a word, as it starts at most 7 bits into it.
    for (size_t reach = 7 * bits / 8 + 8; stream_bytes(count - i, bits) >= reach; i += 8, packed += bits) {
        for (uint32_t field = 0; field < 8; ++field) {
            uint64_t word = load_word(packed + field * bits / 8);
            out[i + field] = (word >> field * bits % 8) & field_mask;
            largest = larger(out[i + field], largest);
        }
    }
    reader stream = {packed, 0, 0};
    for (; i < count; ++i) {
        out[i] = read_field(&stream, bits);
        largest = larger(out[i], largest);
    }
    return largest;
}
