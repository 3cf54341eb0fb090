/// Where the tokenizer is. Columns come from offsets, so that plain bytes cost nothing to count.
struct CSVPlace: Sendable {
    /// Bytes of the file so far.
    var offset = 0
    /// The offset of the line's first byte.
    var lineStart = 0
    /// UTF-8 continuation bytes in the line so far: they take no column.
    var continuations = 0
    private var line = 1

    var current: SourcePosition { ahead(0) }

    /// The place before the current one, after a byte of ASCII.
    var previous: SourcePosition { ahead(-1) }

    /// The place after that many more bytes of ASCII.
    func ahead(_ bytes: Int) -> SourcePosition {
        SourcePosition(line: line, column: offset + bytes - lineStart - continuations + 1)
    }

    /// A line begins after that many more bytes.
    mutating func newLine(ahead bytes: Int = 0) {
        line += 1
        lineStart = offset + bytes
        continuations = 0
    }
}

/// Checks UTF-8 byte by byte: no overlong forms, no surrogates, nothing above U+10FFFF (Unicode 16, table 3-7).
struct UTF8Check: Sendable {
    /// Where the current sequence begins; kept by `reset`, so that the error can say it.
    var start = SourcePosition.start
    private var missing = 0
    private var range: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether no sequence is open.
    var isComplete: Bool { missing == 0 }

    mutating func reset() { missing = 0 }

    /// Takes a byte of 0x80 or above; false when it can't stand here.
    mutating func accepts(_ byte: UInt8) -> Bool {
        guard missing == 0 else {
            guard range.contains(byte) else { return false }
            missing -= 1
            range = 0x80...0xBF
            return true
        }
        range = 0x80...0xBF
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, range) = (2, 0xA0...0xBF)
        case 0xED: (missing, range) = (2, 0x80...0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, range) = (3, 0x90...0xBF)
        case 0xF4: (missing, range) = (3, 0x80...0x8F)
        case 0xF1...0xF3: missing = 3
        default: return false
        }
        return true
    }
}

/// The bytes that mean something in a CSV.
enum Byte {
    static let nul: UInt8 = 0x00
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let quote = UInt8(ascii: "\"")
    static let comma = UInt8(ascii: ",")
    /// The byte order mark in UTF-8.
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// ASCII without a meaning outside quotes.
    @inline(__always)
    static func isPlain(_ byte: UInt8, _ separator: UInt8) -> Bool {
        byte < 0x80 && byte != separator && byte != quote && byte != lineFeed && byte != carriageReturn
            && byte != nul
    }

    /// ASCII without a meaning inside quotes.
    @inline(__always)
    static func isPlainInQuotes(_ byte: UInt8) -> Bool {
        byte < 0x80 && byte != quote && byte != lineFeed && byte != nul
    }
}
