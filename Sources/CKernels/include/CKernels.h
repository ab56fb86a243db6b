// The contract between MassSpecFHE and its kernels.
//
// Every hot loop of the project stands behind one table of functions. The portable table is plain C and is
// the specification: another backend gives the same results, bit for bit where a result is canonical, and
// congruent and inside the stated range where it is lazy. A backend starts as a copy of the portable table
// and replaces what its instruction set does better, so a partial backend is always valid.
//
// Conventions, unless a function says otherwise:
//   - values of a prime field are uint64_t; "canonical" means in [0, q);
//   - arrays of uint64_t and packed matrices are 64-byte aligned, other arrays may have any alignment that
//     their type allows;
//   - an output may be the same array as an input of the same type, but must not overlap it otherwise;
//   - nothing outside the stated arrays is read or written;
//   - lengths may be any number, zero included;
//   - no function branches on, or indexes by, a value: all are constant-time in the data.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A prime modulus q < 2^49 and its constants.
//
// q lies just below a power of two: 2^bits - 2^(bits - 6) < q < 2^bits. Sums of up to seven residues then
// stay below 2^(bits + 3) <= 2^52, the width of the multipliers, and a lazy value's multiple of q is read off
// its top three bits.
//
// Products are Montgomery products with R = 2^52. An operand "in Montgomery form" is x R mod q.
typedef struct {
    uint64_t value;               // q
    uint64_t inverse;             // q^-1 mod 2^52
    uint64_t montgomery_squared;  // R^2 mod q: one Montgomery product by it brings a value into Montgomery form
    uint32_t bits;                // bit length of q, 20 to 49
} msfhe_modulus;

// A constant factor w in [0, q), prepared for multiplication by any value below 2^52.
typedef struct {
    uint64_t montgomery;  // w R mod q
    uint64_t quotient;    // w R q^-1 mod 2^52
} msfhe_factor;

// The tables of one negacyclic number-theoretic transform of length n = 2^log_n, 10 <= log_n <= 16, over a
// prime q = 1 mod 2n, with psi a primitive 2n-th root of unity.
typedef struct {
    msfhe_modulus modulus;
    uint32_t log_n;
    // n factors each: psi^(brv(i)) and psi^-(brv(i)) at index i, brv reversing log_n bits. The butterflies of
    // the layer with m groups use indices m to 2m - 1, so the children of index i are 2i and 2i + 1.
    const msfhe_factor *roots;
    const msfhe_factor *inverse_roots;
    // The factors of the last three layers again, in the order in which eight blocks of eight are worked on at
    // once: for each 64-element block, for t = 0..6 in the order (layer 0; layer 1: 0, 1; layer 2: 0, 1, 2, 3),
    // eight words `montgomery`, then eight words `quotient`. Lane j of entry (layer s, k) of block i is the
    // factor at index 2^s (n/8 + 8i + j) + k. 112 words per block.
    const uint64_t *tail_roots;
    const uint64_t *inverse_tail_roots;
    msfhe_factor inverse_n;       // n^-1
    msfhe_factor inverse_n_root;  // n^-1 times the factor of the inverse's last layer, inverse_roots[1]

    // The same factors for backends that multiply doubles: the centred representative of each, an integer in
    // [-(q-1)/2, (q-1)/2].
    //
    // All but the last two layers': the first n/4 of `roots` and `inverse_roots`.
    const double *centred_roots;
    const double *centred_inverse_roots;
    // The last two layers', in the order of `tail_roots`: for t = 1..6, eight doubles, lane by lane. 48 doubles
    // per block.
    const double *centred_tail_roots;
    const double *centred_inverse_tail_roots;
    double centred_inverse_n;
    double centred_inverse_n_root;
} msfhe_ntt_tables;

// The most primes that a residue number system may have whose values are brought to other moduli.
enum { msfhe_conversion_terms = 48 };

// What it takes to bring values from a residue number system, a basis of primes q_0 .. q_(k-1) with the product Q,
// to another modulus p. Both tables have k + 1 entries: (Q / q_t) mod p for each prime, and -Q mod p.
typedef struct {
    msfhe_modulus modulus;           // p
    const uint64_t *factors;         // in Montgomery form
    const double *centred_factors;   // the centred representatives, for backends that multiply doubles
} msfhe_conversion;

