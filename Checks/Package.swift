// swift-tools-version: 6.2
import PackageDescription

// What neither unit tests nor benchmarks can say: a package of its own, so that dependents of the library never pull it
// in. `make fuzz` and `make ct` build one program each, with the flags that it needs.
//
//     msfhe-fuzz      every parser of foreign bytes under libFuzzer: one small file for each family
//     msfhe-ct        secrets marked as undefined under valgrind's memcheck: one small file for each kind of operation
//     CMemoryFile     files in memory, for parsers that open files by their paths
//     CMemcheck       valgrind's client requests, and the system's generator in a version that marks what it gives
let package = Package(
    name: "Checks",
    products: [
        .executable(name: "msfhe-fuzz", targets: ["msfhe-fuzz"]),
        .executable(name: "msfhe-ct", targets: ["msfhe-ct"]),
    ],
    dependencies: [
        .package(name: "MassSpecFHE", path: ".."),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .target(name: "CMemoryFile"),
        .target(name: "CMemcheck"),
        .executableTarget(
            name: "msfhe-fuzz",
            dependencies: [
                "CMemoryFile",
                .product(name: "AuditLog", package: "MassSpecFHE"),
                .product(name: "CKKS", package: "MassSpecFHE"),
                .product(name: "RLWE", package: "MassSpecFHE"),
                .product(name: "Ring", package: "MassSpecFHE"),
                .product(name: "SpectralSearch", package: "MassSpecFHE"),
                .product(name: "Spectra", package: "MassSpecFHE"),
                .product(name: "Storage", package: "MassSpecFHE"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "msfhe-ct",
            dependencies: [
                "CMemcheck",
                .product(name: "CKKS", package: "MassSpecFHE"),
                .product(name: "CKernels", package: "MassSpecFHE"),
                .product(name: "RLWE", package: "MassSpecFHE"),
                .product(name: "Ring", package: "MassSpecFHE"),
            ]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
