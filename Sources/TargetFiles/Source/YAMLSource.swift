import FleetCSV
import Yams

/// Reads YAML into `SourceNode`s through Yams' `compose`, whose marks give every problem its place.
///
/// What would make a value mean something that is not written at its place is refused: anchors, aliases, tags,
/// merge keys. Yams stops at a duplicate key; such a key is blotted out and the rest is read again.
struct YAMLSource {
    private(set) var problems: [TargetProblem] = []
    /// Whether a character that YAML takes for a letter stands where it changes which line belongs to what, so that
    /// nothing but the problems told here means much.
    private(set) var isGarbled = false
    /// What `convert` has in `problems`, which may be as many as the file has values.
    private var told: Set<TargetProblem> = []
    /// Keys that stand for a second time, as blotted out.
    private var repeated: Set<SourcePosition> = []
    /// What stands for the line separators of Unicode, which are no line ends here.
    private var separators = LineSeparators()
    private static let repetitionLimit = 100
    /// Bytes that are read again for repeated keys, in all: each costs the whole text.
    private static let rereadLimit = 1 << 20

    /// nil when there is nothing to go on with; `problems` says why.
    mutating func read(_ text: String) -> SourceNode? {
        separators = LineSeparators(unusedIn: text)
        var text = separators.hidden(in: text.withoutMark)
        if let problem = YAMLLimits.problem(in: text) {
            problems.append(problem)
            return nil
        }
        while true {
            do {
                // The encoding is named, since the default one reads (and prints) an environment variable.
                let parser = try Parser(yaml: text, encoding: .utf8)
                guard let root = try parser.singleRoot() else {
                    problems.append(TargetProblem(.empty, at: .start))
                    return nil
                }
                // The parser owns the anchors; the nodes only point at them.
                return withExtendedLifetime(parser) { convert(root) }
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                guard let shorter = blotOut(keys.first ?? "", firstAt: place(context.mark), in: text) else {
                    return nil
                }
                text = shorter
            } catch {
                problems.append(problem(error, SyntaxDetective(separators.shown(in: text))))
                return nil
            }
        }
    }

    private func place(_ mark: Mark?) -> SourcePosition {
        mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? .start
    }

    private func problem(_ error: any Error, _ detective: SyntaxDetective) -> TargetProblem {
        // Never the error's own description: it quotes the line, which may hold a secret.
        switch error {
        case YamlError.composer(let context?, _, let mark, _) where context.text.contains("single document"):
            return TargetProblem(.severalDocuments, at: place(mark))
        case YamlError.composer(_, "found undefined alias", let mark, _):
            return TargetProblem(.anchor, at: place(mark))
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let words = [context?.text, problem].compactMap { $0 }.joined(separator: ", ")
            return detective.problem(words, at: place(mark), opening: context.map { place($0.mark) })
        case YamlError.reader(let problem, _, _, _): return TargetProblem(.syntax(problem), at: .start)
        default: return TargetProblem(.syntax("it can't be parsed"), at: .start)
        }
    }

    private mutating func convert(_ node: Node) -> SourceNode {
        let position = place(node.mark)
        func refused(_ kind: TargetProblem.Kind, at place: SourcePosition? = nil) -> SourceNode {
            let problem = TargetProblem(kind, at: place ?? position)
            // An alias is the anchored node once more, with its place.
            if told.insert(problem).inserted { problems.append(problem) }
            return SourceNode(value: .refused, position: position)
        }
        // Not looked into: behind an alias there may be more nodes than the file has bytes.
        if node.anchor != nil { return refused(.anchor) }
        switch node {
        case .alias: return refused(.anchor)
        case .scalar(let scalar):
            // Yams gives quoted texts the tag of strings.
            let isQuoted = scalar.style != .plain && scalar.tag == Tag(.str)
            if scalar.tag != .implicit && !isQuoted { return refused(.tag) }
            let text = separators.shown(in: scalar.string)
            let isPlain = scalar.style == .plain
            if isPlain, let (offset, odd) = Self.oddEnd(of: text) {
                let column = position.column + (text.contains("\n") ? 0 : offset)
                return refused(
                    .cause(.oddCharacter(odd)), at: SourcePosition(line: position.line, column: column))
            }
            return SourceNode(value: .text(text), position: position, isPlain: isPlain)
        case .sequence(let list):
            return list.tag == .implicit ? SourceNode(value: .list, position: position) : refused(.tag)
        case .mapping(let map):
            if map.tag != .implicit { return refused(.tag) }
            return SourceNode(value: .map(map.compactMap { entry($0.key, $0.value) }), position: position)
        }
    }

