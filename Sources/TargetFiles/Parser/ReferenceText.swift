/// A text of the target file, cut at its references.
struct ReferenceText {
    enum Part: Hashable {
        case literal(String)
        case column(String)
        case environment(String)
        /// The path, itself with columns.
        case file([Template.Part])
    }

    typealias Flaw = TargetProblem.ReferenceFlaw

    static func parse(_ text: String) throws(Flaw) -> [Part] {
        var parser = ReferenceText(rest: text.unicodeScalars[...])
        return try parser.parts()
    }

    private static let opening = "${".unicodeScalars
    private static let escaped = "$${".unicodeScalars

    private var rest: Substring.UnicodeScalarView

    private mutating func parts() throws(Flaw) -> [Part] {
        var parts: [Part] = []
        var literal = String.UnicodeScalarView()
        while let scalar = rest.first {
            if take(Self.escaped) {
                literal.append(contentsOf: Self.opening)
            } else if take(Self.opening) {
                if !literal.isEmpty { parts.append(.literal(String(literal))) }
                literal.removeAll()
                parts.append(try reference())
            } else {
                literal.append(scalar)
                rest.removeFirst()
            }
        }
        if !literal.isEmpty { parts.append(.literal(String(literal))) }
        return parts
    }

    private mutating func reference() throws(Flaw) -> Part {
        if take("env:".unicodeScalars) { return .environment(try name()) }
        guard take("file:".unicodeScalars) else { return .column(try name()) }
        var path: [Template.Part] = []
        var literal = String.UnicodeScalarView()
        while let scalar = rest.first, scalar != "}" {
            if take(Self.escaped) {
                literal.append(contentsOf: Self.opening)
            } else if take(Self.opening) {
                if !literal.isEmpty { path.append(.literal(String(literal))) }
                literal.removeAll()
                guard case .column(let column) = try reference() else { throw .nested }
                path.append(.column(column))
            } else {
                literal.append(scalar)
                rest.removeFirst()
            }
        }
        guard rest.popFirst() != nil else { throw .unterminated }
        if !literal.isEmpty { path.append(.literal(String(literal))) }
        if path.isEmpty { throw .empty }
        return .file(path)
    }

    /// Up to the closing brace.
    private mutating func name() throws(Flaw) -> String {
        guard let end = rest.firstIndex(of: "}") else { throw .unterminated }
        let name = rest[..<end]
        rest = rest[rest.index(after: end)...]
        if name.isEmpty { throw .empty }
        // `${a${b}`: the first one was not closed.
        if zip(name, name.dropFirst()).contains(where: { $0 == "$" && $1 == "{" }) { throw .unterminated }
        return String(name)
    }

    private mutating func take(_ word: String.UnicodeScalarView) -> Bool {
        guard rest.starts(with: word) else { return false }
        rest = rest.dropFirst(word.count)
        return true
    }
}

extension String {
    /// With `$${` for each `${`; the scalars matter, not the `Character`s.
    var escapingReferences: String {
        var result = String.UnicodeScalarView()
        let scalars = Array(unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if scalar == "$", index + 1 < scalars.count, scalars[index + 1] == "{" { result.append("$") }
            result.append(scalar)
        }
        return String(result)
    }
}
