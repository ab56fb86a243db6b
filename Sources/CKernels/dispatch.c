// Which kernels there are, and which of them this machine can run.
//
// To add a backend: a folder beside portable/ with the functions that its instruction set does better, each
// with a target attribute; a table here, with another backend's functions for the rest; and a row in
// `backends`. The tests then compare it with the portable one wherever it runs.
#include "CKernels.h"

#include <string.h>

#include "portable/portable.h"
#include "x86/avx2/avx2.h"
#include "x86/avx512/avx512.h"

static const msfhe_kernels portable = {
    .name = "portable",
    .ntt_forward = msfhe_portable_ntt_forward,
    .ntt_inverse = msfhe_portable_ntt_inverse,
    .ntt_forward_lifted = msfhe_portable_ntt_forward_lifted,
    .reduce = msfhe_portable_reduce,
    .add = msfhe_portable_add,
    .subtract = msfhe_portable_subtract,
    .negate = msfhe_portable_negate,
    .multiply_montgomery = msfhe_portable_multiply_montgomery,
    .multiply_factor = msfhe_portable_multiply_factor,
    .multiply_add_factor = msfhe_portable_multiply_add_factor,
    .centred_low24 = msfhe_portable_centred_low24,
    .dot = msfhe_portable_dot,
    .dot2 = msfhe_portable_dot2,
    .dot2_stream = msfhe_portable_dot2_stream,
    .tensor = msfhe_portable_tensor,
    .convert_basis = msfhe_portable_convert_basis,
    .subtract_multiply = msfhe_portable_subtract_multiply,
    .permute = msfhe_portable_permute,
    .automorphism = msfhe_portable_automorphism,
    .gemm16 = &msfhe_portable_gemm16,
    .gemm24 = &msfhe_portable_gemm24,
    .gemm32 = &msfhe_portable_gemm32,
    .sum_chosen_rows = msfhe_portable_sum_chosen_rows,
    .round_and_pack = msfhe_portable_round_and_pack,
    .unpack = msfhe_portable_unpack,
    .pack_residues = msfhe_portable_pack_residues,
    .unpack_residues = msfhe_portable_unpack_residues,
    .embedding_forward = msfhe_portable_embedding_forward,
    .embedding_inverse = msfhe_portable_embedding_inverse,
    .largest_magnitude = msfhe_portable_largest_magnitude,
    .round_to_residues = msfhe_portable_round_to_residues,
    .compose_residues = msfhe_portable_compose_residues,
    .sample_ternary = msfhe_portable_sample_ternary,
    .sample_symmetric = msfhe_portable_sample_symmetric,
    .lift_signed = msfhe_portable_lift_signed,
};

static int always(void) {
    return 1;
}

#if defined(__x86_64__)

static const msfhe_kernels avx2 = {
    .name = "avx2",
    .ntt_forward = msfhe_avx2_ntt_forward,
    .ntt_inverse = msfhe_avx2_ntt_inverse,
    .ntt_forward_lifted = msfhe_avx2_ntt_forward_lifted,
    .reduce = msfhe_avx2_reduce,
    .add = msfhe_avx2_add,
    .subtract = msfhe_avx2_subtract,
    .negate = msfhe_avx2_negate,
    .multiply_montgomery = msfhe_avx2_multiply_montgomery,
    .multiply_factor = msfhe_avx2_multiply_factor,
    .multiply_add_factor = msfhe_avx2_multiply_add_factor,
    .centred_low24 = msfhe_avx2_centred_low24,
    .dot = msfhe_avx2_dot,
    .dot2 = msfhe_avx2_dot2,
    .dot2_stream = msfhe_avx2_dot2_stream,
    .tensor = msfhe_avx2_tensor,
    .convert_basis = msfhe_avx2_convert_basis,
    .subtract_multiply = msfhe_avx2_subtract_multiply,
    .permute = msfhe_portable_permute,
    .automorphism = msfhe_portable_automorphism,
    .gemm16 = &msfhe_avx2_gemm16,
    .gemm24 = &msfhe_avx2_gemm24,
    .gemm32 = &msfhe_avx2_gemm32,
    .sum_chosen_rows = msfhe_avx2_sum_chosen_rows,
    .round_and_pack = msfhe_avx2_round_and_pack,
    .unpack = msfhe_avx2_unpack,
    .pack_residues = msfhe_avx2_pack_residues,
    .unpack_residues = msfhe_avx2_unpack_residues,
    .embedding_forward = msfhe_avx2_embedding_forward,
    .embedding_inverse = msfhe_avx2_embedding_inverse,
    .largest_magnitude = msfhe_avx2_largest_magnitude,
    .round_to_residues = msfhe_avx2_round_to_residues,
    .compose_residues = msfhe_avx2_compose_residues,
    .sample_ternary = msfhe_avx2_sample_ternary,
    .sample_symmetric = msfhe_avx2_sample_symmetric,
    .lift_signed = msfhe_avx2_lift_signed,
};

