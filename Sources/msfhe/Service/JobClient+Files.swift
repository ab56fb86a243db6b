#if Service
    import AsyncHTTPClient
    import struct Crypto.SHA256
    import Foundation
    import JobServer
    import NIOCore
    import SpectralSearch
    import Storage

    extension JobClient {
        /// Bytes that are sent in one call, unless the server takes fewer.
        private static let chunkByteCount = 8 << 20

        /// Sends the file at `path` to a project, in chunks, and goes on where the server is when one is lost.
        ///
        /// - Returns: the upload, complete.
        func upload(_ path: String, to project: String, progress: (Double) -> Void) async throws -> UploadItem {
            let (descriptor, byteCount) = try openRegularFile(path)
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            var hasher = SHA256()
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hasher.update(data: piece) }
            let limits = try await get("/v1/account", as: AccountItem.self).limits
            var upload: UploadItem = try await post(
                "/v1/uploads",
                UploadRequest(project: project, bytes: byteCount, sha256: Digest(hasher.finalize()).description))
            var stall = Stall()
            try requirePlausible(upload, of: byteCount, from: 0)
            while upload.received < byteCount {
                try file.seek(toOffset: UInt64(upload.received))
                let chunk = try file.read(upToCount: max(1, min(Self.chunkByteCount, limits.chunkBytes))) ?? Data()
                guard !chunk.isEmpty else { throw InputError(path, "has changed while it was sent; send it again") }
                let before = upload.received
                do {
                    upload = try await decoded(
                        send(
                            .PATCH, "/v1/uploads/\(upload.id)",
                            headers: [
                                ("Upload-Offset", "\(before)"), ("Content-Type", "application/octet-stream"),
                            ], body: chunk))
                } catch let refusal as ServerRefusal where refusal.status != 409 {
                    throw refusal
                } catch {
                    // A chunk that was cut may have arrived in part: the server says how much it has. While it does not
                    // know yet that a connection was lost, it takes no other one (status 409).
                    upload = try await get("/v1/uploads/\(upload.id)")
                }
                try requirePlausible(upload, of: byteCount, from: before)
                if upload.received > before { stall = Stall() } else { try await stall.wait(for: server) }
                progress(Double(upload.received) / Double(byteCount))
            }
            return upload
        }

        private func requirePlausible(_ upload: UploadItem, of byteCount: Int, from before: Int) throws {
            guard (before...byteCount).contains(upload.received) else {
                throw ServerFailure("\(server): has \(upload.received) of \(byteCount) bytes, which cannot be")
            }
        }

        /// Fetches what is at `path` of the server into a new file, and goes on where a connection ended.
        ///
        /// - Parameter limit: bytes that it has at most, whatever the server says.
        func download(
            _ path: String, to file: String, limit: Int, progress: (Double) -> Void = { _ in }
        ) async throws {
            let output = try OutputFile(path: file, isPrivate: true)
            var received = 0
            var failures = 0
            var total: Int?
            var tag: String?
            repeat {
                var headers: [(String, String)] = []
                if received > 0 {
                    headers = [("Range", "bytes=\(received)-")]
                    if let tag { headers.append(("If-Range", tag)) }
                }
                let response = try await send(.GET, path, headers: headers)
                if received > 0, response.status.code != 206 {
                    throw ServerFailure("\(server): what is at \(path) has changed while it was fetched; try again")
                }
                total = total ?? response.headers.first(name: "Content-Length").flatMap { Int($0) }
                tag = response.headers.first(name: "ETag")
                do {
                    for try await buffer in response.body {
                        received += buffer.readableBytes
                        guard received <= limit else {
                            throw ServerFailure("\(server): what is at \(path) is larger than it can be")
                        }
                        try output.write(Data(buffer.readableBytesView))
                        failures = 0
                        if let total, total > 0 { progress(Double(received) / Double(total)) }
                    }
                } catch let error where error is FileSystemError || error is ServerFailure {
                    throw error
                } catch {
                    failures += 1
                    guard failures < Self.patience, total != nil else {
                        throw ServerFailure("\(server): the connection was lost: \(Self.reason(error))")
                    }
                    try await Task.sleep(for: .seconds(Double(failures) / 2))
                }
            } while received < total ?? received
            try output.commit()
        }

        /// The files of the library with this card that decrypting answers in `mode` takes: those that are not kept
        /// yet are fetched. Where all are kept, the server need not have the library any more.
        ///
        /// - Parameters:
        ///   - id: the library's on the server.
        ///   - mode: nil for the card alone.
        func library(
            _ id: String, card digest: Digest, mode: SearchMode?, in home: ClientHome
        ) async throws -> (files: ClientHome.LibraryFiles, card: LibraryCard) {
            let files = try home.library(digest)
            let progress = ProgressLine()
            func keep(_ path: String, limit: Int, check: () throws -> Void) async throws {
                if FileManager.default.fileExists(atPath: path), (try? check()) != nil { return }
                let name = URL(fileURLWithPath: path).lastPathComponent
                try await download("/v1/libraries/\(id)/files/\(name)", to: path, limit: limit) {
                    progress.show("fetching the library's \(name)", $0)
                }
                do { try check() } catch {
                    unlink(path)
                    throw ServerFailure("\(server): the library's \(name) is not the one that its card asks for")
                }
            }
            try await keep(files.card, limit: 1 << 20) {
                guard try LibraryCard(path: files.card).digest == digest else {
                    throw InputError(files.card, "is another library's")
                }
            }
            let card = try LibraryCard(path: files.card)
            guard let mode else { return (files, card) }
            let rowCount = card.content.library.spectra
            try await keep(files.entries, limit: rowCount * Self.entryByteLimit) {
                _ = try LibraryEntries(path: files.entries, card: card)
            }
            if mode == .batch, card.content.publishedSeed != nil {
                let maskByteCount = AnswerLayout(card: card, queryCount: 0).maskByteCount
                try await keep(files.masks, limit: 1024 + rowCount * maskByteCount) {
                    _ = try MaskPart(path: files.masks, card: card)
                }
            }
            return (files, card)
        }

        /// Names and formulas are shorter; the heading of the table is allowed for.
        private static let entryByteLimit = 64 << 10
    }

    /// How long an upload has stood still.
    private struct Stall {
        /// Longer than a server takes to close a connection that is silent, 60 s unless it is set otherwise.
        private static let limit = Duration.seconds(150)
        private let start = ContinuousClock.now
        private var count = 0

        /// Waits, longer each time.
        mutating func wait(for server: String) async throws {
            guard ContinuousClock.now - start < Self.limit else {
                throw ServerFailure("\(server): does not go on with the upload")
            }
            count += 1
            let progress = ProgressLine()
            progress.show("waiting until \(server) lets go of the connection that was lost")
            try await Task.sleep(for: .seconds(min(Double(count) / 2, 5)))
        }
    }
#endif