// The tables of one canonical embedding of n = 2^log_n complex slots, 0 <= log_n <= 15: a complex transform of
// length n, which takes the place of a real one of length 2n. Numbers are of double precision.
//
// A real polynomial m of 2n coefficients holds, in slot j, its value at zeta^(5^j), zeta = exp(i pi / (2n)), so
// that X -> X^5 rotates the slots by one. As X^n is i at all these roots, the coefficients count as the n complex
// numbers m_t + i m_(n+t), and slots as values of a polynomial of degree n - 1 at the roots of X^n - i. These
// fall into those of X^(n/2) - w and X^(n/2) + w, and so on: slots of equal j mod 2^d share a node of layer d.
typedef struct {
    uint32_t log_n;
    // n pairs of real and imaginary part, those at index 0 unused: at index 2^d + brv(j), 0 <= j < 2^d, brv
    // reversing d bits, exp(i pi 5^j / 2^(d + 2)), which does not depend on n. Either part is off by at most
    // 0.6 * 2^-53.
    const double *roots;
    // For n >= 64, the roots of the last three layers again, eight blocks of eight side by side, and so that the
    // bits of the slots' indices come out in reverse: for each b, 0 <= b < n/64, for t = 0..6 in the order of
    // msfhe_ntt_tables, eight real, then eight imaginary parts. Lane l of entry (layer s, k) is the root at index
    // 2^s (n/8 + a n/64 + b) + k, a = 0, 1, 4, 5, 2, 3, 6, 7 for l = 0..7. 112 doubles per b.
    const double *tail_roots;
} msfhe_embedding_tables;

// What puts an integer together from its residues modulo q_0, q_1, ... q_(count-1), distinct primes.
typedef struct {
    size_t count;  // 1 to 64
    const msfhe_modulus *moduli;
    // q_j^-1 mod q_i for j < i, at index i (i - 1) / 2 + j: as factors, and as centred doubles.
    const msfhe_factor *inverses;
    const double *centred_inverses;
} msfhe_composition_tables;

// Products of small signed integers with residues modulo 2^k:
// out[r][c] = sum_j rows[r][j] * matrix[j][c] mod 2^k.
//
// The matrix is packed once for many rows. The packed form is the backend's own: only the `multiply` beside a
// `pack` reads it, and it is not for storage.
typedef struct {
    // Bytes that an entry of a packed matrix takes, its columns padded to a multiple of 16.
    size_t entry_bytes;
    // packed: 64-byte aligned, entry_bytes * dimension * 16 * ceil(columns / 16) bytes. residues: k / 8
    // little-endian bytes each, of any alignment, row j (0 <= j < dimension) from residues + j * stride on,
    // stride in bytes. dimension: a multiple of 4.
    void (*pack)(void *packed, const uint8_t *residues, size_t stride, size_t dimension, size_t columns);
    // rows: row r from entry r * dimension on; each entry in [-127, 127] if it is an int8_t, any if it is an
    // int16_t. out: row r from out + r * out_stride on; writes 16 * ceil(columns / 16) values in [0, 2^k) per
    // row, those beyond the last column zero; 64-byte aligned, out_stride a multiple of 16. dimension: that of
    // `pack`, at most 65536.
    //
    // Sums wrap modulo 2^32, a multiple of 2^k, so none can overflow. (Sums of one byte limb, at most
    // 65536 * 255 * 127, do not even wrap.) A result mod 2^32 taken modulo a smaller power of two is the product
    // modulo that power, whatever the residues' upper bits are.
    void (*multiply)(uint32_t *out, size_t out_stride, const void *rows, size_t row_count, const void *packed,
                     size_t dimension, size_t columns);
    // The same product, its rows written as `round_and_pack` would write their `columns` values: row r from
    // out + r * out_stride on, out_stride in bytes. bits + dropped: k. Fewer bytes go to memory, and they go there
    // while the next ones are computed.
    void (*multiply_and_pack)(uint8_t *out, size_t out_stride, const void *rows, size_t row_count,
                              const void *packed, size_t dimension, size_t columns, uint32_t bits,
                              uint32_t dropped);
} msfhe_gemm;

