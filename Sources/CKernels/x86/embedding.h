// The canonical embedding's transform, for any width of vectors.
//
// The file that includes this one says what a vector is:
//
//     TARGET, TARGET_INLINE   what stands before functions and before inline functions
//     reals, lanes            a vector of doubles, and their number, 4 or 8
//     add, subtract, multiply, multiply_add, multiply_subtract (x y + z, x y - z)
//     load_reals, store_reals, broadcast_real
//     unpack_low, unpack_high the even lanes of two vectors in turn, and the odd ones
//     load_columns            the eight columns of a matrix, given `lanes` rows of eight
//     store_columns           the reverse
//     pass_layers             how many layers a pass does on blocks of a length, 16 or more: 1, 2 or 3, so that
//                             vectors of the last pass do not straddle blocks, and blocks of eight come last
//
// The structure is that of the number-theoretic transform: passes of a few layers, vector by vector, long blocks
// depth first. The tail, which works on `lanes` blocks of eight at once, takes them from different eighths of the
// array instead of from neighbours. Their transpose then holds slots in natural order, and the bits are reversed
// by the choice of where to load and store.
#include "../portable/bits.h"
#include "../portable/portable.h"

enum {
    cached_length = 1024,     // up to here a block is done pass by pass: 16 KB, which stay cached
    shortest_length = 64,     // shorter ones are left to the portable kernel
    tail_root_doubles = 112,  // in tail_roots, for 64 slots
};

typedef struct {
    reals real;
    reals imaginary;
} complex_lanes;

// The polynomial, its coefficients as complex numbers.
typedef struct {
    double *real;
    double *imaginary;
} complex_array;

TARGET_INLINE complex_lanes sum(complex_lanes x, complex_lanes y) {
    return (complex_lanes){add(x.real, y.real), add(x.imaginary, y.imaginary)};
}

TARGET_INLINE complex_lanes difference(complex_lanes x, complex_lanes y) {
    return (complex_lanes){subtract(x.real, y.real), subtract(x.imaginary, y.imaginary)};
}

// x w
TARGET_INLINE complex_lanes product(complex_lanes x, complex_lanes w) {
    return (complex_lanes){
        multiply_subtract(x.real, w.real, multiply(x.imaginary, w.imaginary)),
        multiply_add(x.real, w.imaginary, multiply(x.imaginary, w.real)),
    };
}

// x times the conjugate of w
TARGET_INLINE complex_lanes conjugate_product(complex_lanes x, complex_lanes w) {
    return (complex_lanes){
        multiply_add(x.real, w.real, multiply(x.imaginary, w.imaginary)),
        multiply_subtract(x.imaginary, w.real, multiply(x.real, w.imaginary)),
    };
}

// The roots of a subtree of some layers: the node's, its two children's, its four grandchildren's.
TARGET_INLINE void load_roots(complex_lanes w[], const double *roots, size_t node, size_t layers) {
    for (size_t layer = 0; layer < layers; ++layer) {
        for (size_t k = 0; k < (size_t)1 << layer; ++k) {
            const double *root = roots + 2 * ((node << layer) + k);
            w[(1 << layer) - 1 + k] = (complex_lanes){broadcast_real(root[0]), broadcast_real(root[1])};
        }
    }
}

// Those of the tail, for the blocks from lane `first` on.
TARGET_INLINE void load_tail_roots(complex_lanes w[7], const double *tail_roots, size_t first) {
    for (size_t entry = 0; entry < 7; ++entry) {
        const double *root = tail_roots + 16 * entry + first;
        w[entry] = (complex_lanes){load_reals(root), load_reals(root + 8)};
    }
}

static complex_array part(complex_array values, size_t start) {
    return (complex_array){values.real + start, values.imaginary + start};
}

// Which eighth of the array each block of the tail comes from.
static const size_t eighths[8] = {0, 1, 4, 5, 2, 3, 6, 7};

// The number whose three binary digits are those of x in reverse.
TARGET_INLINE size_t reverse3(size_t x) {
    return x >> 2 | (x & 2) | (x & 1) << 2;
}

// ---- Layers -----------------------------------------------------------------------------------------------

typedef void (*butterfly)(complex_lanes *x, complex_lanes *y, complex_lanes w);

// (x, y) to (x + w y, x - w y)
TARGET_INLINE void forward_butterfly(complex_lanes *x, complex_lanes *y, complex_lanes w) {
    complex_lanes p = product(*y, w);
    *y = difference(*x, p);
    *x = sum(*x, p);
}

