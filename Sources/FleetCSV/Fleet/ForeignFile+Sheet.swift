// By the first lines of a text that should be a fleet CSV.
extension ForeignFile {
    package static let separators: [Unicode.Scalar] = [",", ";", "\t", "|"]
    private static let linesLookedAt = 40

    /// What the beginning of a file is instead of a fleet CSV with that separator, and where one sees it; nil when it
    /// is one, or is nothing that has a name here.
    static func of(sheet sample: [UInt8], separator: Unicode.Scalar) -> CSVProblem? {
        if let kind = of(bytes: sample) { return CSVProblem(.foreign(kind), at: .start) }
        let lines = self.lines(of: sample)
        guard let first = lines.first else { return nil }
        // What names its id column is a CSV; the rest of its mistakes have places of their own.
        let cells = fields(first.text, separator)
        if let mark = Mojibake.mark(beginning: first.text) { return at(first.line, .mojibake(mark)) }
        if cells.contains(where: HeaderSpelling.isBareID) {
            return hasOnlyCarriageReturns(sample) ? CSVProblem(.foreign(.macLines), at: .start) : nil
        }
        let language = language(of: lines.map(\.text))
        // Before what begins with the same marks: comments, JSON, tables.
        let isMarked = ["Markdown", "a settings file (INI)", "a template"].contains(language)
        if let language, isMarked || first.text.hasPrefix("#") {
            return at(first.line, .program(language))
        }
        if let kind = byBeginning(first.text) { return at(first.line, kind) }
        if hasOnlyCarriageReturns(sample), cells.contains(where: HeaderSpelling.isID) {
            return CSVProblem(.foreign(.macLines), at: .start)
        }
        if let other = separators.first(where: { other in
            other != separator && fields(first.text, other).contains(where: HeaderSpelling.isBareID)
        }) {
            return at(first.line, .separators(other))
        }
        if let language { return at(first.line, .program(language)) }
        if isRule(first.text), let next = lines.dropFirst().first,
            fields(next.text, "|").contains(where: HeaderSpelling.isBareID)
        {
            return at(first.line, .separators("|"))
        }
        if let header = header(below: lines) { return at(first.line, .title(header: header)) }
        return byShape(lines.map(\.text), separator).flatMap { at(first.line, $0) }
    }

    /// The upper edge of a table for people: `+----+-----+`.
    private static func isRule(_ line: String) -> Bool {
        line.contains("--") && line.unicodeScalars.allSatisfy { "+-=| ".unicodeScalars.contains($0) }
    }

    private static func at(_ line: Int, _ kind: ForeignFile) -> CSVProblem {
        CSVProblem(.foreign(kind), at: SourcePosition(line: line, column: 1))
    }

    /// By how the line begins, whatever stands further on.
    private static func byBeginning(_ line: String) -> ForeignFile? {
        let text = line.trimmedOfBlanks
        let bare = text.hasPrefix("\"") ? String(text.unicodeScalars.dropFirst()) : text
        if bare.lowercased().hasPrefix("sep="), bare.unicodeScalars.count <= 6 {
            // A tab there is white space too.
            return .separatorLine(line.unicodeScalars.drop { $0 != "=" }.dropFirst().first { $0 != "\"" })
        }
        if bare.hasPrefix("#TYPE") { return .powerShell }
        if bare.hasPrefix("#") { return .comment }
        if text.hasPrefix("{") || text.hasPrefix("[") { return .json }
        if text.hasPrefix("\"\\\"") { return .jsonTexts }
        if let separator = separatorOfQuotedLine(text) { return .quotedLines(separator) }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        if words.count > 1, words[0] == "ID", words.allSatisfy({ $0 == $0.uppercased() }) {
            return .atlasTable
        }
        if text.hasPrefix("keyshift:") { return .yaml }
        return isAssignment(text) ? .terraform : nil
    }

