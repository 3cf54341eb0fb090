import FleetCSV

/// What a CSV says, as plain values to compare.
enum CSVFact: Hashable {
    case record([String], [SourcePosition])
    case problem(CSVProblem)

    init(_ event: CSVTokenizer.Event) {
        switch event {
        case .record(let record): self = .record((0..<record.count).map { record[$0] }, record.positions)
        case .problem(let problem): self = .problem(problem)
        }
    }

    /// What the tokenizer makes of the bytes, fed in pieces of that many.
    static func tokenized(_ bytes: [UInt8], pieces: Int = .max) -> [CSVFact] {
        var cut: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            cut.append(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
        }
        return tokenized(cut)
    }

    /// What it makes of these pieces, one after the other.
    static func tokenized(_ pieces: [ArraySlice<UInt8>]) -> [CSVFact] {
        var tokenizer = CSVTokenizer()
        var facts: [CSVFact] = []
        for piece in pieces { tokenizer.feed(Array(piece)) { facts.append(CSVFact($0)) } }
        tokenizer.finish { facts.append(CSVFact($0)) }
        return facts
    }
}

/// The slow and obviously right reader: the whole file in memory, one field after the other, every place counted
/// from the start of the file. For valid UTF-8 without NUL.
struct CSVReference {
    private let bytes: [UInt8]
    private var index = 0
    private var facts: [CSVFact] = []

    static func read(_ bytes: [UInt8]) -> [CSVFact] {
        var reader = CSVReference(bytes: bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
        while reader.index < bytes.count { reader.readLine() }
        return reader.facts
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func readLine() {
        if takeLineEnd() { return }
        var fields: [String] = []
        var positions: [SourcePosition] = []
        while true {
            positions.append(position(of: index))
            guard let field = at("\"") ? quotedField() : plainField() else { return }
            fields.append(field)
            if index == bytes.count || takeLineEnd() {
                facts.append(.record(fields, positions))
                return
            }
            if at("\r") { return skip(.loneCarriageReturn) }
            index += 1
        }
    }

    private mutating func quotedField() -> String? {
        let start = index
        var content: [UInt8] = []
        index += 1
        while index < bytes.count {
            if at("\"") {
                index += 1
                if !at("\"") {
                    if index == bytes.count || at(",") || at("\r") || at("\n") { return text(content) }
                    skip(.textAfterQuote)
                    return nil
                }
            }
            content.append(bytes[index])
            index += 1
        }
        facts.append(.problem(CSVProblem(.unterminatedQuote, at: position(of: start))))
        return nil
    }

    private mutating func plainField() -> String? {
        var content: [UInt8] = []
        while index < bytes.count, !at(","), !at("\r"), !at("\n") {
            if at("\"") {
                skip(Self.strayQuote(after: text(content)))
                return nil
            }
            content.append(bytes[index])
            index += 1
        }
        return text(content)
    }

    private static func strayQuote(after text: String) -> CSVProblem.Kind {
        if text == "=" { return .wrappedQuote(.formula) }
        if text.lowercased() == "objectid(" { return .wrappedQuote(.objectID) }
        let isSpace = text.unicodeScalars.allSatisfy { $0 == " " || $0 == "\t" }
        return isSpace ? .wrappedQuote(.space) : .strayQuote
    }

    private mutating func takeLineEnd() -> Bool {
        if at("\n") {
            index += 1
            return true
        }
        if at("\r"), index + 1 < bytes.count, bytes[index + 1] == 10 {
            index += 2
            return true
        }
        return false
    }

    private mutating func skip(_ kind: CSVProblem.Kind) {
        facts.append(.problem(CSVProblem(kind, at: position(of: index))))
        while index < bytes.count, !at("\n") { index += 1 }
        index += 1
    }

    private func at(_ character: UnicodeScalar) -> Bool {
        index < bytes.count && bytes[index] == UInt8(ascii: character)
    }

    private func text(_ content: [UInt8]) -> String { String(decoding: content, as: UTF8.self) }

    private func position(of index: Int) -> SourcePosition {
        var before = bytes[..<index]
        if before.starts(with: [0xEF, 0xBB, 0xBF]) { before = before.dropFirst(3) }
        let line = before.count { $0 == 10 } + 1
        let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? before.startIndex
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return SourcePosition(line: line, column: column)
    }
}
