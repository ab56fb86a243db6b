#if Service
    import Foundation
    import TestSupport

    /// docs/openapi.json, as the tests ask it.
    struct OpenAPIDocument {
        private let root: [String: Any]

        init() throws {
            let data = try Data(contentsOf: SharedDatasets.package.appending(path: "docs/openapi.json"))
            root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        }

        /// An operation: `GET /v1/jobs/{id}`.
        struct Operation: Hashable {
            let method: String
            let path: String
        }

        private var paths: [String: [String: Any]] { root["paths"] as? [String: [String: Any]] ?? [:] }

        var operations: Set<Operation> {
            Set(paths.flatMap { path, item in item.keys.map { Operation(method: $0.uppercased(), path: path) } })
        }

        private func responses(_ operation: Operation) -> [String: Any] {
            let item = paths[operation.path]?[operation.method.lowercased()] as? [String: Any]
            return item?["responses"] as? [String: Any] ?? [:]
        }

        /// The statuses that an operation documents by number.
        func statuses(_ operation: Operation) -> Set<Int> { Set(responses(operation).keys.compactMap { Int($0) }) }

        /// The operation that a call is one of.
        func operation(_ method: String, _ path: String) -> Operation? {
            let path = path.split(separator: "?", maxSplits: 1)[0]
            let elements = path.split(separator: "/")
            func fits(_ pattern: String) -> Bool {
                let parts = pattern.split(separator: "/")
                for (part, element) in zip(parts, elements) {
                    if part == "{path}" { return true }
                    if !part.hasPrefix("{"), part != element { return false }
                }
                return parts.count == elements.count
            }
            return operations.first { $0.method == method && fits($0.path) }
        }

        /// What an answer does not have of what the document says; nil when it fits.
        func complaint(_ exchange: Exchange, _ operation: Operation) -> String? {
            let responses = responses(operation)
            guard let described = (responses[String(exchange.answer.status)] ?? responses["default"]) as? [String: Any]
            else { return "status \(exchange.answer.status) is not documented" }
            let content = described["content"] as? [String: Any] ?? [:]
            let type = exchange.answer.headers.first(name: "Content-Type")?.split(separator: ";").first.map(String.init)
            guard !content.isEmpty else { return exchange.answer.body.isEmpty ? nil : "there is a body" }
            // A library's card is JSON, and documented as a file.
            let media = (content[type ?? ""] ?? content["application/octet-stream"]) as? [String: Any]
            guard let schema = media?["schema"] as? [String: Any] else { return "the type is \(type ?? "missing")" }
            guard content[type ?? ""] != nil, type?.hasSuffix("json") == true else { return nil }
            guard let value = try? JSONSerialization.jsonObject(with: exchange.answer.body, options: .fragmentsAllowed)
            else { return "the body is not JSON" }
            return complaint(value, schema, at: "body")
        }

        /// What `value` does not have of `schema`: of JSON Schema, as much as the document uses.
        private func complaint(_ value: Any, _ schema: [String: Any], at place: String) -> String? {
            if let reference = schema["$ref"] as? String {
                let name = reference.split(separator: "/").last.map(String.init) ?? ""
                let schemas = (root["components"] as? [String: Any])?["schemas"] as? [String: Any]
                guard let target = schemas?[name] as? [String: Any] else { return "there is no schema \(name)" }
                return complaint(value, target, at: place)
            }
            if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") {
                return "\(place) is \(value), but must be one of \(allowed)"
            }
            switch schema["type"] as? String {
            case "object":
                guard let object = value as? [String: Any] else { return "\(place) is not an object" }
                let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
                for name in schema["required"] as? [String] ?? [] where object[name] == nil {
                    return "\(place).\(name) is missing"
                }
                for (name, value) in object {
                    guard let property = properties[name] else { return "\(place).\(name) is not documented" }
                    if let found = complaint(value, property, at: "\(place).\(name)") { return found }
                }
                return nil
            case "array":
                guard let array = value as? [Any], let items = schema["items"] as? [String: Any] else {
                    return "\(place) is not an array"
                }
                return array.lazy.compactMap { complaint($0, items, at: "\(place)[]") }.first
            case "string":
                guard let text = value as? String else { return "\(place) is not a string" }
                if let pattern = schema["pattern"] as? String,
                    text.range(of: pattern, options: .regularExpression) == nil
                {
                    return "\(place) is '\(text)', not of \(pattern)"
                }
                if schema["format"] as? String == "date-time", (try? Date(text, strategy: .iso8601)) == nil {
                    return "\(place) is '\(text)', not a time"
                }
                return nil
            case "integer", "number":
                guard let number = value as? NSNumber else { return "\(place) is not a number" }
                let minimum = (schema["minimum"] as? NSNumber)?.doubleValue ?? -.infinity
                return number.doubleValue >= minimum ? nil : "\(place) is \(number), less than \(minimum)"
            case "boolean": return value is Bool ? nil : "\(place) is not true or false"
            default: return "\(place): its schema has a type that this test does not know"
            }
        }
    }
#endif
