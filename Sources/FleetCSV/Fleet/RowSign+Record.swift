extension RowSign {
    /// What a row of the wrong length shows; nil: nothing that has a name.
    init?(_ record: CSVRecord, expected: Int, separator: Unicode.Scalar) {
        let first = record[0].unicodeScalars
        if record.count == 1 {
            if first.elementsEqual(["\u{1A}"]) { self = .endMark; return }
            if record[0].trimmedOfBlanks.isEmpty, let blank = first.first { self = .blank(blank); return }
            if first.first == "(", record[0].hasSuffix(" rows)") || record[0] == "(1 row)" {
                self = .footer; return
            }
        }
        if first.first == "#" || record[0].hasPrefix("//") || record[0].hasPrefix("--") {
            self = .comment; return
        }
        if (0..<min(record.count, 20)).contains(where: { HeaderSpelling.isID(record[$0]) }) {
            self = .header; return
        }
        let cells = (0..<min(record.count, 50)).map { record[$0].unicodeScalars }
        if let quote = cells.lazy.compactMap({ $0.first(where: OddCharacter.isSmartQuote) }).first {
            self = .smartQuote(quote)
            return
        }
        if record.count == 1, first.contains(separator) {
            self = .quotedRow
            return
        }
        if record.count == 1,
            let mark = first.first(where: { $0 == ";" || $0 == "\t" || $0 == "|" || $0 == "," })
        {
            self = .separator(mark)
            return
        }
        if record.count > expected, (expected..<record.count).allSatisfy({ record.bytes(of: $0).isEmpty }) {
            self = .emptyCells
            return
        }
        if record.count > expected, Self.isCutNumber(record) {
            self = .thousands
            return
        }
        return nil
    }

    /// `599,123,456,789,…`: three cells of three digits and more in a row, behind one of one to three.
    private static func isCutNumber(_ record: CSVRecord) -> Bool {
        var run = 0
        for index in 0..<min(record.count, 50) {
            let bytes = record.bytes(of: index)
            let isGroup = (1...3).contains(bytes.count) && bytes.allSatisfy { (0x30...0x39).contains($0) }
            run = isGroup && (run == 0 || bytes.count == 3) ? run + 1 : 0
            if run > 3 { return true }
        }
        return false
    }
}
