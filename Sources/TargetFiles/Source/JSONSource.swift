import FleetCSV

/// Reads JSON into `SourceNode`s with their places.
///
/// YAML takes nearly all of JSON, but not what programs write: libyaml refuses surrogate pairs, and would read
/// unquoted words as texts. A syntax error ends the reading; a repeated key does not.
struct JSONSource {
    private(set) var problems: [TargetProblem] = []
    private var scalars: [Unicode.Scalar] = []
    private var index = 0
    private var line = 1
    private var column = 1
    private var depth = 0
    /// A target needs four levels.
    private static let depthLimit = 32

    /// What ends the reading: said by a problem.
    private struct Stop: Error { var problem: TargetProblem }

    /// Whether a text is to be read as JSON: it begins with `{`.
    static func takes(_ text: String) -> Bool {
        text.unicodeScalars.first { !isSpace($0) && $0 != "\u{FEFF}" } == "{"
    }

    /// nil when there is nothing to go on with; `problems` says why.
    mutating func read(_ text: String) -> SourceNode? {
        scalars = Array(text.unicodeScalars)
        // A byte order mark takes no column.
        if scalars.first == "\u{FEFF}" { index = 1 }
        do throws(Stop) {
            let root = try value()
            if next() != nil { throw flaw(.textAfterEnd) }
            return root
        } catch {
            problems.append(error.problem)
            return nil
        }
    }

    private var position: SourcePosition { SourcePosition(line: line, column: column) }
    private var here: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    private func ahead(_ count: Int) -> Unicode.Scalar? {
        index + count < scalars.count ? scalars[index + count] : nil
    }