    private mutating func entry(_ key: Node, _ value: Node) -> SourceNode.Entry? {
        let position = place(key.mark)
        if repeated.contains(position) { return nil }
        guard key.anchor == nil, case .scalar(let scalar) = key else {
            let kind: TargetProblem.Kind = key.anchor == nil ? .complexKey : .anchor
            problems.append(TargetProblem(kind, at: position))
            return nil
        }
        if scalar.string == "<<", scalar.style == .plain {
            problems.append(TargetProblem(.mergeKey, at: position))
            return nil
        }
        let key = separators.shown(in: scalar.string)
        if let (offset, odd) = key.unicodeScalars.enumerated().first(where: { Self.isOdd($1) }) {
            let column = position.column + offset + (scalar.style == .plain ? 0 : 1)
            let place = SourcePosition(line: position.line, column: column)
            problems.append(TargetProblem(.cause(.oddCharacter(odd)), at: place))
            isGarbled = true
            return nil
        }
        return SourceNode.Entry(key: key, position: position, node: convert(value))
    }
}

// Characters that YAML takes for letters.
extension YAMLSource {
    static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
        OddCharacter.isOddSpace(scalar) || OddCharacter.isSmartQuote(scalar)
            || OddCharacter.plainMark(scalar) != nil
    }

    /// A space that is none at an end of a text without quotes, or a typographic quote that begins it as a quote would;
    /// and how far in it stands.
    private static func oddEnd(of text: String) -> (Int, Unicode.Scalar)? {
        let count = text.unicodeScalars.count
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return nil }
        if OddCharacter.isOddSpace(first) { return (0, first) }
        if OddCharacter.isOddSpace(last) { return (count - 1, last) }
        guard OddCharacter.isSmartQuote(first) else { return nil }
        let isQuote = { (scalar: Unicode.Scalar) in
            OddCharacter.isSmartQuote(scalar) || scalar == "\"" || scalar == "'"
        }
        // An apostrophe begins words (’s-Hertogenbosch); with its second one further in a quote quotes a word.
        let isWord =
            !isQuote(last)
            && (OddCharacter.isApostrophe(first) || text.unicodeScalars.dropFirst().contains(where: isQuote))
        return isWord ? nil : (0, first)
    }
}

// Duplicate keys.
extension YAMLSource {
    /// Reports the key's second place and puts other characters there, as many; nil when it is not to be found
    /// (on one line with the first) or there are too many.
    private mutating func blotOut(_ key: String, firstAt first: SourcePosition, in text: String) -> String? {
        let rounds = min(Self.repetitionLimit, max(1, Self.rereadLimit / max(1, text.utf8.count)))
        guard repeated.count < rounds, let range = secondPlace(of: key, after: first, in: text)
        else {
            problems.append(TargetProblem(.duplicateKey(key), at: first))
            return nil
        }
        repeated.insert(range.position)
        problems.append(TargetProblem(.duplicateKey(key), at: range.position))
        // A private-use character for each repetition: no key looks like it, and no place moves.
        let blot = UnicodeScalar(0xE000 + UInt32(repeated.count)) ?? "?"
        var scalars = Array(text.unicodeScalars)
        for index in range.scalars { scalars[index] = blot }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Keys of one mapping stand in one column, unless it is written on one line.
    private func secondPlace(
        of key: String, after first: SourcePosition, in text: String
    ) -> (position: SourcePosition, scalars: Range<Int>)? {
        let word = Array(key.unicodeScalars)
        var lineStart = 0
        for (index, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            defer { lineStart += line.count + 1 }
            guard index + 1 > first.line, line.count >= first.column else { continue }
            let indent = line.prefix(first.column - 1)
            guard indent.allSatisfy({ $0 == " " || $0 == "," }) else { continue }
            let rest = Array(line.dropFirst(first.column - 1))
            for quote in ["", "\"", "'"] as [String] {
                let candidate = Array(quote.unicodeScalars) + word + Array(quote.unicodeScalars)
                guard rest.starts(with: candidate),
                    rest.dropFirst(candidate.count).first(where: { $0 != " " }) == ":"
                else { continue }
                let start = lineStart + first.column - 1
                // The quotes stay, and the place of the key is that of its quote.
                let scalars = (start + quote.count)..<(start + quote.count + word.count)
                return (SourcePosition(line: index + 1, column: first.column), scalars)
            }
        }
        return nil
    }
}