// The processor's own word, and the operating system's that it saves the registers: the compiler's run-time
// library asks for both.
static int avx2_is_supported(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static const msfhe_kernels avx512 = {
    .name = "avx512",
    .ntt_forward = msfhe_avx512_ntt_forward,
    .ntt_inverse = msfhe_avx512_ntt_inverse,
    .ntt_forward_lifted = msfhe_avx512_ntt_forward_lifted,
    .reduce = msfhe_avx512_reduce,
    .add = msfhe_avx512_add,
    .subtract = msfhe_avx512_subtract,
    .negate = msfhe_avx512_negate,
    .multiply_montgomery = msfhe_avx512_multiply_montgomery,
    .multiply_factor = msfhe_avx512_multiply_factor,
    .multiply_add_factor = msfhe_avx512_multiply_add_factor,
    .centred_low24 = msfhe_avx512_centred_low24,
    .dot = msfhe_avx512_dot,
    .dot2 = msfhe_avx512_dot2,
    .dot2_stream = msfhe_avx512_dot2_stream,
    .tensor = msfhe_avx512_tensor,
    .convert_basis = msfhe_avx512_convert_basis,
    .subtract_multiply = msfhe_avx512_subtract_multiply,
    .permute = msfhe_portable_permute,  // gathering is no faster
    .automorphism = msfhe_avx512_automorphism,
    .gemm16 = &msfhe_avx512_gemm16,
    .gemm24 = &msfhe_avx512_gemm24,
    .gemm32 = &msfhe_avx512_gemm32,
    .sum_chosen_rows = msfhe_avx512_sum_chosen_rows,
    .round_and_pack = msfhe_avx512_round_and_pack,
    .unpack = msfhe_avx512_unpack,
    .pack_residues = msfhe_avx512_pack_residues,
    .unpack_residues = msfhe_avx512_unpack_residues,
    .embedding_forward = msfhe_avx512_embedding_forward,
    .embedding_inverse = msfhe_avx512_embedding_inverse,
    .largest_magnitude = msfhe_avx512_largest_magnitude,
    .round_to_residues = msfhe_avx512_round_to_residues,
    .compose_residues = msfhe_avx512_compose_residues,
    .sample_ternary = msfhe_avx512_sample_ternary,
    .sample_symmetric = msfhe_avx512_sample_symmetric,
    .lift_signed = msfhe_avx512_lift_signed,
};

static int avx512_is_supported(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vbmi")
        && __builtin_cpu_supports("avx512vnni");
}

#endif

// The slowest first.
static const struct {
    const msfhe_kernels *kernels;
    int (*is_supported)(void);
} backends[] = {
    {&portable, always},
#if defined(__x86_64__)
    {&avx2, avx2_is_supported},
    {&avx512, avx512_is_supported},
#endif
};

enum { known_backends = sizeof backends / sizeof *backends };

size_t msfhe_backend_count(void) {
    size_t count = 0;
    for (size_t i = 0; i < known_backends; ++i) {
        count += backends[i].is_supported() != 0;
    }
    return count;
}

const msfhe_kernels *msfhe_backend(size_t index) {
    for (size_t i = 0; i < known_backends; ++i) {
        if (backends[i].is_supported() && index-- == 0) {
            return backends[i].kernels;
        }
    }
    return NULL;
}

const msfhe_kernels *msfhe_backend_named(const char *name) {
    for (size_t i = 0; i < msfhe_backend_count(); ++i) {
        const msfhe_kernels *kernels = msfhe_backend(i);
        if (strcmp(kernels->name, name) == 0) {
            return kernels;
        }
    }
    return NULL;
}
