/// One word of a command that a person may paste into a shell.
package enum ShellWord {
    /// The word itself where it is harmless, else between single quotes (POSIX shell, section 2.2.2).
    package static func quoted(_ word: String) -> String {
        // `keyshift resume -x` would be an option.
        if word.utf8.first == UInt8(ascii: "-") { return quoted("./" + word) }
        if !word.isEmpty, word.utf8.allSatisfy(isPlain) { return word }
        var quoted = "'"
        for scalar in word.unicodeScalars {
            if scalar == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(scalar) }
        }
        return quoted + "'"
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