    /// What stands between the columns of a header that is one quoted field: Excel saves a sheet so that it has opened
    /// with everything in its first column.
    private static func separatorOfQuotedLine(_ line: String) -> Unicode.Scalar? {
        var scalars = Array(line.unicodeScalars)
        // The empty cells to the right of that column.
        while let last = scalars.last, separators.contains(last) { scalars.removeLast() }
        guard scalars.count > 2, scalars.removeLast() == "\"", scalars.removeFirst() == "\"" else {
            return nil
        }
        var inside = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            inside.append(scalars[index])
            if scalars[index] == "\"" {
                // A quote that is not doubled ends the field: there are others.
                guard index + 1 < scalars.count, scalars[index + 1] == "\"" else { return nil }
                index += 1
            }
            index += 1
        }
        return separators.first { separator in
            let cells = fields(String(inside), separator)
            return cells.count > 1 && cells.contains(where: HeaderSpelling.isID)
        }
    }

    /// `name = {`, `name = [`, `name = "…`.
    private static func isAssignment(_ text: String) -> Bool {
        let parts = text.split(separator: "=", maxSplits: 1).map { String($0).trimmedOfBlanks }
        guard parts.count == 2, let first = parts[1].unicodeScalars.first else { return false }
        let isName = parts[0].utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                || UnicodeScalar(byte).properties.isAlphabetic
                || (0x30...0x39).contains(byte)
        }
        return isName && (first == "{" || first == "[" || first == "\"")
    }

    /// The line of a header that stands further down, below a title.
    private static func header(below lines: [(line: Int, text: String)]) -> Int? {
        lines.dropFirst().first { line in
            separators.contains { separator in
                let cells = fields(line.text, separator)
                return cells.count > 1 && cells.contains(where: HeaderSpelling.isBareID)
                    || FleetHeader.idNames.contains(line.text)
            }
        }?.line
    }

    /// No id column in sight, by any separator.
    private static func byShape(_ lines: [String], _ separator: Unicode.Scalar) -> ForeignFile? {
        guard let line = lines.first else { return nil }
        let isRow = separators.contains { separator in
            fields(line, separator).contains { cell in
                cell.utf8.count == 24 && cell.unicodeScalars.allSatisfy { Character($0).isHexDigit }
            }
        }
        if isRow { return .noHeader }
        guard fields(line, separator).count == 1 else { return nil }
        // Two lines of as many cells are a table; a sentence or a statement is none.
        let isTable = { (other: Unicode.Scalar) in
            let cells = fields(line, other)
            let marks = { (line: String) in line.unicodeScalars.count { $0 == other } }
            return cells.count > 1 && cells.allSatisfy { !$0.trimmedOfBlanks.isEmpty }
                && lines.dropFirst().prefix(1).allSatisfy { marks($0) == marks(line) }
        }
        if let other = separators.first(where: { $0 != separator && isTable($0) }) {
            return .separators(other)
        }
        // `key: value` with nothing else in the line.
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let isKey = parts[0].utf8.allSatisfy {
            $0 == 0x5F || $0 == 0x2D || UnicodeScalar($0).properties.isAlphabetic
        }
        return parts.count == 2 && isKey && (parts[1].isEmpty || parts[1].hasPrefix(" ")) ? .yaml : nil
    }
}

// Lines and cells of the sample, roughly: what follows is judged by the tokenizer.
extension ForeignFile {
    /// The first lines with something in them.
    private static func lines(of sample: [UInt8]) -> [(line: Int, text: String)] {
        var bytes = sample[...]
        if bytes.starts(with: Byte.mark) { bytes = bytes.dropFirst(Byte.mark.count) }
        let isMac = hasOnlyCarriageReturns(sample)
        var result: [(line: Int, text: String)] = []
        var number = 0
        while !bytes.isEmpty, result.count < linesLookedAt {
            number += 1
            let end = bytes.firstIndex(of: isMac ? Byte.carriageReturn : Byte.lineFeed) ?? bytes.endIndex
            var line = bytes[..<end]
            bytes = bytes[end...].dropFirst()
            if line.last == Byte.carriageReturn { line = line.dropLast() }
            let text = String(decoding: line, as: UTF8.self)
            // Of commas only: what Excel saves for an empty row.
            if text.unicodeScalars.contains(where: { !separators.contains($0) && !OddCharacter.isBlank($0) })
            {
                result.append((number, text))
            }
        }
        return result
    }

    private static func hasOnlyCarriageReturns(_ sample: [UInt8]) -> Bool {
        sample.contains(Byte.carriageReturn) && !sample.contains(Byte.lineFeed)
    }

    private static func fields(_ line: String, _ separator: Unicode.Scalar) -> [String] {
        var fields: [String] = []
        var field = String.UnicodeScalarView()
        var isQuoted = false
        for scalar in line.unicodeScalars {
            switch scalar {
            case "\"": isQuoted.toggle()
            case separator where !isQuoted:
                fields.append(String(field))
                field.removeAll()
            default: field.append(scalar)
            }
        }
        return fields + [String(field)]
    }
}
