import Foundation
import Ring

/// Parameters travel as their literal, from which the primes follow.
extension CKKSParameters {
    /// What every list of bit lengths has room for.
    private static let bitLengthRoom = largestPrimeCount
    private static let securityRequirements: [SecurityRequirement] = [.insecure, .bits128, .bits192, .bits256]

    /// The literal's bytes, 192 of them.
    public func serialized() -> Data {
        var bytes = Data()
        var writer = WireWriter<Never>(kind: .parameters, digest: digest) { bytes.append(contentsOf: $0) }
        writer.write(UInt8(degree.trailingZeroBitCount))
        writer.write(UInt8((literal.primeDegree ?? degree).trailingZeroBitCount))
        writer.write(UInt16(0))
        writer.write(UInt8(literal.primeBits.count))
        writer.write(UInt8(literal.specialPrimeBits.count))
        writer.write(UInt8(literal.digitSize ?? 0))
        writer.write(UInt8(Self.securityRequirements.firstIndex(of: literal.security)!))
        writer.write(literal.logScale)
        for bits in [literal.primeBits, literal.specialPrimeBits] {
            let room = [UInt8](repeating: 0, count: Self.bitLengthRoom - bits.count)
            writer.write(bits.map { UInt8($0) } + room)
        }
        writer.finish()
        return bytes
    }

    /// Reads parameters and checks them like any others; their digest must be the one they travelled with, which is
    /// compared before tables are built.
    ///
    /// - Parameter allowsInsecure: whether parameters for tests are taken too.
    /// - Throws: ``WireError``.
    public convenience init(
        serialized bytes: some ContiguousBytes, allowsInsecure: Bool = false, backend: Backend = .selected
    ) throws(WireError) {
        let memory = MemorySource(bytes)
        var reader = try WireReader(kind: .parameters, source: memory.read)
        let digest = try reader.digest()
        let literal = try Self.literal(&reader)
        try reader.finish()
        try memory.requireEnd()
        guard literal.security != .insecure || allowsInsecure else { throw .insecure }
        do {
            guard try Self.digest(of: literal) == digest else {
                throw WireError.field("digest", value: "another", right: "that of its parameters")
            }
            try self.init(literal, backend: backend)
        } catch let error as ParametersError {
            throw .parameters(error)
        } catch let error as WireError {
            throw error
        } catch {
            preconditionFailure("parameters are refused by no other error: \(error)")
        }
    }

    private static func literal(_ reader: inout WireReader) throws(WireError) -> ParametersLiteral {
        let degree = 1 << (try reader.integer(UInt8.self, "log2 of the ring degree", in: 10...16))
        let primeDegree = 1 << (try reader.integer(UInt8.self, "log2 of the degree of the primes", in: 10...16))
        try reader.requireZeros(2)
        let primeCount = try reader.integer(UInt8.self, "number of primes", in: 1...largestPrimeCount)
        let specialCount = try reader.integer(UInt8.self, "number of special primes", in: 0...largestPrimeCount - 1)
        let digitSize = try reader.integer(UInt8.self, "digit size", in: 0...primeCount)
        let security = try reader.integer(
            UInt8.self, "security requirement", in: 0...securityRequirements.count - 1)
        let logScale = try reader.double()
        func bitLengths(_ count: Int) throws(WireError) -> [Int] {
            let lengths = try reader.bytes(count).map { Int($0) }
            try reader.requireZeros(bitLengthRoom - count)
            return lengths
        }
        return ParametersLiteral(
            degree: degree, primeBits: try bitLengths(primeCount), specialPrimeBits: try bitLengths(specialCount),
            digitSize: digitSize == 0 ? nil : digitSize, logScale: logScale,
            security: securityRequirements[security], primeDegree: primeDegree == degree ? nil : primeDegree)
    }
}
