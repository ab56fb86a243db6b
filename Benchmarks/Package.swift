// swift-tools-version: 6.2
import PackageDescription

// The benchmark harness: a package of its own, so that dependents of the library never pull it in.
//
//     msfhe-bench     the program: one small file for each benchmark
//     Harness         measuring loop, rows of results, comparison, reports
//     CInteger8       a plaintext rival: products of matrices of bytes
//     CMachine        what the machine can do at best: clock, memory, multiplier ports
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "MassSpecFHE", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // AES block by block, beside the streams that the library makes of it.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .target(name: "CMachine"),
        .target(name: "CInteger8"),
        .target(
            name: "Harness",
            dependencies: [
                "CMachine", .product(name: "PlaintextReference", package: "MassSpecFHE"),
                .product(name: "Ring", package: "MassSpecFHE"),
            ]),
        .executableTarget(
            name: "msfhe-bench",
            dependencies: [
                "Harness", "CInteger8",
                .product(name: "CKKS", package: "MassSpecFHE"),
                .product(name: "CKernels", package: "MassSpecFHE"),
                .product(name: "PlaintextReference", package: "MassSpecFHE"),
                .product(name: "RLWE", package: "MassSpecFHE"),
                .product(name: "Ring", package: "MassSpecFHE"),
                .product(name: "SpectralSearch", package: "MassSpecFHE"),
                .product(name: "Spectra", package: "MassSpecFHE"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .testTarget(name: "HarnessTests", dependencies: ["Harness"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
