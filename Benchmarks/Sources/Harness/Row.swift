import Foundation

/// A value of a row.
package enum Value: Sendable, Equatable {
    case text(String)
    case texts([String])
    case flag(Bool)
    case integer(Int)
    case number(Double)
}

/// One line of results: what was measured, and what came out. Fields keep the order in which they were set.
package struct Row: Sendable {
    package private(set) var fields: [(name: String, value: Value)] = []

    /// The fields that say what was measured. Two rows that agree in all of them can be compared; everything
    /// else is a figure.
    package static let parameterNames = [
        "name", "backend", "threads", "n", "primeBits", "lazy", "terms", "rows", "dimension", "columns",
        "logQ", "streamBytes", "rowBits", "primes", "specialPrimes", "targets", "logQP", "object", "queries", "preset",
        "aPart", "library", "memoryLimitMiB", "peer",
    ]

    package init(_ name: String) { self["name"] = .text(name) }

    package subscript(name: String) -> Value? {
        get { fields.first { $0.name == name }?.value }
        set {
            let position = fields.firstIndex { $0.name == name }
            switch (position, newValue) {
            case (let position?, let value?): fields[position].value = value
            case (let position?, nil): fields.remove(at: position)
            case (nil, let value?): fields.append((name, value))
            case (nil, nil): break
            }
        }
    }

    package var name: String { text("name") ?? "" }

    /// The text of a field, or nil when it is no text.
    package func text(_ name: String) -> String? {
        guard case .text(let text) = self[name] else { return nil }
        return text
    }

    /// The number of a field, or nil when it is no number.
    package func number(_ name: String) -> Double? { self[name]?.number }

    /// The whole number of a field, or nil when it is none.
    package func integer(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0) } }

    /// Sets the fields of a timing.
    package mutating func set(_ timing: Timing) {
        self["nanoseconds"] = .number(timing.nanoseconds)
        self["medianNanoseconds"] = .number(timing.medianNanoseconds)
        self["samples"] = .integer(timing.samples)
        self["spread"] = .number(timing.spread)
    }

    /// What was measured, in one line, such as `ntt.forward avx512 threads=1 n=8192 primeBits=49 lazy=true`.
    package var identity: String {
        Row.parameterNames.compactMap { name in
            guard let value = self[name] else { return nil }
            return ["name", "backend", "peer", "library"].contains(name)
                ? "\(value.plain)" : "\(name)=\(value.plain)"
        }.joined(separator: " ")
    }
}

extension Value {
    /// The number that the value is, if it is one.
    package var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The value for people.
    package var plain: String {
        switch self {
        case .text(let text): text
        case .texts(let texts): texts.joined(separator: " ")
        case .flag(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        }
    }
}

// MARK: JSON

extension Row {
    /// The row as one line of JSON, without the line's end.
    package var json: String {
        let members = fields.compactMap { field -> String? in
            // JSON has no infinity: what is not finite was not found out.
            if case .number(let number) = field.value, !number.isFinite { return nil }
            return "\(Value.text(field.name).json): \(field.value.json)"
        }
        return "{\(members.joined(separator: ", "))}"
    }

    /// Reads a line of JSON; nil when it is not one flat object with a name.
    package init?(json line: some StringProtocol) {
        guard let members = try? JSONDecoder().decode([String: Value].self, from: Data(line.utf8)),
            case .text(let name) = members["name"]
        else { return nil }
        self.init(name)
        // In the order of the line: reports show fields in the order in which they were written.
        let position = members.keys.reduce(into: [:]) { position, name in
            position[name] = line.range(of: "\"\(name)\":")?.lowerBound ?? line.endIndex
        }
        for (name, _) in position.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            self[name] = members[name]
        }
    }
}

extension Value: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let texts = try? container.decode([String].self) {
            self = .texts(texts)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    /// The value in JSON.
    package var json: String {
        switch self {
        case .text(let text): Value.quoted(text)
        case .texts(let texts): "[\(texts.map(Value.quoted).joined(separator: ", "))]"
        case .flag(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): Value.rounded(number)
        }
    }

    /// Six significant figures: more than any clock is good for.
    private static func rounded(_ number: Double) -> String {
        guard let short = Double(String(format: "%.6g", number)) else { return "\(number)" }
        return short.magnitude < 1e15 && short == short.rounded() ? String(Int(short)) : "\(short)"
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let data = try? encoder.encode(text) else { return "\"\"" }
        return String(decoding: data, as: UTF8.self)
    }
}
