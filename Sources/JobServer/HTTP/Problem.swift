#if Service
    import Foundation
    import HTTPTypes
    import Hummingbird
    import JobRunner
    import NIOCore

    /// An error as the client is told it: problem details of RFC 9457.
    struct Problem: Error {
        let status: HTTPResponse.Status
        /// A name that programs tell it by.
        let name: String
        let title: String
        let detail: String
        var headers = HTTPFields()
        /// Of a failure of the host, what its log is told of it.
        private(set) var cause: String?

        init(_ status: HTTPResponse.Status, _ name: String, _ title: String, _ detail: String) {
            self.status = status
            self.name = name
            self.title = title
            self.detail = detail
        }

        /// The call is not one of the API.
        static func invalid(_ detail: String) -> Problem {
            Problem(.badRequest, "invalid", "The call or its input is wrong", detail)
        }

        /// The problem that an error is. What is not known to be fit for clients is not told to them.
        init(_ error: any Error) {
            switch error {
            case let problem as Problem: self = problem
            case let error as HostError: self.init(host: error)
            case let error as HTTPError where error.status == .notFound:
                self.init(.notFound, "not-found", "There is no such object", "nothing is at this address")
            case let error as HTTPError:
                self.init(
                    error.status, "http-\(error.status.code)", error.status.reasonPhrase,
                    error.body ?? error.status.reasonPhrase)
            default:
                self.init(.internalServerError, "failed", "The host failed", "the host failed; see its log")
                // The texts of errors that are not ours may hold anything.
                cause = String(describing: type(of: error))
            }
        }

        private init(host error: HostError) {
            let (status, title): (HTTPResponse.Status, String) =
                switch error.reason {
                case .notFound: (.notFound, "There is no such object")
                case .unauthenticated: (.unauthorized, "No valid access token")
                case .forbidden: (.forbidden, "The role does not allow it")
                case .invalid: (.unprocessableContent, "The call or its input is wrong")
                case .conflict: (.conflict, "It does not go with the state of the object")
                case .tooLarge: (.contentTooLarge, "Too large")
                case .quotaExceeded: (.tooManyRequests, "A limit is reached")
                case .storageFull: (.init(code: 507, reasonPhrase: "Insufficient Storage"), "The host's disk is full")
                case .damaged: (.internalServerError, "Stored bytes are damaged")
                case .draining: (.serviceUnavailable, "The host is about to stop")
                case .failed: (.internalServerError, "The host failed")
                }
            self.init(status, Self.name(error.reason), title, error.message)
            if status.code >= 500 { cause = error.message }
            switch error.reason {
            case .unauthenticated: headers[.wwwAuthenticate] = "Bearer"
            case .quotaExceeded, .storageFull: headers[.retryAfter] = "60"
            case .draining: headers[.retryAfter] = "10"
            default: break
            }
        }

        /// `notFound` as `not-found`.
        private static func name(_ reason: HostError.Reason) -> String {
            reason.rawValue.map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
        }

        var response: Response {
            let (status, headers, body) = message
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
        }

        /// The parts of the answer.
        var message: (status: HTTPResponse.Status, headers: HTTPFields, body: ByteBuffer) {
            let item = ProblemItem(
                type: "urn:massspecfhe:problem:\(name)", title: title, status: status.code, detail: detail)
            let body = (try? WireJSON.encode(item)) ?? Data()
            var headers = headers
            headers[.contentType] = "application/problem+json"
            return (status, headers, ByteBuffer(bytes: body))
        }
    }
#endif
