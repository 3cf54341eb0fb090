import FleetCSV

// By the first lines of a text that should be a target file.
extension ForeignFile {
    static func of(target text: String) -> ForeignFile? {
        let lines = text.unicodeScalars.split { $0 == "\n" || $0 == "\r" }.prefix(40).map {
            String($0).trimmedOfBlanks
        }
        guard let first = lines.first(where: { !$0.isEmpty && !$0.hasPrefix("#") }) else { return nil }
        if let mark = Mojibake.mark(beginning: first) { return .mojibake(mark) }
        // A target's keys stand before a colon.
        guard !first.contains(":") else { return nil }
        if ForeignFile.separators.contains(where: { separator in
            first.unicodeScalars.split(separator: separator).contains {
                HeaderSpelling.isBareID(String($0).unquoted)
            }
        }) {
            return .sheet
        }
        let words = first.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let isName = words[0].utf8.allSatisfy {
            $0 == 0x20 || $0 == 0x5F || UnicodeScalar($0).properties.isAlphabetic
        }
        return words.count == 2 && isName ? .terraformCode : nil
    }
}

extension String {
    fileprivate var unquoted: String { replacing("\"", with: "") }
}