typedef struct {
    const char *name;  // "portable", "avx2", "avx512"

    // ---- Number-theoretic transform -------------------------------------------------------------------------

    // In place. In: coefficients in [0, 2q), in natural order. Out: the evaluations at the odd powers of psi,
    // lazy in [0, 2^(bits + 3)), in "block-transposed bit-reversed order": bit-reversed order, in which each
    // run of 64 values, seen as an 8 x 8 matrix, is transposed. That is the order in which a transform that
    // works on eight vectors of eight leaves them; point-wise work does not mind it.
    void (*ntt_forward)(uint64_t *values, const msfhe_ntt_tables *tables);

    // In place. In: canonical evaluations in the order above. Out: canonical coefficients, n^-1 included.
    void (*ntt_inverse)(uint64_t *values, const msfhe_ntt_tables *tables);

    // The forward transform of a polynomial given modulo another prime: of the centred representatives of x modulo
    // `source`. In: x canonical modulo source, which is below 2^49. Out: as ntt_forward. The arrays do not overlap.
    void (*ntt_forward_lifted)(uint64_t *out, const uint64_t *x, uint64_t source, const msfhe_ntt_tables *tables);

    // ---- Element-wise arithmetic mod q ----------------------------------------------------------------------

    // out = x mod q, canonical. In: x in [0, 2^(bits + 3)).
    void (*reduce)(uint64_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus);
    // out = x + y, x - y, -x. Canonical in and out.
    void (*add)(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count, const msfhe_modulus *modulus);
    void (*subtract)(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                     const msfhe_modulus *modulus);
    void (*negate)(uint64_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus);
    // out = x y R^-1 mod q, canonical: the plain product when one operand is in Montgomery form.
    // In: x in [0, 2^52) (lazy values of the transform fit), y canonical.
    void (*multiply_montgomery)(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                                const msfhe_modulus *modulus);
    // out = x w mod q, canonical. In: x in [0, 2^52), w a prepared factor.
    void (*multiply_factor)(uint64_t *out, const uint64_t *x, msfhe_factor factor, size_t count,
                            const msfhe_modulus *modulus);
    // out = x + y w mod q, canonical. In: x canonical, y in [0, 2^52), w a prepared factor.
    void (*multiply_add_factor)(uint64_t *out, const uint64_t *x, const uint64_t *y, msfhe_factor factor,
                                size_t count, const msfhe_modulus *modulus);
    // out = the centred representative of x, in [-(q-1)/2, (q-1)/2], modulo 2^24: in [0, 2^24). In: x
    // canonical.
    void (*centred_low24)(uint32_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus);

    // ---- Sums of products mod q -------------------------------------------------------------------------------
    //
    // Point-wise inner products, such as those of the digits of a polynomial with a switching key. Each costs one
    // Montgomery reduction, whatever the number of terms:
    //
    //     out[i] = sum_t x[t][i] y[t][i] R^-1 mod q, canonical; zero for no terms.
    //
    // In: x in [0, 2^52), y canonical, at most 4096 terms. In 64 bits neither the sum of the products' low 52
    // bits overflows, below 4096 * 2^52, nor that of their high parts, each below q.
    //
    // x and y are tables of `terms` arrays of `count` values; an array may stand in them more than once. An
    // output may be one of these arrays, but two outputs must not overlap.
    void (*dot)(uint64_t *out, const uint64_t *const *x, const uint64_t *const *y, size_t terms, size_t count,
                const msfhe_modulus *modulus);
    // Two sums that share x, as the two polynomials of a key share the digits.
    void (*dot2)(uint64_t *out0, uint64_t *out1, const uint64_t *const *x, const uint64_t *const *y0,
                 const uint64_t *const *y1, size_t terms, size_t count, const msfhe_modulus *modulus);

    // The same sums for a stream of plaintexts, each read once and in order, and a tile of `terms` ciphertexts of
    // two polynomials each:
    //
    //     out[s][k][c] = sum_t plaintexts[s][t][c] ciphertexts[t][k][c] R^-1 mod q, canonical,
    //
    // 0 <= s < sum_count, k = 0 or 1, 0 <= c < width. The three arrays are contiguous in this order of indices
    // and do not overlap. In: plaintexts in [0, 2^52), ciphertexts canonical, at most 4096 terms; width: 8, 16
    // or 32. As fast as memory while the tile, 16 * terms * width bytes, fills at most half of the first-level
    // cache.
    void (*dot2_stream)(uint64_t *out, const uint64_t *plaintexts, const uint64_t *ciphertexts,
                        size_t sum_count, size_t terms, size_t width, const msfhe_modulus *modulus);

    // The product of two ciphertexts of two polynomials each, which has three:
    //
    //     out0 = x0 y0, out1 = x0 y1 + x1 y0, out2 = x1 y1 mod q.
    //
    // Canonical in and out; plain products, without R^-1, of operands that are not in Montgomery form. The four
    // values at an index are read before the three there are written, so each output may be any one of the inputs;
    // and inputs may be the same array, as in a square. Two outputs must not overlap.
    void (*tensor)(uint64_t *out0, uint64_t *out1, uint64_t *out2, const uint64_t *x0, const uint64_t *x1,
                   const uint64_t *y0, const uint64_t *y1, size_t count, const msfhe_modulus *modulus);

    // ---- Residue number systems -------------------------------------------------------------------------------
    //
    // An integer x modulo Q, the product of distinct primes q_0 .. q_(k-1), 1 <= k <= msfhe_conversion_terms, is
    // given by the k values x_t = x (Q / q_t)^-1 mod q_t, canonical. For each target modulus p, with
    // v = round(sum_t x_t / q_t),
    //
    //     out = sum_t x_t (Q / q_t) - v Q mod p, in [0, 2p).
    //
    // The integer under "mod p" is congruent to x modulo Q, always and exactly, and it is the same for all targets.
    // It is the centred representative of x, unless |x| is within k (k + 2) 2^-53 Q of Q / 2, where the sign may be
    // the other one: v is computed in doubles (Halevi, Polyakov and Shoup 2019, section 2.3), by products with the
    // doubles nearest to 1 / q_t, which are added in the order of t, each step rounded to nearest. For k = 1 it is
    // always the centred one.
    //
    // x and out are tables of k and `target_count` arrays of `count` values; no output overlaps another array.
    // sources: the k primes.
    void (*convert_basis)(uint64_t *const *out, const uint64_t *const *x, const uint64_t *sources, size_t terms,
                          const msfhe_conversion *targets, size_t target_count, size_t count);
    // out = (x - y) w mod q, canonical: what divides by w^-1 after y was brought from another modulus and
    // transformed. In: x in [0, 2q), y in [0, 2^(bits + 3)), w a prepared factor.
    void (*subtract_multiply)(uint64_t *out, const uint64_t *x, const uint64_t *y, msfhe_factor factor, size_t count,
                              const msfhe_modulus *modulus);

    // ---- Automorphisms ----------------------------------------------------------------------------------------
    //
    // X -> X^g for odd g, of polynomials modulo X^n + 1. It permutes evaluations, and coefficients up to signs.
    // The output does not overlap the input.

    // out[i] = x[indices[i]]. indices: public, each below count.
    void (*permute)(uint64_t *out, const uint64_t *x, const uint32_t *indices, size_t count);
    // out = the coefficients of x(X^g), n = 2^log_n, 3 <= log_n <= 16. Canonical in and out. exponent: g, public,
    // odd, below 2n.
    void (*automorphism)(uint64_t *out, const uint64_t *x, uint32_t log_n, uint32_t exponent,
                         const msfhe_modulus *modulus);

    // ---- Matrix products modulo a power of two ----------------------------------------------------------------

    const msfhe_gemm *gemm16;  // int8_t rows times residues mod 2^16
    const msfhe_gemm *gemm24;  // int8_t rows times residues mod 2^24
    const msfhe_gemm *gemm32;  // int16_t rows times residues mod 2^32, and so mod 2^25, 2^26 and so on

    // Sums of some rows of a matrix: for each of `set_count` sets of rows,
    //
    //     sums[k][c] += the sum of rows[r][c] over the rows r of set k, mod 2^32.
    //
    // Row r is rows + r * row_stride; bit i of choices[g * set_count + k] says whether row 4 g + i is in set k, and the
    // upper four bits are zero. The sums stand in panels of 32 columns: those of set k and columns 32 p to 32 p + 31
    // from sums + 32 (p * set_count + k) on. row_count: a multiple of 4; columns: of 32; set_count: of 10. Sums and
    // rows are 64-byte aligned and do not overlap, row_stride is a multiple of 16. Which rows are chosen decides which
    // addresses are read, in tables of 32 KB.
    void (*sum_chosen_rows)(uint32_t *sums, const uint32_t *rows, size_t row_stride, size_t row_count, size_t columns,
                            const uint8_t *choices, size_t set_count);

    // ---- Residues modulo a power of two on the wire ----------------------------------------------------------
    //
    // Residues modulo 2^(bits + dropped) without their lowest `dropped` bits; 8 <= bits <= 24, bits + dropped <= 32.

    // Rounds each value in [0, 2^(bits + dropped)) to the nearest multiple of 2^dropped (ties upwards, wrapping to
    // zero at the top) and packs the top `bits` bits as a little-endian bit stream: value i occupies bits i * bits
    // to (i + 1) * bits - 1. Writes ceil(count * bits / 8) bytes, unused bits zero.
    void (*round_and_pack)(uint8_t *out, const uint32_t *values, size_t count, uint32_t bits, uint32_t dropped);
    // The reverse: out[i] = field i shifted up by `dropped`. Reads ceil(count * bits / 8) bytes and no more.
    void (*unpack)(uint32_t *out, const uint8_t *packed, size_t count, uint32_t bits, uint32_t dropped);

    // ---- Residues modulo a prime on the wire ------------------------------------------------------------------

    // Packs values below 2^bits, 1 <= bits <= 52, as a little-endian bit stream: value i occupies bits i * bits to
    // (i + 1) * bits - 1. Writes ceil(count * bits / 8) bytes, unused bits zero.
    void (*pack_residues)(uint8_t *out, const uint64_t *values, size_t count, uint32_t bits);
    // The reverse, whatever the unused bits are. Reads ceil(count * bits / 8) bytes and no more. Returns the largest
    // value, or 0 for none: residues from elsewhere are canonical if it is below q.
    uint64_t (*unpack_residues)(uint64_t *out, const uint8_t *packed, size_t count, uint32_t bits);

    // ---- Encoding ---------------------------------------------------------------------------------------------
    //
    // Real arrays, and residues here, may have any alignment that their type allows; 64 bytes is fastest. No two arrays overlap. Values are secret; but
    // the time of operations on subnormal numbers is the processor's affair.

    // The values of a polynomial: slots[2j] and [2j + 1] are the real and the imaginary part of slot j, j < n.
    // real: the polynomial's coefficients 0 to n - 1; imaginary: n to 2n - 1. Both are overwritten.
    //
    // The error's 2-norm over all slots is at most 4.25 log_n 2^-53 times that of the result, up to terms of
    // order 2^-106, where nothing overflows or is subnormal: in each layer the root's own error, that of the
    // product and that of the sum add up to at most (1 + sqrt(5) + 1) 2^-53. Backends differ within this bound.
    void (*embedding_forward)(double *slots, double *real, double *imaginary,
                              const msfhe_embedding_tables *tables);
    // The reverse: n times the coefficients of the polynomial with these slots, with the same bound.
    void (*embedding_inverse)(double *real, double *imaginary, const double *slots,
                              const msfhe_embedding_tables *tables);

    // The largest of |x[i]|, or 0 for none: NaN if there is a NaN.
    double (*largest_magnitude)(const double *x, size_t count);
    // out = the integer nearest to x factor (the double; ties to even) modulo q, canonical and exact.
    // |x factor| <= 2^magnitude_bits, magnitude_bits <= 1000. Each 50 bits beyond those of q + 50 cost as much as
    // one reduction.
    void (*round_to_residues)(uint64_t *out, const double *x, double factor, size_t count,
                              uint32_t magnitude_bits, const msfhe_modulus *modulus);
    // out = v factor, v being the integer of least magnitude with v = residues[k][i] mod q_k for all k.
    // residues: a table of arrays of `count` canonical values.
    //
    // v is put together from centred digits, v = d_0 + q_0 (d_1 + q_1 (d_2 + ...)), in doubles, each product and
    // each sum rounded to nearest: exact for |v| < 2^53, else off by at most count * 2.5 * 2^-53 |v|. Rounded
    // once more with the factor. Infinite where v exceeds doubles.
    void (*compose_residues)(double *out, const uint64_t *const *residues, double factor, size_t count,
                             const msfhe_composition_tables *tables);

    // ---- Samplers ---------------------------------------------------------------------------------------------

    // Uniform ternary values in {-1, 0, 1} from uniform 64-bit words, by the high word of a product with 3:
    // the distance from uniform is below 2^-62 per value.
    void (*sample_ternary)(int8_t *out, const uint64_t *random, size_t count);
    // Symmetric values in [-threshold_count, threshold_count]: the magnitude is the number of thresholds above
    // the upper 63 bits of the word, the sign is its lowest bit (zero has no sign). thresholds[k] is 2^63 times
    // the probability that the magnitude exceeds k, so they fall; they may have any alignment.
    // threshold_count: at most 127.
    void (*sample_symmetric)(int8_t *out, const uint64_t *random, size_t count, const uint64_t *thresholds,
                             size_t threshold_count);
    // out = x mod q, canonical: samples as field elements. x: any.
    void (*lift_signed)(uint64_t *out, const int8_t *x, size_t count, const msfhe_modulus *modulus);
} msfhe_kernels;

// The number of backends that this machine's processor supports, and the backend at an index; index 0 is the
// portable one, later ones are faster.
size_t msfhe_backend_count(void);
const msfhe_kernels *msfhe_backend(size_t index);

// The backend of a name, or NULL when this build or this processor does not have it.
const msfhe_kernels *msfhe_backend_named(const char *name);

#ifdef __cplusplus
}
#endif

#endif
