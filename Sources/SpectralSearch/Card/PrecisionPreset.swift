import RLWE

/// Named choices of how many bits of the residues travel: noise against work and traffic.
///
/// The noise and quantisation of a score, rms, were measured on MassBank with D = 512 (`msfhe validate --preset`).
public enum PrecisionPreset: String, Sendable, CaseIterable {
    /// 24 bits up; 16 of the bodies and 18 of the masks down: noise 6.1e-4, quantisation 8.0e-4.
    case `default`
    /// 24 bits up; 12 and 16 bits down, three quarters of the download: noise 9.2e-4, quantisation 8.0e-4.
    case economy
    /// 16 bits up, 16 and 16 down: two thirds of the upload and of the host's work, noise 3.6e-3, quantisation 2.7e-3.
    case rounded
    /// 24 bits up, 20 and 24 bits down, 1.26 times the download: answers whose masks are whole, which a
    /// ``Fingerprint`` can verify.
    case verified

    /// The bits that travel.
    public var precision: WirePrecision {
        switch self {
        case .default: WirePrecision(uploadBits: 24, maskBits: 18, bodyBits: 16)
        case .economy: WirePrecision(uploadBits: 24, maskBits: 16, bodyBits: 12)
        case .rounded: WirePrecision(uploadBits: 16, maskBits: 16, bodyBits: 16)
        case .verified: WirePrecision(uploadBits: 24, maskBits: 24, bodyBits: 20)
        }
    }
}
