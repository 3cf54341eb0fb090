import FleetCSV

/// Looks for the cause of a syntax error in the lines around it.
struct SyntaxDetective {
    private let lines: [[Unicode.Scalar]]

    init(_ text: String) {
        var lines: [[Unicode.Scalar]] = [[]]
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\r" {
                if scalar == "\r" || previous != "\r" { lines.append([]) }
            } else {
                lines[lines.count - 1].append(scalar)
            }
            previous = scalar
        }
        self.lines = lines
    }

    /// - Parameters:
    ///   - message: libyaml's words.
    ///   - place: where it gave up.
    ///   - opening: where what it was reading began, when it says so.
    func problem(_ message: String, at place: SourcePosition, opening: SourcePosition?) -> TargetProblem {
        if message.contains("escape character") || message.contains("hexdecimal") {
            // libyaml points at the backslash or behind it.
            let start = scalar(at: place) == "\\" ? place.column : max(1, place.column - 1)
            let next = scalar(at: SourcePosition(line: place.line, column: start + 1))
            return found(.backslash(next), place.line, start)
        }
        for line in suspects(place) {
            if let problem = visibleCause(line) { return problem }
        }
        if let opening, message.contains("quoted scalar") {
            // Closed by a quote of another kind?
            if let problem = oddCharacter(opening.line, from: opening.column) { return problem }
            return TargetProblem(.cause(.unclosedQuote), at: opening)
        }
        if message.contains("cannot start any token"), let scalar = scalar(at: place) {
            return TargetProblem(.cause(.beginning(scalar)), at: place)
        }
        for line in suspects(place) {
            if let column = colonWithoutSpace(line) { return found(.noSpaceAfterColon, line, column) }
        }
        if message.contains("mapping values are not allowed") {
            return TargetProblem(.cause(hasTwoKeys(place) ? .colonInValue : .indentation), at: place)
        }
        if message.contains("could not find expected ':'") {
            let line = suspects(place).first { !self[$0].contains(":") }
            return line.map { found(.noColon, $0, 1) } ?? TargetProblem(.cause(.noColon), at: place)
        }
        if let opening, message.contains("flow") {
            return TargetProblem(.cause(.unclosedBracket), at: opening)
        }
        if message.contains("expected key") || message.contains("block") {
            return TargetProblem(.cause(.indentation), at: place)
        }
        return TargetProblem(.syntax(message), at: place)
    }

    /// The same for what is valid YAML and yet meant otherwise: `{{ x }}` is a mapping with a mapping for a key, and
    /// `key:` with a no-break space behind it is a text.
    func refined(_ problem: TargetProblem) -> TargetProblem {
        let line = problem.position.line
        switch problem.kind {
        case .complexKey, .wrongType:
            if let column = templateMark(line) { return found(.template, line, column) }
            return oddCharacter(line) ?? problem
        default: return problem
        }
    }

    private subscript(line: Int) -> [Unicode.Scalar] {
        lines.indices.contains(line - 1) ? lines[line - 1] : []
    }

    private func scalar(at place: SourcePosition) -> Unicode.Scalar? {
        let line = self[place.line]
        return line.indices.contains(place.column - 1) ? line[place.column - 1] : nil
    }

    private func found(_ cause: SyntaxCause, _ line: Int, _ column: Int) -> TargetProblem {
        TargetProblem(.cause(cause), at: SourcePosition(line: line, column: max(1, column)))
    }

    /// The line of the place, and the one with text above it: libyaml often notices one line late.
    private func suspects(_ place: SourcePosition) -> [Int] {
        let last = min(place.line, lines.count)
        let above = stride(from: last - 1, through: 1, by: -1).first { line in
            self[line].contains { $0 != " " }
        }
        return [last] + [above].compactMap { $0 }
    }

    /// What one can point at, whatever libyaml says of it.
    private func visibleCause(_ line: Int) -> TargetProblem? {
        let scalars = self[line]
        let indent = scalars.prefix { $0 == " " || $0 == "\t" }
        if let tab = indent.firstIndex(of: "\t") { return found(.tab, line, tab + 1) }
        if scalars.dropFirst(indent.count).starts(with: ["/", "/"])
            || scalars.dropFirst(indent.count).starts(with: ["/", "*"])
        {
            return found(.slashComment, line, indent.count + 1)
        }
        if let column = templateMark(line) { return found(.template, line, column) }
        if let problem = oddCharacter(line) { return problem }
        if let column = bareReference(line) { return found(.bareReference, line, column) }
        return nil
    }

    private func oddCharacter(_ line: Int, from column: Int = 1) -> TargetProblem? {
        let scalars = self[line]
        // In a value or a comment a full-width mark is a part of the text, as people of its script write it.
        let head = scalars.indices.first { index in
            scalars[index] == "#" || scalars[index] == " " && index > 0 && scalars[index - 1] == ":"
        }
        let odd = scalars.indices.dropFirst(column - 1).first { index in
            YAMLSource.isOdd(scalars[index])
                && (index < head ?? .max || OddCharacter.plainMark(scalars[index]) == nil
                    || index - 1 == head && "{[".unicodeScalars.contains(plain(scalars[index])))
        }
        return odd.map { found(.oddCharacter(scalars[$0]), line, $0 + 1) }
    }

    private func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        OddCharacter.plainMark(scalar) ?? scalar
    }

    private func templateMark(_ line: Int) -> Int? {
        let scalars = self[line]
        return scalars.indices.dropLast().first {
            scalars[$0] == "{" && (scalars[$0 + 1] == "{" || scalars[$0 + 1] == "%")
        }.map { $0 + 1 }
    }

    private func bareReference(_ line: Int) -> Int? {
        let scalars = self[line]
        var isOpen = false
        var quote: Unicode.Scalar?
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\"", "'": quote = quote == nil ? scalar : quote == scalar ? nil : quote
            case "$" where quote == nil && isOpen && index + 1 < scalars.count && scalars[index + 1] == "{":
                return index + 1
            case "{" where quote == nil && (index == 0 || scalars[index - 1] != "$"): isOpen = true
            case "[" where quote == nil: isOpen = true
            default: break
            }
        }
        return nil
    }

    /// The column of the colon in `key:value`.
    private func colonWithoutSpace(_ line: Int) -> Int? {
        let scalars = self[line]
        let start = scalars.prefix { $0 == " " }.count
        let word = scalars[start...].prefix { $0.properties.isAlphabetic || $0 == "-" }
        guard !word.isEmpty, word.endIndex + 1 < scalars.count, scalars[word.endIndex] == ":" else {
            return nil
        }
        let next = scalars[word.endIndex + 1]
        return next == " " || next == "/" ? nil : word.endIndex + 1
    }

    private func hasTwoKeys(_ place: SourcePosition) -> Bool {
        let before = self[place.line].prefix(max(0, place.column - 1))
        return zip(before, before.dropFirst()).contains { $0 == ":" && $1 == " " }
    }
}
