@testable import SpectralSearch

/// What a host reads of the files that researchers send, before it knows the library that they are for.
enum HostTargets {
    static let all = [receivedFile]

    /// An upload of either kind, or rotation keys.
    private static let receivedFile = Target(
        name: "received-file",
        words: [FileKind.upload, .interactiveUpload, .rotationKeys].map { String(decoding: $0.opening, as: UTF8.self) },
        seeds: {
            let interactive = InteractiveFixture.shared
            // Of the keys, which are large, the head is all that is read, besides the digest.
            return [
                Fixture.shared.upload, interactive.upload, interactive.windowUpload,
                Array(interactive.keys.prefix(128)),
            ]
        },
        parse: { input in
            let received = try withFile(Sealing.binary.seal(input)) { try ReceivedFile(path: $0) }
            switch received.content {
            case .batchQueries(_, let count):
                require((1...Upload.maximumQueryCount).contains(count), "an upload has queries, and not too many")
            case .interactiveQueries(_, _, let count):
                require(
                    (1...InteractiveUpload.maximumQueryCount).contains(count), "an upload has queries, and not too many"
                )
            case .rotationKeys:
                break
            }
        })
}
