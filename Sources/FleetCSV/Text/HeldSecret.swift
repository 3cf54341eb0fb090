/// What makes a text of a user's sheet or target a secret, which a job must not keep.
package enum HeldSecret: Hashable, Sendable {
    /// It quotes one that this run has from elsewhere.
    case known
    /// A private key or a client secret, whoever's it is.
    case key

    /// What is wrong and what to do; without the text.
    /// `column`: nil for a text that is no cell below a header.
    package func message(column: String?) -> String {
        let place = column.map { "the column \(Excerpt.of($0))" } ?? "this text"
        return switch self {
        case .known:
            "\(place) holds a secret that this run reads from elsewhere, and a job keeps every text; take it out "
                + "(a target names a secret as ${env:NAME} or ${file:PATH})"
        case .key:
            "\(place) holds a private key or a client secret, and a job keeps every text; take it out (a target names "
                + "a secret as ${env:NAME} or ${file:PATH})"
        }
    }

    /// Of fewer bytes nothing can be told to be a key.
    private static let shortestKey = 26
    private static let clientSecretPrefix = "mdb_sa_sk_"

    /// Whether a text plainly holds a key: PEM, a Google key file, either in base64, or a client secret of Atlas's.
    package static func isKey(_ text: String) -> Bool {
        guard text.utf8.count >= shortestKey else { return false }
        if holdsKey(text) { return true }
        // As Terraform gives a Google key file.
        let digits = text.filter { !$0.isWhitespace }
        guard digits.utf8.count >= 100, let bytes = base64(digits) else { return false }
        return holdsKey(String(decoding: bytes, as: UTF8.self))
    }

    private static func holdsKey(_ text: String) -> Bool {
        if text.contains("PRIVATE KEY-----") { return true }
        if text.contains("private_key"),
            text.firstMatch(of: /private_key\\*["']\s*:\s*\\*["'][^"'\\]{16}/) != nil
        {
            return true
        }
        guard let start = text.firstRange(of: clientSecretPrefix)?.upperBound else { return false }
        let rest = text[start...].utf8.prefix { byte in
            UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80 || byte &- 0x30 < 10
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        return rest.count >= shortestKey - clientSecretPrefix.utf8.count
    }

    /// nil for what has other characters in it.
    private static func base64(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, held): (UInt32, Int) = (0, 0)
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case 0x41...0x5A: digit = byte - 0x41
            case 0x61...0x7A: digit = byte - 0x61 + 26
            case 0x30...0x39: digit = byte - 0x30 + 52
            case 0x2B, 0x2D: digit = 62
            case 0x2F, 0x5F: digit = 63
            case 0x3D: continue
            default: return nil
            }
            bits = bits << 6 | UInt32(digit)
            held += 6
            guard held >= 8 else { continue }
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
        }
        return bytes
    }
}
