extension EncodedText {
    /// The text without tags and comments of HTML or XML, as in `abc<wbr>def<!-- x -->`; nil when there are none.
    static func withoutTags(_ text: [UInt8]) -> [UInt8]? {
        text.withUnsafeBufferPointer { text in
            guard var index = text.firstIndex(of: UInt8(ascii: "<")) else { return nil }
            var result = Array(text[..<index])
            result.reserveCapacity(text.count)
            let whole = text.count
            // Where the next ones are, so that each is searched for once; the end when there are none.
            var (tagEnd, commentEnd) = (0, 0)
            while index < whole {
                guard text[index] == UInt8(ascii: "<"), index + 1 < whole, begins(text[index + 1]) else {
                    result.append(text[index])
                    index += 1
                    continue
                }
                if text[(index + 1)...].starts(with: "!--".utf8) {
                    if commentEnd < index + 4 { commentEnd = endOfComment(text, from: index + 4) }
                    if commentEnd <= whole {
                        index = commentEnd
                        continue
                    }
                }
                if tagEnd <= index {
                    tagEnd = text[index...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? whole + 1
                }
                guard tagEnd <= whole else {
                    result += text[index...]
                    break
                }
                index = tagEnd
            }
            return result.count < text.count ? result : nil
        }
    }

    /// After `<`: a name, `/`, `!` or `?`.
    private static func begins(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || [0x2F, 0x21, 0x3F].contains(byte)
    }

    /// After the next `-->`.
    private static func endOfComment(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index + 2 < text.count {
            if text[index] == 0x2D, text[index + 1] == 0x2D, text[index + 2] == 0x3E { return index + 3 }
            index += 1
        }
        return .max
    }
}
