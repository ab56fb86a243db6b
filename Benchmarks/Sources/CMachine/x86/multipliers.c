#include "CMachine.h"

#if defined(__x86_64__)

#include <immintrin.h>

enum { chains = 12 };

// A function that runs `chains` accumulators through one multiply-accumulate instruction, again and again.
#define MULTIPLIER(NAME, TARGET, VECTOR, ZERO, STEP)                \
    __attribute__((target(TARGET))) static void NAME(uint64_t rounds) { \
        VECTOR sums[chains], x = ZERO, y = ZERO;                    \
        __asm__ volatile("" : "+v"(x), "+v"(y));                    \
        _Pragma("clang loop unroll(full)")                          \
        for (int i = 0; i < chains; ++i) {                          \
            sums[i] = x;                                            \
        }                                                           \
        for (uint64_t round = 0; round < rounds; ++round) {         \
            _Pragma("clang loop unroll(full)")                      \
            for (int i = 0; i < chains; ++i) {                      \
                sums[i] = STEP(x, y, sums[i]);                      \
                __asm__ volatile("" : "+v"(sums[i]));               \
            }                                                       \
        }                                                           \
    }

#define IFMA(x, y, sum) _mm512_madd52lo_epu64(sum, x, y)
#define VNNI(x, y, sum) _mm512_dpbusd_epi32(sum, x, y)

MULTIPLIER(fma256, "avx2,fma", __m256d, _mm256_setzero_pd(), _mm256_fmadd_pd)
MULTIPLIER(ifma512, "avx512f,avx512ifma", __m512i, _mm512_setzero_si512(), IFMA)
MULTIPLIER(vnni512, "avx512f,avx512vnni", __m512i, _mm512_setzero_si512(), VNNI)

const machine_multiplier *machine_multipliers(void) {
    static machine_multiplier found[4];
    size_t count = 0;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        found[count++] = (machine_multiplier){"fma256PerCycle", chains, fma256};
    }
    if (__builtin_cpu_supports("avx512ifma")) {
        found[count++] = (machine_multiplier){"ifma512PerCycle", chains, ifma512};
    }
    if (__builtin_cpu_supports("avx512vnni")) {
        found[count++] = (machine_multiplier){"vnni512PerCycle", chains, vnni512};
    }
    found[count] = (machine_multiplier){0};
    return found;
}

#else

const machine_multiplier *machine_multipliers(void) {
    static const machine_multiplier none;
    return &none;
}

#endif