// (x, y) to (x + y, (x - y) / w)
TARGET_INLINE void inverse_butterfly(complex_lanes *x, complex_lanes *y, complex_lanes w) {
    complex_lanes d = difference(*x, *y);
    *x = sum(*x, *y);
    *y = conjugate_product(d, w);
}

// The layer of a subtree with 2^layer nodes, between 2^layers vectors.
TARGET_INLINE void one_layer(complex_lanes x[], const complex_lanes w[], size_t layer, size_t layers,
                             butterfly butterfly) {
    size_t distance = (size_t)1 << (layers - 1 - layer);
    for (size_t group = 0; group < (size_t)1 << layer; ++group) {
        for (size_t k = 0; k < distance; ++k) {
            complex_lanes *first = x + 2 * distance * group + k;
            butterfly(first, first + distance, w[(1 << layer) - 1 + group]);
        }
    }
}

typedef void (*subtree)(complex_lanes x[], const complex_lanes w[], size_t layers);

TARGET_INLINE void forward_layers(complex_lanes x[], const complex_lanes w[], size_t layers) {
    for (size_t layer = 0; layer < layers; ++layer) {
        one_layer(x, w, layer, layers, forward_butterfly);
    }
}

TARGET_INLINE void inverse_layers(complex_lanes x[], const complex_lanes w[], size_t layers) {
    for (size_t layer = layers; layer-- > 0;) {
        one_layer(x, w, layer, layers, inverse_butterfly);
    }
}

// ---- Passes -----------------------------------------------------------------------------------------------

TARGET_INLINE void pass_of(complex_array values, size_t length, size_t node, size_t count, const double *roots,
                           size_t layers, subtree subtree) {
    size_t vectors = (size_t)1 << layers;
    size_t stride = length / vectors;
    for (size_t block = 0; block < count; ++block) {
        complex_lanes w[7];
        load_roots(w, roots, node + block, layers);
        for (size_t i = block * length; i < block * length + stride; i += lanes) {
            complex_lanes x[8];
            for (size_t k = 0; k < vectors; ++k) {
                double *real = values.real + i + k * stride;
                double *imaginary = values.imaginary + i + k * stride;
                x[k] = (complex_lanes){load_reals(real), load_reals(imaginary)};
            }
            subtree(x, w, layers);
            for (size_t k = 0; k < vectors; ++k) {
                store_reals(values.real + i + k * stride, x[k].real);
                store_reals(values.imaginary + i + k * stride, x[k].imaginary);
            }
        }
    }
}

// The layers of one pass, on `count` neighbouring blocks of a length, the first of which belongs to `node`.
TARGET_INLINE void pass(complex_array values, size_t length, size_t node, size_t count, const double *roots,
                        subtree subtree) {
    switch (pass_layers(length)) {
    case 1: pass_of(values, length, node, count, roots, 1, subtree); break;
    case 2: pass_of(values, length, node, count, roots, 2, subtree); break;
    default: pass_of(values, length, node, count, roots, 3, subtree);
    }
}

TARGET static void forward_pass(complex_array values, size_t length, size_t node, size_t count,
                                const double *roots) {
    pass(values, length, node, count, roots, forward_layers);
}

TARGET static void inverse_pass(complex_array values, size_t length, size_t node, size_t count,
                                const double *roots) {
    pass(values, length, node, count, roots, inverse_layers);
}

// All but the last three layers of `count` neighbouring blocks.
static void forward(complex_array values, size_t length, size_t node, size_t count, const double *roots) {
    if (length == 8) {
        return;
    }
    forward_pass(values, length, node, count, roots);
    size_t children = (size_t)1 << pass_layers(length);
    size_t child_length = length / children;
    if (length <= cached_length) {
        forward(values, child_length, node * children, count * children, roots);
        return;
    }
    for (size_t child = 0; child < children; ++child) {
        forward(part(values, child * child_length), child_length, node * children + child, 1, roots);
    }
}

// The same in the reverse order.
static void inverse(complex_array values, size_t length, size_t node, size_t count, const double *roots) {
    if (length == 8) {
        return;
    }
    size_t children = (size_t)1 << pass_layers(length);
    size_t child_length = length / children;
    if (length <= cached_length) {
        inverse(values, child_length, node * children, count * children, roots);
    } else {
        for (size_t child = 0; child < children; ++child) {
            inverse(part(values, child * child_length), child_length, node * children + child, 1, roots);
        }
    }
    inverse_pass(values, length, node, count, roots);
}

