#include "bits.h"
#include "portable.h"

// A product contracted into a fused operation would round differently from processor to processor.
#pragma STDC FP_CONTRACT OFF

// One layer of butterflies, x + w y and x - w y: each of the groups is a node of the tree of roots.
static void forward_layer(double *real, double *imaginary, size_t n, size_t groups, const double *roots) {
    size_t distance = n / 2 / groups;
    for (size_t group = 0; group < groups; ++group) {
        double root_real = roots[2 * (groups + group)];
        double root_imaginary = roots[2 * (groups + group) + 1];
        for (size_t x = 2 * distance * group, y = x + distance; y < 2 * distance * (group + 1); ++x, ++y) {
            double product_real = real[y] * root_real - imaginary[y] * root_imaginary;
            double product_imaginary = real[y] * root_imaginary + imaginary[y] * root_real;
            real[y] = real[x] - product_real;
            imaginary[y] = imaginary[x] - product_imaginary;
            real[x] += product_real;
            imaginary[x] += product_imaginary;
        }
    }
}

// The layer undone, but for a factor of two: x + y and (x - y) / w, where 1/w is the conjugate of w.
static void inverse_layer(double *real, double *imaginary, size_t n, size_t groups, const double *roots) {
    size_t distance = n / 2 / groups;
    for (size_t group = 0; group < groups; ++group) {
        double root_real = roots[2 * (groups + group)];
        double root_imaginary = roots[2 * (groups + group) + 1];
        for (size_t x = 2 * distance * group, y = x + distance; y < 2 * distance * (group + 1); ++x, ++y) {
            double difference_real = real[x] - real[y];
            double difference_imaginary = imaginary[x] - imaginary[y];
            real[x] += real[y];
            imaginary[x] += imaginary[y];
            real[y] = difference_real * root_real + difference_imaginary * root_imaginary;
            imaginary[y] = difference_imaginary * root_real - difference_real * root_imaginary;
        }
    }
}

void msfhe_portable_embedding_forward(double *slots, double *real, double *imaginary,
                                      const msfhe_embedding_tables *tables) {
    size_t n = (size_t)1 << tables->log_n;
    for (size_t groups = 1; groups < n; groups *= 2) {
        forward_layer(real, imaginary, n, groups, tables->roots);
    }
    for (size_t slot = 0, i = 0; slot < n; ++slot, i = next_bit_reversed(i, n)) {
        slots[2 * slot] = real[i];
        slots[2 * slot + 1] = imaginary[i];
    }
}

void msfhe_portable_embedding_inverse(double *real, double *imaginary, const double *slots,
                                      const msfhe_embedding_tables *tables) {
    size_t n = (size_t)1 << tables->log_n;
    for (size_t slot = 0, i = 0; slot < n; ++slot, i = next_bit_reversed(i, n)) {
        real[i] = slots[2 * slot];
        imaginary[i] = slots[2 * slot + 1];
    }
    for (size_t groups = n / 2; groups >= 1; groups /= 2) {
        inverse_layer(real, imaginary, n, groups, tables->roots);
    }
}
