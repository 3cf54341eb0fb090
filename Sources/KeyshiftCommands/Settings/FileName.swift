import ArgumentParser

/// Names of files on the command line. What can be no file's name (an unset variable, a folder) is refused there,
/// before anything is read, written or sent.
enum FileName {
    /// A file that is read or written by its name.
    static func file(_ text: String) throws -> String {
        guard text != "-" else {
            throw ValidationError(
                "a file is needed here, not standard input or output; for one of that name give ./-")
        }
        return try named(text)
    }

    /// A sheet or an output: `-` is standard input or output.
    static func orStandard(_ text: String) throws -> String { try text == "-" ? text : named(text) }

    private static func named(_ text: String) throws -> String {
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("a name without a letter (an unset variable?) is no file's; give one")
        }
        let last = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !["", ".", ".."].contains(last) else {
            throw ValidationError("that names a folder; give the name of a file in it")
        }
        return text
    }
}
