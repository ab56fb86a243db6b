// swift-tools-version: 6.2
import PackageDescription

// Layers, from the ground up; imports run downwards only:
//
//     msfhe                                   the command line
//     PlaintextReference                      BLAS twins and the accuracy report
//     SpectralSearch                          encrypted search of spectral libraries
//     Datasets                                public data sets, prepared from their releases
//     Spectra    CKKS      Storage            spectra | encrypted arithmetic | files that appear whole or not at all
//                RLWE                         keys, encryption, key switching
//                Ring                         modular arithmetic, NTT, randomness
//                CKernels                     the hot loops, in C, chosen at run time
//
// No target uses unsafe flags, so any package may depend on these libraries.
let package = Package(
    name: "MassSpecFHE",
    products: [
        .library(name: "SpectralSearch", targets: ["SpectralSearch"]),
        .library(name: "Spectra", targets: ["Spectra"]),
        .library(name: "RLWE", targets: ["RLWE"]),
        .library(name: "CKKS", targets: ["CKKS"]),
        // The layers below, for programs that work on them directly, such as the harness in Benchmarks.
        .library(name: "Ring", targets: ["Ring"]),
        .library(name: "CKernels", targets: ["CKernels"]),
        // The errors that readers of files throw.
        .library(name: "Storage", targets: ["Storage"]),
        .library(name: "PlaintextReference", targets: ["PlaintextReference"]),
        .executable(name: "msfhe", targets: ["msfhe"]),
    ],
    dependencies: [
        // The command line: parsing, help texts and shell completion.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // SHA-256, HKDF and AES in counter mode: every key, seed and digest comes from here.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Diagnostics of the command line, in the form that services embedding it expect.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // GNU MP: finds and certifies primes, and recomputes every constant of the set-up.
        .systemLibrary(name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"])]),
        // OpenBLAS: the plaintext twin of every encrypted result.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        // zlib: gzip-compressed inputs and the binary arrays of mzML.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "CKernels"),
        .target(
            name: "Ring",
            dependencies: [
                "CKernels", "CGMP",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .target(name: "RLWE", dependencies: ["CKernels", "Ring", .product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "CKKS",
            dependencies: ["CKernels", "RLWE", "Ring", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "Spectra", dependencies: ["CZlib"]),
        .target(name: "Storage"),
        .target(
            name: "SpectralSearch",
            dependencies: [
                "CKKS", "RLWE", "Ring", "Spectra", "Storage", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Datasets",
            dependencies: ["CZlib", "Spectra", "Storage", .product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "PlaintextReference",
            dependencies: [
                "CGMP", "CKKS", "COpenBLAS", "CZlib", "RLWE", "Ring", "Spectra", "SpectralSearch", "Storage",
            ]),
        .executableTarget(
            name: "msfhe",
            dependencies: [
                "CKKS", "Datasets", "PlaintextReference", "RLWE", "Ring", "Spectra", "SpectralSearch", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        .target(name: "TestSupport", path: "Tests/TestSupport"),
        // What the thread sanitizer must know of Swift's mutexes; nothing without it.
        .target(name: "CMutexAnnotations", path: "Tests/CMutexAnnotations"),
        .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
        .testTarget(
            name: "RingTests",
            dependencies: ["CMutexAnnotations", "Ring", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(name: "RLWETests", dependencies: ["RLWE"]),
        .testTarget(
            name: "CKKSTests",
            dependencies: ["CKKS", "CKernels", "RLWE", "Ring", .product(name: "Crypto", package: "swift-crypto")],
            exclude: ["Vectors"]),
        .testTarget(name: "SpectraTests", dependencies: ["Spectra", "TestSupport"]),
        .testTarget(
            name: "DatasetsTests",
            dependencies: ["Datasets", "Spectra", "TestSupport", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(
            name: "SpectralSearchTests",
            dependencies: [
                "CKKS", "SpectralSearch", "Storage", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "PlaintextReferenceTests", dependencies: ["PlaintextReference", "Spectra", "Storage", "TestSupport"]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "msfhe", "Spectra", "SpectralSearch", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