    private mutating func advance() {
        let scalar = scalars[index]
        index += 1
        if scalar == "\n" || (scalar == "\r" && here != "\n") {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    /// The next character that is no white space, which is passed over.
    private mutating func next() -> Unicode.Scalar? {
        while let scalar = here {
            guard Self.isSpace(scalar) else { return scalar }
            advance()
        }
        return nil
    }

    private func flaw(_ flaw: JSONFlaw, at place: SourcePosition? = nil) -> Stop {
        Stop(problem: TargetProblem(.json(flaw), at: place ?? position))
    }
}

// Values.
extension JSONSource {
    private mutating func value() throws(Stop) -> SourceNode {
        let first = next()
        let start = position
        switch first {
        case "{": return try nested { source throws(Stop) in try source.object(start) }
        case "[": return try nested { source throws(Stop) in try source.array(start) }
        case "\"": return SourceNode(value: .text(try text()), position: start)
        case "}", "]", ",", ":", nil: throw flaw(.missingValue)
        case let scalar?: return try word(scalar, start)
        }
    }

    private mutating func nested(
        _ read: (inout JSONSource) throws(Stop) -> SourceNode
    ) throws(Stop) -> SourceNode {
        depth += 1
        guard depth <= Self.depthLimit else { throw Stop(problem: TargetProblem(.tooDeep, at: position)) }
        if here == "{", ahead(1) == "{" { throw flaw(.template) }
        advance()
        let node = try read(&self)
        depth -= 1
        return node
    }

    private mutating func object(_ start: SourcePosition) throws(Stop) -> SourceNode {
        var entries: [SourceNode.Entry] = []
        var keys: Set<[Unicode.Scalar]> = []
        if next() == "}" { return end(.map([]), start) }
        while true {
            guard let first = next() else { throw flaw(.unclosed("{"), at: start) }
            let place = position
            guard first == "\"" else { throw flaw(oddity(first) ?? .bareWord) }
            let key = try text()
            guard next() == ":" else { throw flaw(here.flatMap(oddity) ?? .missingColon) }
            advance()
            let node = try value()
            if keys.insert(Array(key.unicodeScalars)).inserted {
                entries.append(SourceNode.Entry(key: key, position: place, node: node))
            } else {
                problems.append(TargetProblem(.duplicateKey(key), at: place))
            }
            if try isLast("}", opening: "{", start) { return end(.map(entries), start) }
        }
    }

    private mutating func array(_ start: SourcePosition) throws(Stop) -> SourceNode {
        if next() == "]" { return end(.list, start) }
        while true {
            // No list has a meaning in a target, so its items are only read past.
            _ = try value()
            if try isLast("]", opening: "[", start) { return end(.list, start) }
        }
    }

    private mutating func end(_ value: SourceNode.Value, _ start: SourcePosition) -> SourceNode {
        advance()
        return SourceNode(value: value, position: start)
    }

    /// False behind a comma, at the next member.
    private mutating func isLast(
        _ closing: Unicode.Scalar, opening: Unicode.Scalar, _ start: SourcePosition
    ) throws(Stop) -> Bool {
        switch next() {
        case closing: return true
        case ",":
            let comma = position
            advance()
            if next() == closing { throw flaw(.trailingComma, at: comma) }
            return false
        case nil: throw flaw(.unclosed(opening), at: start)
        case let scalar?: throw flaw(oddity(scalar) ?? .missingComma)
        }
    }

    /// What a character is that can begin nothing here.
    private func oddity(_ scalar: Unicode.Scalar) -> JSONFlaw? {
        switch scalar {
        case "/" where ahead(1) == "/" || ahead(1) == "*", "#": .comment
        case "'": .singleQuote
        case ",", "}", "]": .trailingComma
        case "{" where ahead(1) == "{": .template
        case _ where YAMLSource.isOdd(scalar) || OddCharacter.isBlank(scalar): .oddCharacter(scalar)
        default: nil
        }
    }

    /// `true`, `false`, `null` or a number.
    private mutating func word(_ first: Unicode.Scalar, _ start: SourcePosition) throws(Stop) -> SourceNode {
        if let flaw = oddity(first) { throw self.flaw(flaw) }
        var word = String.UnicodeScalarView()
        while let scalar = here, isWordPart(scalar) {
            word.append(scalar)
            advance()
        }
        let text = String(word)
        if ["true", "false", "null"].contains(text) || Self.isNumber(text) {
            return SourceNode(value: .text(text), position: start, isPlain: true, isLiteral: text != "null")
        }
        if ["True", "False", "None", "TRUE", "FALSE", "Null", "NULL", "NaN", "Infinity", "undefined"]
            .contains(text)
        {
            throw flaw(.foreignWord, at: start)
        }
        let isNumeric = first == "-" || first == "+" || first == "." || (0x30...0x39).contains(first.value)
        throw flaw(isNumeric ? .badNumber : .bareWord, at: start)
    }

    private func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        !Self.isSpace(scalar) && !",:{}[]\"".unicodeScalars.contains(scalar) && oddity(scalar) == nil
    }

    private static func isNumber(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func digits() -> Bool {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take("-")
        if !take("0"), !digits() { return false }
        if take("."), !digits() { return false }
        if take("eE") {
            _ = take("+-")
            if !digits() { return false }
        }
        return rest.isEmpty
    }
}

// Texts.
extension JSONSource {
    private mutating func text() throws(Stop) -> String {
        let start = position
        advance()
        var content = String.UnicodeScalarView()
        while let scalar = here {
            switch scalar {
            case "\"":
                advance()
                return String(content)
            case "\\": content.append(try escape())
            case _ where scalar.value < 0x20: throw flaw(.controlCharacter(scalar))
            default:
                content.append(scalar)
                advance()
            }
        }
        throw flaw(.unterminatedText, at: start)
    }

    private mutating func escape() throws(Stop) -> Unicode.Scalar {
        let start = position
        advance()
        guard let scalar = here else { throw flaw(.badEscape(nil), at: start) }
        let meant: Unicode.Scalar? =
            switch scalar {
            case "\"", "\\", "/": scalar
            case "b": "\u{8}"
            case "f": "\u{C}"
            case "n": "\n"
            case "r": "\r"
            case "t": "\t"
            default: nil
            }
        if let meant {
            advance()
            return meant
        }
        guard scalar == "u" else {
            throw flaw(.badEscape(OddCharacter.isBlank(scalar) ? nil : scalar), at: start)
        }
        let unit = try codeUnit(start)
        guard UTF16.isLeadSurrogate(unit) else {
            guard let scalar = Unicode.Scalar(unit) else { throw flaw(.halfSurrogate, at: start) }
            return scalar
        }
        guard here == "\\", ahead(1) == "u" else { throw flaw(.halfSurrogate, at: start) }
        advance()
        let trail = try codeUnit(start)
        guard UTF16.isTrailSurrogate(trail) else { throw flaw(.halfSurrogate, at: start) }
        return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    }

    /// The four hex digits behind a `u`.
    private mutating func codeUnit(_ start: SourcePosition) throws(Stop) -> UInt16 {
        advance()
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let scalar = here, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw flaw(.badEscape("u"), at: start)
            }
            unit = unit << 4 | UInt16(digit)
            advance()
        }
        return unit
    }
}
