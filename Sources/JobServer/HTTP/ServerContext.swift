#if Service
    import Foundation
    import HTTPTypes
    import Hummingbird
    import JobRunner
    import NIOCore

    /// What belongs to one request.
    struct ServerContext: RequestContext {
        var coreContext: CoreRequestContextStorage
        /// From where it came.
        let remoteAddress: String
        /// What its account may see and do, once it is known.
        var knownAccess: Access?

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
            remoteAddress = source.channel.remoteAddress?.ipAddress ?? "local"
        }

        /// What the account may see and do that the request is made for.
        var access: Access {
            get throws {
                guard let knownAccess else { throw HostError(.unauthenticated, "an access token is wanted") }
                return knownAccess
            }
        }

        /// The object that the parameter `name` of the route names.
        func object(_ name: String = "id") throws -> ObjectID { try Self.object(parameters.require(name)) }

        /// The object that is called `text`. A name that none can have is not told from one that none has.
        static func object(_ text: some StringProtocol) throws -> ObjectID {
            guard let id = ObjectID(text) else {
                throw HostError(.notFound, "there is no such object, or it is not shared with this account")
            }
            return id
        }
    }

    extension Request {
        /// The JSON in the body.
        func json<Value: Decodable>(_: Value.Type) async throws -> Value {
            var body: [UInt8] = []
            for try await buffer in self.body {
                body += buffer.readableBytesView
                guard body.count <= Self.jsonByteLimit else {
                    throw Problem(
                        .contentTooLarge, "too-large", "Too large",
                        "a request has at most \(Self.jsonByteLimit) bytes of JSON")
                }
            }
            do {
                return try WireJSON.decode(Value.self, from: Data(body))
            } catch let error as DecodingError {
                throw Problem.invalid(Self.explain(error))
            }
        }

        private static let jsonByteLimit = 1 << 20

        private static func explain(_ error: DecodingError) -> String {
            func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
            return switch error {
            case .keyNotFound(let key, let context): "'\(name(context.codingPath + [key]))' is missing"
            case .typeMismatch(_, let context), .valueNotFound(_, let context):
                "'\(name(context.codingPath))' has a value that does not fit"
            case .dataCorrupted(let context) where !context.codingPath.isEmpty:
                "'\(name(context.codingPath))' has a value that does not fit"
            default: "the body is not JSON"
            }
        }

        /// The text of a parameter of the query.
        func query(_ name: String) -> String? { uri.queryParameters[Substring(name)].map(String.init) }

        /// The whole number of a parameter of the query.
        func number(_ name: String) throws -> Int? {
            guard let text = query(name) else { return nil }
            guard let value = Int(text), value >= 0 else {
                throw Problem.invalid("'\(name)' is not a whole number from 0 on")
            }
            return value
        }

        /// The part of a list that the query asks for: what follows the object `after`, and how many of it.
        func page(limit: Int = pageLimit) throws -> (after: ObjectID?, limit: Int) {
            let after = try query("after").map { try ServerContext.object($0) }
            return (after, min(max(try number("limit") ?? limit, 1), Self.pageLimit))
        }

        /// Objects of the longest page of a list.
        static let pageLimit = 1000

        /// The project that the query names.
        func project() throws -> ObjectID {
            guard let text = query("project") else { throw Problem.invalid("'project' is missing in the query") }
            return try ServerContext.object(text)
        }
    }

    extension Response {
        /// `value` as JSON.
        static func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
            let body = try WireJSON.encode(value)
            return Response(
                status: status, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }

        /// Nothing to say.
        static var done: Response { Response(status: .noContent) }

        /// So much of a file is on its way to a client at a time.
        private static let pieceByteCount = 64 << 10

        /// A stored file, or the part of it that `request` asks for (RFC 9110, section 14).
        static func file(_ file: StoredFile, sha256: String?, type: String, for request: Request) throws -> Response {
            var headers: HTTPFields = [.contentType: type, .acceptRanges: "bytes"]
            let tag = sha256.map { "\"\($0)\"" }
            headers[.eTag] = tag
            var range = 0..<file.byteCount
            var status = HTTPResponse.Status.ok
            let condition = request.headers[.ifRange]
            if let text = request.headers[.range], condition == nil || condition == tag,
                let asked = ByteRange(text)
            {
                guard let part = asked.clamped(to: file.byteCount) else {
                    var problem = Problem(
                        .rangeNotSatisfiable, "range", "No such range", "the file has \(file.byteCount) bytes")
                    problem.headers[.contentRange] = "bytes */\(file.byteCount)"
                    throw problem
                }
                range = part
                status = .partialContent
                headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.byteCount)"
            }
            let sent = range
            let body = ResponseBody(contentLength: sent.count) { writer in
                for first in stride(from: sent.lowerBound, to: sent.upperBound, by: pieceByteCount) {
                    let piece = try file.read(first..<min(first + pieceByteCount, sent.upperBound))
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            }
            return Response(status: status, headers: headers, body: body)
        }
    }

    /// One range of bytes, as the header `Range` asks for it. Several at a time are not served: the whole file is, as is
    /// allowed.
    struct ByteRange: Hashable {
        let first: Int?
        let last: Int?

        init?(_ text: some StringProtocol) {
            guard text.hasPrefix("bytes=") else { return nil }
            let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2 else { return nil }
            func number(_ text: some StringProtocol) -> Int? {
                text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
            }
            (first, last) = (number(ends[0]), number(ends[1]))
            guard first != nil || last != nil, first != nil || ends[0].isEmpty, last != nil || ends[1].isEmpty,
                first ?? 0 <= last ?? .max
            else { return nil }
        }

        /// The part of a file of `count` bytes; nil when that has none of it.
        func clamped(to count: Int) -> Range<Int>? {
            guard let first else {
                let length = min(last ?? 0, count)
                return length > 0 ? count - length..<count : nil
            }
            guard first < count else { return nil }
            return first..<min(last ?? .max - 1, count - 1) + 1
        }
    }
#endif
