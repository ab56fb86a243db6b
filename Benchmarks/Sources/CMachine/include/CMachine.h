// What a processor can do at best: the yardsticks of the benchmarks.
//
// Each function does a known amount of work that nothing but one resource limits; the caller times it.
#ifndef CMACHINE_H
#define CMACHINE_H

#include <stddef.h>
#include <stdint.h>

// `count` additions, rounded up to a multiple of 16, each of which waits for the one before: one clock cycle
// each. Returns count times step, which keeps the chain alive.
uint64_t machine_addition_chain(uint64_t count, uint64_t step);

// Reads `count` words, a multiple of 16, once and in order. Returns their exclusive or.
uint64_t machine_read(const uint64_t *words, size_t count);

// Multiplications that depend on nothing but their own accumulators, more of them than the multipliers hold at
// a time: what limits them is the number of multiplier ports.
typedef struct {
    const char *name;           // the field of the machine row: instruction set and width in bits, "PerCycle"
    uint64_t per_round;         // instructions in a round
    void (*run)(uint64_t rounds);
} machine_multiplier;

// The kinds of multiplication that this processor has and that kernels are bound by; the last has no name.
const machine_multiplier *machine_multipliers(void);

// The compiler that built this file.
const char *machine_compiler(void);

#endif
