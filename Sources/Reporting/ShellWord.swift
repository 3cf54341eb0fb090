/// One word of a command that a person may paste into a shell.
package enum ShellWord {
    /// The word itself where it is harmless, else between single quotes (POSIX shell, section 2.2.2).
    ///
    /// It is always one line that is safe for a terminal: a word with a control or a format character comes as
    /// `$'…'`, with each byte of it in octal (POSIX.1-2024, section 2.2.4; bash and zsh have long known it).
    package static func quoted(_ word: String) -> String {
        // `keyshift resume -x` would be an option.
        if word.utf8.first == UInt8(ascii: "-") { return quoted("./" + word) }
        if !word.isEmpty, word.utf8.allSatisfy(isPlain) { return word }
        let isSafe = !word.unicodeScalars.contains(where: TerminalText.isUnsafe)
        var quoted = isSafe ? "'" : "$'"
        for scalar in word.unicodeScalars { quoted += isSafe ? plain(scalar) : escaped(scalar) }
        return quoted + "'"
    }

    private static func plain(_ scalar: Unicode.Scalar) -> String {
        scalar == "'" ? "'\\''" : String(scalar)
    }

    /// Octal, since three digits end by themselves; a hex escape would take a digit of the text along.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "'", "\\": return "\\" + String(scalar)
        case _ where TerminalText.isUnsafe(scalar):
            return String(scalar).utf8.map { byte in
                let digits = String(byte, radix: 8)
                return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }.joined()
        default: return String(scalar)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
