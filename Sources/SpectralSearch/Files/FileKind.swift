import Foundation
import Storage

/// The files that the commands exchange. Each begins with words of its own and ends with a SHA-256 of what
/// precedes it.
public enum FileKind: String, Sendable, CaseIterable {
    case secretKey, runRecord, card, entries, calibration, index, masks, upload, answer
    case diagonals, rotationKeys, interactiveUpload, interactiveAnswer
    case fingerprint, spentFingerprint

    /// What people call the file.
    public var name: String {
        switch self {
        case .secretKey: "a researcher's key"
        case .runRecord: "a run's local record (RUN.local)"
        case .card: "a library card (card.json)"
        case .entries: "a library's entries (entries.tsv)"
        case .calibration: "a calibration (calibration.json)"
        case .index: "a library index"
        case .masks: "the mask part of a library's answers (masks)"
        case .upload: "an upload of encrypted queries (RUN.msq)"
        case .answer: "an answer of encrypted scores (RUN.mss)"
        case .diagonals: "a library's interactive index (diagonals)"
        case .rotationKeys: "a file of rotation keys (RUN.keys)"
        case .interactiveUpload: "an upload of interactive queries (RUN.msq)"
        case .interactiveAnswer: "an answer to interactive queries (RUN.mss)"
        case .fingerprint: "a library's secret fingerprint"
        case .spentFingerprint: "a fingerprint that has rejected an answer and is discarded"
        }
    }

    /// The bytes that the file begins with.
    var opening: [UInt8] {
        switch self {
        case .secretKey: Array("MSFHE-K1 secret: keep it on your own machine\n".utf8)
        case .runRecord: CheckedJSON.opening(format: "massspecfhe-run")
        case .card: CheckedJSON.opening(format: "massspecfhe-card")
        case .entries: Array("# massspecfhe-entries 1\n".utf8)
        case .calibration: CheckedJSON.opening(format: Calibration.format)
        case .index: Array("MSFHE-I1".utf8)
        case .masks: Array("MSFHE-M1".utf8)
        case .upload: Array("MSFHE-Q1".utf8)
        case .answer: Array("MSFHE-S1".utf8)
        case .diagonals: Array("MSFHE-D2".utf8)
        case .rotationKeys: Array("MSFHE-R1".utf8)
        case .interactiveUpload: Array("MSFHE-Q2".utf8)
        case .interactiveAnswer: Array("MSFHE-S2".utf8)
        case .fingerprint: Array("MSFHE-F1".utf8)
        case .spentFingerprint: Array("MSFHE-F0".utf8)
        }
    }

    /// Checks that a file beginning with `bytes` is of this kind; names what it is instead where that is known.
    func require(beginning bytes: some Collection<UInt8>, path: String) throws(InputError) {
        if bytes.starts(with: opening) { return }
        let other = Self.allCases.first { bytes.starts(with: $0.opening) }
        switch (self, other) {
        case (.index, .secretKey), (.upload, .secretKey), (.card, .secretKey), (.diagonals, .secretKey),
            (.interactiveUpload, .secretKey), (.rotationKeys, .secretKey):
            throw InputError(
                path,
                "this is a researcher's key, which must never leave the researcher's machine; \(name) is wanted here")
        case (_, .some(let other)):
            throw InputError(path, "this is \(other.name), but \(name) is wanted here")
        case (_, nil):
            throw InputError(path, "this is not \(name): it does not begin as one does")
        }
    }
}
