import Harness
import Testing

@Suite("Rows and files of results")
struct RowTests {
    private var row: Row {
        var row = Row("ntt.forward")
        row["backend"] = .text("a \"quoted\" name/with\nlines")
        row["threads"] = .integer(2)
        row["lazy"] = .flag(true)
        row["features"] = .texts(["one", "two"])
        row["ratio"] = .number(0.125)
        row.set(Timing(nanoseconds: 1234.5, medianNanoseconds: 1e9, samples: 7, spread: 0.01))
        return row
    }

    @Test("a row survives its JSON")
    func roundTrip() throws {
        let copy = try #require(Row(json: row.json))
        #expect(copy.fields.count == row.fields.count)
        for field in row.fields {
            // JSON knows one kind of number.
            if let number = row.number(field.name) {
                #expect(copy.number(field.name) == number)
            } else {
                #expect(copy[field.name] == field.value, "\(field.name)")
            }
        }
        #expect(copy.identity == row.identity)
    }

    @Test("what is not finite is left out")
    func infinity() throws {
        var row = row
        row["spread"] = .number(.infinity)
        #expect(try #require(Row(json: row.json))["spread"] == nil)
    }

    @Test("figures do not change what a row is about, parameters do")
    func identity() {
        var (figure, parameter) = (row, row)
        figure["ratio"] = .number(7)
        parameter["n"] = .integer(4096)
        #expect(figure.identity == row.identity)
        #expect(parameter.identity != row.identity)
    }

    @Test(
        "what is no result is refused",
        arguments: [
            "", "{}", "no JSON", "[1]", #"{"name": "ntt.forward"}"#, #"{"name": "machine", "nested": {}}"#,
            "{\"name\": \"machine\"}\n{\"name\": \"x\", \"n\": 1}\n{\"name\": \"x\", \"n\": 1}",
        ])
    func refusal(text: String) {
        #expect(throws: UsageError.self) { try ResultFile(text: text, path: "results") }
    }
}
