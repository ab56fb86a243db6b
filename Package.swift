// swift-tools-version: 6.2
import PackageDescription

/// What only the trait Service needs.
let service = TargetDependencyCondition.when(traits: ["Service"])

// Layers, from the ground up; imports run downwards only:
//
//     msfhe                                   the command line
//     JobServer                               the job runner over HTTP (trait Service)
//     JobRunner                               store, accounts, queue and scheduler of a host (trait Service)
//     PlaintextReference                      BLAS twins and the accuracy report
//     SpectralSearch                          encrypted search of spectral libraries
//     Datasets  AuditLog                      prepared public data sets | a log that shows what was done to it
//     Spectra    CKKS      Storage            spectra | encrypted arithmetic | files that appear whole or not at all
//                RLWE                         keys, encryption, key switching
//                Ring                         modular arithmetic, NTT, randomness
//                CKernels                     the hot loops, in C, chosen at run time
//
// The trait Service, off by default, adds the job runner: without it, none of its packages is fetched or built.
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
        // For those who verify a host's log in programs of their own.
        .library(name: "AuditLog", targets: ["AuditLog"]),
        .library(name: "PlaintextReference", targets: ["PlaintextReference"]),
        .executable(name: "msfhe", targets: ["msfhe"]),
    ],
    traits: [
        .trait(name: "Service", description: "The job runner: encrypted search as a service, and its client.")
    ],
    dependencies: [
        // The command line: parsing, help texts and shell completion.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // SHA-256, HKDF and AES in counter mode: every key, seed and digest comes from here.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Diagnostics of the command line, in the form that services embedding it expect.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),

        // The job runner's, fetched with the trait Service only. The database, over SQLite:
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Threads for calls that wait for the disk.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // HTTP and TLS.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        // Start, graceful drain and end of the parts of a server.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Counters and timers of a server.
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        // The client's HTTP.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
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
        .target(
            name: "AuditLog", dependencies: ["Storage", .product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "JobRunner",
            dependencies: [
                "Ring", "SpectralSearch", "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "GRDB", package: "GRDB.swift", condition: service),
                .product(name: "NIOPosix", package: "swift-nio", condition: service),
            ]),
        .target(
            name: "JobServer",
            dependencies: [
                "AuditLog", "JobRunner", "SpectralSearch", "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: service),
                .product(name: "HummingbirdTLS", package: "hummingbird", condition: service),
                .product(name: "Metrics", package: "swift-metrics", condition: service),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: service),
            ]),
        .executableTarget(
            name: "msfhe",
            dependencies: [
                "AuditLog", "CKKS", "Datasets", "JobRunner", "JobServer", "PlaintextReference", "RLWE", "Ring",
                "Spectra",
                "SpectralSearch", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: service),
            ]),

        .target(name: "TestSupport", path: "Tests/TestSupport"),
        // A process that runs jobs, for tests that kill it.
        .executableTarget(name: "JobWorker", dependencies: ["JobRunner"], path: "Tests/JobWorker"),
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
        .testTarget(name: "AuditLogTests", dependencies: ["AuditLog", "Storage", "TestSupport"]),
        .testTarget(
            name: "JobRunnerTests",
            dependencies: [
                "JobRunner", "JobWorker", "RLWE", "Spectra", "SpectralSearch", "Storage", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "GRDB", package: "GRDB.swift", condition: service),
            ],
            exclude: ["Schemas"]),
        .testTarget(
            name: "JobServerTests",
            dependencies: [
                "AuditLog", "JobRunner", "JobServer", "Spectra", "SpectralSearch", "Storage", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: service),
                .product(name: "Hummingbird", package: "hummingbird", condition: service),
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: service),
            ]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "msfhe", "Spectra", "SpectralSearch", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
