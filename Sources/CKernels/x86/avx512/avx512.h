// The AVX-512 backend: foundation, 52-bit multiply-add (IFMA), byte permutes (VBMI) and byte dot products
// (VNNI), as Intel has had since Ice Lake and AMD since Zen 4. See CKernels.h for what each kernel does.
#ifndef MSFHE_AVX512_H
#define MSFHE_AVX512_H

#if defined(__x86_64__)

#include <immintrin.h>

#include "CKernels.h"

// Every function carries its instruction set, because the files are compiled for any x86-64 processor.
#define AVX512 \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,avx512vnni")))
#define AVX512_INLINE AVX512 __attribute__((always_inline)) static inline

void msfhe_avx512_ntt_forward(uint64_t *values, const msfhe_ntt_tables *tables);
void msfhe_avx512_ntt_inverse(uint64_t *values, const msfhe_ntt_tables *tables);
void msfhe_avx512_ntt_forward_lifted(uint64_t *out, const uint64_t *x, uint64_t source,
                                     const msfhe_ntt_tables *tables);

void msfhe_avx512_reduce(uint64_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus);
void msfhe_avx512_add(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                      const msfhe_modulus *modulus);
void msfhe_avx512_subtract(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                           const msfhe_modulus *modulus);
void msfhe_avx512_negate(uint64_t *out, const uint64_t *x, size_t count, const msfhe_modulus *modulus);
void msfhe_avx512_multiply_montgomery(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t count,
                                      const msfhe_modulus *modulus);
void msfhe_avx512_multiply_factor(uint64_t *out, const uint64_t *x, msfhe_factor factor, size_t count,
                                  const msfhe_modulus *modulus);
void msfhe_avx512_multiply_add_factor(uint64_t *out, const uint64_t *x, const uint64_t *y,
                                      msfhe_factor factor, size_t count, const msfhe_modulus *modulus);
void msfhe_avx512_centred_low24(uint32_t *out, const uint64_t *x, size_t count,
                                const msfhe_modulus *modulus);

void msfhe_avx512_dot(uint64_t *out, const uint64_t *const *x, const uint64_t *const *y, size_t terms,
                      size_t count, const msfhe_modulus *modulus);
void msfhe_avx512_dot2(uint64_t *out0, uint64_t *out1, const uint64_t *const *x, const uint64_t *const *y0,
                       const uint64_t *const *y1, size_t terms, size_t count, const msfhe_modulus *modulus);
void msfhe_avx512_dot2_stream(uint64_t *out, const uint64_t *plaintexts, const uint64_t *ciphertexts,
                              size_t sum_count, size_t terms, size_t width, const msfhe_modulus *modulus);
void msfhe_avx512_tensor(uint64_t *out0, uint64_t *out1, uint64_t *out2, const uint64_t *x0,
                         const uint64_t *x1, const uint64_t *y0, const uint64_t *y1, size_t count,
                         const msfhe_modulus *modulus);

void msfhe_avx512_convert_basis(uint64_t *const *out, const uint64_t *const *x, const uint64_t *sources,
                                size_t terms, const msfhe_conversion *targets, size_t target_count,
                                size_t count);
void msfhe_avx512_subtract_multiply(uint64_t *out, const uint64_t *x, const uint64_t *y, msfhe_factor factor,
                                    size_t count, const msfhe_modulus *modulus);

void msfhe_avx512_automorphism(uint64_t *out, const uint64_t *x, uint32_t log_n, uint32_t exponent,
                               const msfhe_modulus *modulus);

extern const msfhe_gemm msfhe_avx512_gemm16;
extern const msfhe_gemm msfhe_avx512_gemm24;
extern const msfhe_gemm msfhe_avx512_gemm32;
void msfhe_avx512_sum_chosen_rows(uint32_t *sums, const uint32_t *rows, size_t row_stride, size_t row_count,
                                  size_t columns, const uint8_t *choices, size_t set_count);

void msfhe_avx512_round_and_pack(uint8_t *out, const uint32_t *values, size_t count, uint32_t bits,
                                 uint32_t dropped);
void msfhe_avx512_unpack(uint32_t *out, const uint8_t *packed, size_t count, uint32_t bits, uint32_t dropped);
void msfhe_avx512_pack_residues(uint8_t *out, const uint64_t *values, size_t count, uint32_t bits);
uint64_t msfhe_avx512_unpack_residues(uint64_t *out, const uint8_t *packed, size_t count, uint32_t bits);

void msfhe_avx512_embedding_forward(double *slots, double *real, double *imaginary,
                                    const msfhe_embedding_tables *tables);
void msfhe_avx512_embedding_inverse(double *real, double *imaginary, const double *slots,
                                    const msfhe_embedding_tables *tables);
double msfhe_avx512_largest_magnitude(const double *x, size_t count);
void msfhe_avx512_round_to_residues(uint64_t *out, const double *x, double factor, size_t count,
                                    uint32_t magnitude_bits, const msfhe_modulus *modulus);
void msfhe_avx512_compose_residues(double *out, const uint64_t *const *residues, double factor, size_t count,
                                   const msfhe_composition_tables *tables);

void msfhe_avx512_sample_ternary(int8_t *out, const uint64_t *random, size_t count);
void msfhe_avx512_sample_symmetric(int8_t *out, const uint64_t *random, size_t count,
                                   const uint64_t *thresholds, size_t threshold_count);
void msfhe_avx512_lift_signed(uint64_t *out, const int8_t *x, size_t count, const msfhe_modulus *modulus);

// The mask of the first `count` of 64 lanes; narrower masks are its low bits.
static inline uint64_t first_lanes(size_t count) {
    return count < 64 ? (UINT64_C(1) << count) - 1 : ~UINT64_C(0);
}

#endif
#endif
