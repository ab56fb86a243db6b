#include "CMachine.h"

// A step in a register: some processors carry out additions of small constants while they rename registers,
// several in a cycle. The empty assembly keeps the compiler from adding up the additions.
uint64_t machine_addition_chain(uint64_t count, uint64_t step) {
    uint64_t sum = 0;
    __asm__ volatile("" : "+r"(step));
    for (uint64_t done = 0; done < count; done += 16) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; ++i) {
            sum += step;
            __asm__ volatile("" : "+r"(sum));
        }
    }
    return sum;
}

uint64_t machine_read(const uint64_t *words, size_t count) {
    uint64_t folded[16] = {0};
    for (size_t i = 0; i < count; i += 16) {
#pragma clang loop vectorize(enable) unroll(full)
        for (size_t lane = 0; lane < 16; ++lane) {
            folded[lane] ^= words[i + lane];
        }
    }
    uint64_t all = 0;
    for (size_t lane = 0; lane < 16; ++lane) {
        all ^= folded[lane];
    }
    return all;
}

const char *machine_compiler(void) {
    return __VERSION__;
}
