extension EncodedText {
    /// A text with Unicode's tag characters (U+E0020 to U+E007E), which nobody sees, read as the ASCII that they stand
    /// for: among what can be seen, and by themselves. Empty when there are none.
    static func tagLetters(_ bytes: [UInt8]) -> [[UInt8]] {
        guard bytes.contains(0xF3) else { return [] }
        var (among, alone): ([UInt8], [UInt8]) = ([], [])
        var index = 0
        while index < bytes.count {
            guard let letter = tagLetter(bytes, index) else {
                among.append(bytes[index])
                index += 1
                continue
            }
            among.append(letter)
            alone.append(letter)
            index += 4
        }
        return alone.isEmpty ? [] : [among, alone]
    }

    /// The character of four bytes that begins there: F3 A0 80 A0 to F3 A0 81 BE.
    private static func tagLetter(_ bytes: [UInt8], _ start: Int) -> UInt8? {
        guard start + 3 < bytes.count, bytes[start] == 0xF3, bytes[start + 1] == 0xA0,
            bytes[start + 2] & 0xFE == 0x80, bytes[start + 3] & 0xC0 == 0x80
        else { return nil }
        let letter = (bytes[start + 2] & 1) << 6 | bytes[start + 3] & 0x3F
        return (0x20...0x7E).contains(letter) ? letter : nil
    }
}