// ---- The last three layers --------------------------------------------------------------------------------
//
// The value in eighth a, block b, place c of the block belongs to the slot whose index has the bits of c, b and
// a, each in reverse. The order of the eighths is such that unpacking interleaves the parts of neighbouring
// slots, the low half of a run of eight from the even lanes.

TARGET_INLINE void forward_tail(double *slots, complex_array values, const msfhe_embedding_tables *tables,
                                size_t b, size_t reversed, size_t first) {
    size_t eighth = ((size_t)1 << tables->log_n) / 8;
    const double *real[lanes], *imaginary[lanes];
    for (size_t lane = 0; lane < lanes; ++lane) {
        size_t start = eighths[first + lane] * eighth + 8 * b;
        real[lane] = values.real + start;
        imaginary[lane] = values.imaginary + start;
    }
    complex_lanes x[8], w[7];
    reals columns[2][8];
    load_columns(columns[0], real);
    load_columns(columns[1], imaginary);
    for (size_t c = 0; c < 8; ++c) {
        x[c] = (complex_lanes){columns[0][c], columns[1][c]};
    }
    load_tail_roots(w, tables->tail_roots + tail_root_doubles * b, first);
    forward_layers(x, w, 3);
    for (size_t c = 0; c < 8; ++c) {
        double *run = slots + 2 * (reverse3(c) * eighth + 8 * reversed) + first;
        store_reals(run, unpack_low(x[c].real, x[c].imaginary));
        store_reals(run + 8, unpack_high(x[c].real, x[c].imaginary));
    }
}

TARGET_INLINE void inverse_tail(complex_array values, const double *slots, const msfhe_embedding_tables *tables,
                                size_t b, size_t reversed, size_t first) {
    size_t eighth = ((size_t)1 << tables->log_n) / 8;
    complex_lanes x[8], w[7];
    for (size_t c = 0; c < 8; ++c) {
        const double *run = slots + 2 * (reverse3(c) * eighth + 8 * reversed) + first;
        reals low = load_reals(run);
        reals high = load_reals(run + 8);
        x[c] = (complex_lanes){unpack_low(low, high), unpack_high(low, high)};
    }
    load_tail_roots(w, tables->tail_roots + tail_root_doubles * b, first);
    inverse_layers(x, w, 3);
    double *real[lanes], *imaginary[lanes];
    for (size_t lane = 0; lane < lanes; ++lane) {
        size_t start = eighths[first + lane] * eighth + 8 * b;
        real[lane] = values.real + start;
        imaginary[lane] = values.imaginary + start;
    }
    reals columns[2][8];
    for (size_t c = 0; c < 8; ++c) {
        columns[0][c] = x[c].real;
        columns[1][c] = x[c].imaginary;
    }
    store_columns(real, columns[0]);
    store_columns(imaginary, columns[1]);
}

TARGET static void forward_tails(double *slots, complex_array values, const msfhe_embedding_tables *tables) {
    size_t blocks = ((size_t)1 << tables->log_n) / 64;
    for (size_t b = 0, reversed = 0; b < blocks; ++b, reversed = next_bit_reversed(reversed, blocks)) {
        for (size_t first = 0; first < 8; first += lanes) {
            forward_tail(slots, values, tables, b, reversed, first);
        }
    }
}

TARGET static void inverse_tails(complex_array values, const double *slots,
                                 const msfhe_embedding_tables *tables) {
    size_t blocks = ((size_t)1 << tables->log_n) / 64;
    for (size_t b = 0, reversed = 0; b < blocks; ++b, reversed = next_bit_reversed(reversed, blocks)) {
        for (size_t first = 0; first < 8; first += lanes) {
            inverse_tail(values, slots, tables, b, reversed, first);
        }
    }
}

// ---- Both directions --------------------------------------------------------------------------------------

static inline void embedding_forward(double *slots, double *real, double *imaginary,
                                     const msfhe_embedding_tables *tables) {
    size_t n = (size_t)1 << tables->log_n;
    if (n < shortest_length) {
        msfhe_portable_embedding_forward(slots, real, imaginary, tables);
        return;
    }
    complex_array values = {real, imaginary};
    forward(values, n, 1, 1, tables->roots);
    forward_tails(slots, values, tables);
}

static inline void embedding_inverse(double *real, double *imaginary, const double *slots,
                                     const msfhe_embedding_tables *tables) {
    size_t n = (size_t)1 << tables->log_n;
    if (n < shortest_length) {
        msfhe_portable_embedding_inverse(real, imaginary, slots, tables);
        return;
    }
    complex_array values = {real, imaginary};
    inverse_tails(values, slots, tables);
    inverse(values, n, 1, 1, tables->roots);
}
