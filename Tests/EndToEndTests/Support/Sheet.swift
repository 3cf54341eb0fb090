import Testing

/// A CSV that a test reads by its own simple means: quotes and CRLF, nothing else.
struct Sheet {
    var header: [String]
    var rows: [[String: String]]

    init(_ text: String) throws {
        var records = Self.records(text)
        header = try #require(records.isEmpty ? nil : records.removeFirst())
        let header = header
        rows = records.map { record in
            Dictionary(zip(header, record.map(Self.unguarded))) { first, _ in first }
        }
    }

    /// Takes off the `'` that keeps a spreadsheet from reading a formula.
    private static func unguarded(_ cell: String) -> String {
        guard cell.hasPrefix("'"), let first = cell.drop(while: { $0 == "'" }).first,
            "=+-@\t\r".contains(first)
        else { return cell }
        return String(cell.dropFirst())
    }

    private static func records(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var cell = String.UnicodeScalarView()
        var isQuoted = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"" where isQuoted && rest.first == "\"": cell.append(rest.removeFirst())
            case "\"": isQuoted.toggle()
            case "," where !isQuoted, "\n" where !isQuoted:
                record.append(String(cell))
                cell = .init()
                if scalar == "\n" {
                    records.append(record)
                    record = []
                }
            case "\r" where !isQuoted: continue
            default: cell.append(scalar)
            }
        }
        return records
    }
}
