import FleetCSV

/// Refuses texts that would cost a YAML parser too much, before it sees them: libyaml nests a thousand levels,
/// and each level of aliases multiplies. Looks at characters only, so its bounds leave room for text that
/// happens to hold them.
enum YAMLLimits {
    /// Brackets and braces open at once.
    private static let openLimit = 16
    /// Characters that can open levels (spaces, `-`, `?`, `:`) at the start of a line.
    private static let indentLimit = 128
    /// `?` among them: Yams compares keys by value, level by level.
    private static let keyLimit = 4
    /// How many times its size a file may become through aliases.
    private static let growthLimit = 1000.0

    static func problem(in text: String) -> TargetProblem? {
        if text.utf8.count > TargetFile.sizeLimit {
            return TargetProblem(.tooLarge(limit: TargetFile.sizeLimit), at: .start)
        }
        return scan(text) ?? aliasProblem(text)
    }

    private static func scan(_ text: String) -> TargetProblem? {
        var position = SourcePosition.start
        var open = 0
        var isIndent = true
        var keys = 0
        var previous: UnicodeScalar = "\n"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "[", "{": open += 1
            case "]", "}": open = max(0, open - 1)
            default: break
            }
            if isIndent, !" -?:\t".unicodeScalars.contains(scalar) { isIndent = false }
            if isIndent, scalar == "?" { keys += 1 }
            if open > openLimit || keys > keyLimit || (isIndent && position.column > indentLimit) {
                return TargetProblem(.tooDeep, at: position)
            }
            if !isAllowed(scalar) { return TargetProblem(.controlCharacter(scalar), at: position) }
            if scalar == "\n" || previous == "\r" {
                position = SourcePosition(line: position.line + 1, column: scalar == "\n" ? 1 : 2)
                isIndent = true
                keys = 0
            } else {
                position.column += 1
            }
            previous = scalar
        }
        return nil
    }

    /// The characters that libyaml takes.
    private static func isAllowed(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF:
            scalar != "\u{FEFF}"
        default: false
        }
    }

    /// With n anchors and m aliases a file grows at most (m/n + 1)ⁿ times.
    private static func aliasProblem(_ text: String) -> TargetProblem? {
        var anchors = 0
        var aliases = 0
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if isNameByte(byte) {
                if previous == UInt8(ascii: "&") { anchors += 1 }
                if previous == UInt8(ascii: "*") { aliases += 1 }
            }
            previous = byte
        }
        var growth = 1.0
        for _ in 0..<anchors where growth <= growthLimit {
            growth *= Double(aliases) / Double(anchors) + 1
        }
        return growth > growthLimit ? TargetProblem(.tooManyAliases, at: .start) : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
