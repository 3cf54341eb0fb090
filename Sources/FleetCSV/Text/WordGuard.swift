/// Keeps a text that reads as no value (`null`, `#N/A`, blanks) a text: projects may be called anything.
///
/// Such a cell is written with one `'` in front. Read, it stays as it is, so that a sheet that is written again still
/// tells it from a bare `null`, which is an error; what uses the cell asks for its value.
package enum WordGuard {
    package static func added(to text: String) -> String { isLike(text[...]) ? "'" + text : text }

    /// What a cell stands for.
    package static func value(of cell: String) -> String {
        guard cell.utf8.first == UInt8(ascii: "'") else { return cell }
        // By bytes: `'` and a combining mark after it are one `Character`.
        let rest = String(decoding: cell.utf8.dropFirst(), as: UTF8.self)
        return isLike(rest[...]) ? rest : cell
    }

    /// Any number of `'`, then what is unusable: so that reading undoes writing.
    private static func isLike(_ text: Substring) -> Bool {
        var bare = String.UnicodeScalarView()
        bare.append(contentsOf: text.unicodeScalars.drop { $0 == "'" })
        return UnusableCell(String(bare)) != nil
    }
}
