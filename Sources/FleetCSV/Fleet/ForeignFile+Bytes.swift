// By the first bytes: what is no UTF-8 text at all, or markup.
extension ForeignFile {
    /// How much of a file is looked at.
    static let sampleSize = 1 << 15

    private static let signatures: [([UInt8], ForeignFile)] = [
        ([0xFF, 0xFE, 0x00, 0x00], .utf32), ([0x00, 0x00, 0xFE, 0xFF], .utf32), ([0xFF, 0xFE], .utf16),
        ([0xFE, 0xFF], .utf16), ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x50, 0x4B, 0x05, 0x06], .zip),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .oldExcel), ([0x1F, 0x8B], .compressed("gzip")),
        (Array("BZh".utf8), .compressed("bzip2")), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], .compressed("xz")),
        ([0x28, 0xB5, 0x2F, 0xFD], .compressed("zstd")), ([0x37, 0x7A, 0xBC, 0xAF], .compressed("7-Zip")),
        ([0x04, 0x22, 0x4D, 0x18], .compressed("lz4")), (Array("%PDF-".utf8), .pdf),
        (Array("{\\rtf".utf8), .richText), (Array("SQLite format 3\0".utf8), .database),
    ]

    package static func of(bytes: some RandomAccessCollection<UInt8>) -> ForeignFile? {
        for (signature, kind) in signatures where bytes.starts(with: signature) { return kind }
        if isUTF16WithoutMark(bytes.prefix(256)) { return .utf16 }
        var text = bytes[...]
        if text.starts(with: Byte.mark) { text = text.dropFirst(Byte.mark.count) }
        text = text.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let next = text.dropFirst().first ?? 0
        let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "z")).contains(next)
        if text.first == UInt8(ascii: "<"), isLetter || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
        {
            return .markup
        }
        return nil
    }

    /// Every other byte of ASCII in UTF-16 is NUL.
    private static func isUTF16WithoutMark(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        var counts = [0, 0]
        for (index, byte) in bytes.enumerated() where byte == Byte.nul { counts[index & 1] += 1 }
        let (most, least) = (max(counts[0], counts[1]), min(counts[0], counts[1]))
        return bytes.count >= 8 && most * 3 >= bytes.count && least * 10 <= most
    }
}
