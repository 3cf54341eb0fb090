/// A Swift source file taken apart: code without comments and literals, and the literals, each by line.
///
/// A heuristic lexer: it knows comments (nested ones too), all string literals and interpolation, but no regex literals.
struct SwiftText {
    struct Literal {
        /// Of its first character; 1 for the first line.
        var line: Int
        var text: String
    }

    /// The file's lines with comments and the insides of literals left out.
    private(set) var code: [String] = [""]
    private(set) var literals: [Literal] = []

    private enum Mode {
        /// `parentheses` open ones; the code of an interpolation ends when there is one too many closed.
        case code(parentheses: Int, isInterpolation: Bool)
        case string(hashes: Int, isMultiline: Bool)
    }

    private var modes: [Mode] = [.code(parentheses: 0, isInterpolation: false)]
    private var rest: Substring.UnicodeScalarView
    private var literal: Literal?

    init(_ text: String) {
        rest = text[...].unicodeScalars
        while let mode = modes.last, !rest.isEmpty {
            switch mode {
            case .code(let open, let isInterpolation): readCode(open, isInterpolation)
            case .string(let hashes, let isMultiline): readString(hashes, isMultiline)
            }
        }
    }

    private mutating func readCode(_ open: Int, _ isInterpolation: Bool) {
        if skipComment() || openString() { return }
        let scalar = take()
        var open = open
        if scalar == "(" { open += 1 }
        if scalar == ")" { open -= 1 }
        if isInterpolation, open == 0 {
            modes.removeLast()
            return
        }
        modes[modes.count - 1] = .code(parentheses: open, isInterpolation: isInterpolation)
        if scalar != "\n" { code[code.count - 1].unicodeScalars.append(scalar) }
    }

    private mutating func readString(_ hashes: Int, _ isMultiline: Bool) {
        let pounds = String(repeating: "#", count: hashes)
        if skip("\\\(pounds)(") {
            modes.append(.code(parentheses: 1, isInterpolation: true))
        } else if skip((isMultiline ? "\"\"\"" : "\"") + pounds) || (!isMultiline && rest.first == "\n") {
            modes.removeLast()
            if let literal { literals.append(literal) }
            literal = nil
            code[code.count - 1] += "\""
        } else {
            let isEscape = rest.first == "\\" && hashes == 0
            for _ in 0..<(isEscape && rest.count > 1 ? 2 : 1) {
                let scalar = take()
                literal?.text.unicodeScalars.append(scalar)
            }
        }
    }

    private mutating func openString() -> Bool {
        let hashes = rest.prefix { $0 == "#" }.count
        let after = rest.dropFirst(hashes)
        guard after.first == "\"" else { return false }
        let isMultiline = after.starts(with: "\"\"\"".unicodeScalars)
        rest = after.dropFirst(isMultiline ? 3 : 1)
        modes.append(.string(hashes: hashes, isMultiline: isMultiline))
        // A literal inside an interpolation belongs to the outer one.
        literal = literal ?? Literal(line: code.count, text: "")
        code[code.count - 1] += "\""
        return true
    }

    private mutating func skipComment() -> Bool {
        if skip("//") {
            while let next = rest.first, next != "\n" { _ = take() }
            return true
        }
        guard skip("/*") else { return false }
        var depth = 1
        while depth > 0, !rest.isEmpty {
            if skip("/*") {
                depth += 1
            } else if skip("*/") {
                depth -= 1
            } else {
                _ = take()
            }
        }
        return true
    }

    private mutating func skip(_ text: String) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest = rest.dropFirst(text.unicodeScalars.count)
        return true
    }

    private mutating func take() -> Unicode.Scalar {
        let scalar = rest.removeFirst()
        if scalar == "\n" { code.append("") }
        return scalar
    }
}
