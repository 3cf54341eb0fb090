import FleetCSV
import Foundation
import JobRunner
import MigrationCore
import Reporting

/// NAME=value lines with the same names as the environment's, as shells and Windows write them: LF, CRLF or CR, a byte
/// order mark, `export` in front, spaces around `=`. `#` begins a comment line.
enum CredentialsFile {
    static let sizeLimit = 65_536

    /// Whether a text has a line of one, as far as its beginning shows.
    static func isOne(_ start: [UInt8]) -> Bool {
        lines(of: String(decoding: start.prefix(sizeLimit), as: UTF8.self)).contains { line in
            assignment(line).map { Connection.Name.all.contains($0.name) } ?? false
        }
    }

    /// Only what the file sets.
    /// - Throws: `CommandError` 78 for a file that can't be read, is open to others, or holds anything else. No message
    ///   shows what stands in the file: it may hold a secret under a mistyped name.
    static func read(_ path: String) throws -> [String: String] {
        let bytes: [UInt8]
        do {
            bytes = try InputFile.start(of: path, for: .credentials, count: sizeLimit + 1)
        } catch {
            throw refusal(path, error)
        }
        guard bytes.count <= sizeLimit else {
            throw CommandError(
                .environment, "\(path): the credentials file is over \(sizeLimit) bytes; give the right one.")
        }
        if [[0xFF, 0xFE], [0xFE, 0xFF]].contains(where: { bytes.starts(with: $0) }) || bytes.contains(0) {
            throw CommandError(
                .environment,
                "\(path): the credentials file is UTF-16 or no text; save it as UTF-8 (PowerShell: -Encoding utf8)."
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(
                .environment, "\(path): the credentials file is not UTF-8 text; save it as UTF-8.")
        }
        return try values(in: text, path)
    }

    private static func values(in text: String, _ path: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for (index, line) in lines(of: text).enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            func refused(_ message: Prose) -> CommandError {
                CommandError(.environment, "\(path):\(index + 1): \(message)")
            }
            guard let (name, value) = assignment(line), Connection.Name.all.contains(name) else {
                throw refused(
                    "not one of the MONGODB_ATLAS_… names with a value; write NAME=value, or take the line out."
                )
            }
            if value.isEmpty { throw refused("\(name) has no value; write one, or take the line out.") }
            if value.unicodeScalars.contains(where: {
                "\"'`".unicodeScalars.contains($0) || OddCharacter.isSmartQuote($0)
            }) {
                throw refused("the value of \(name) stands in quotes or holds one; write it without.")
            }
            if let blank = value.unicodeScalars.first(where: { $0.properties.isWhitespace || isInvisible($0) }
            ) {
                let number = "U+" + String(repeating: "0", count: max(0, 4 - hex(blank).count)) + hex(blank)
                throw refused(
                    "the value of \(name) holds white space (\(number)); take it out. A comment has its own line."
                )
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw refused("\(name) is given twice; keep one of the lines.")
            }
        }
        guard !values.isEmpty else {
            throw CommandError(
                .environment,
                "\(path): the credentials file sets none of the MONGODB_ATLAS_… names; write NAME=value lines into it."
            )
        }
        return values
    }

    /// Without white space at their ends. By scalars: to Swift CRLF is one `Character`, which is no line feed.
    private static func lines(of text: String) -> [String] {
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        var lines: [String.UnicodeScalarView] = [String.UnicodeScalarView()]
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\n" where index > 0 && scalars[index - 1] == "\r": continue
            case "\n", "\r": lines.append(String.UnicodeScalarView())
            default: lines[lines.count - 1].append(scalar)
            }
        }
        return lines.map { trimmed(String($0)) }
    }

    private static func assignment(_ line: String) -> (name: String, value: String)? {
        var line = line
        for blank in [" ", "\t"] where line.hasPrefix("export" + blank) {
            line = trimmed(String(line.dropFirst(7)))
        }
        let parts = line.unicodeScalars.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (trimmed(String(parts[0])), trimmed(String(parts[1])))
    }

    /// Without spaces and tabs around it; any other white space there is a mistake to tell.
    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: CharacterSet(charactersIn: " \t"))
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .format
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        String(scalar.value, radix: 16, uppercase: true)
    }

    private static func refusal(_ path: String, _ error: InputFile.Unreadable) -> CommandError {
        let file = ShellWord.quoted(path)
        return switch error.cause {
        case .readableByOthers, .writableByOthers:
            CommandError(
                .environment,
                "\(path): others can read or write the credentials file; nothing was sent. Run `chmod 600 \(file)`."
            )
        case .foreign(let owner):
            CommandError(
                .environment,
                "\(path): the credentials file belongs to another user (id \(owner)); nothing was sent. "
                    + "Make a copy of your own that only you can read.")
        case .system, .notRegular, .device, .noWriter:
            CommandError(
                .environment,
                "\(path): the credentials file can't be read: \(error.detail); nothing was sent.")
        }
    }
}
