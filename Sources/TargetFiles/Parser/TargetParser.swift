import FleetCSV
import AtlasAPI

/// Reads a target file's nodes into the model and collects every problem on the way.
struct TargetParser {
    var problems: [TargetProblem] = []

    private static let singleValue = "a single value (one from the sheet as ${column})"

    mutating func file(_ root: SourceNode) -> TargetFile? {
        guard let entries = map(root, key: nil) else { return nil }
        guard checkVersion(entries, root.position) else { return nil }
        var name: String?
        var file = TargetFile(
            name: "", target: Target(fields: []), filter: Filter(), settings: TargetSettings())
        for entry in entries {
            switch entry.key {
            case "keyshift": break
            case "name": name = self.name(entry)
            case "description": file.description = entry.node.isAbsent ? nil : words(entry)
            case "target": file.target = target(entry)
            case "where": file.filter = filter(entry)
            case "settings": file.settings = settings(entry)
            default: unknown(entry, of: nil)
            }
        }
        for key in ["name", "target"] where !entries.contains(where: { $0.key == key }) {
            report(.missingKey(key), root.position)
        }
        file.name = name ?? ""
        return file
    }

    /// False when nothing else in the file can be judged.
    private mutating func checkVersion(_ entries: [SourceNode.Entry], _ start: SourcePosition) -> Bool {
        guard let entry = entries.first(where: { $0.key == "keyshift" }) else {
            report(.missingKey("keyshift"), start)
            return true
        }
        guard let text = text(entry) else { return true }
        let version = entry.node.isPlain && text.utf8.count < 10 && !text.hasPrefix("+") ? Int(text) : nil
        if version == TargetFile.version { return true }
        guard let version, version > TargetFile.version else {
            let expected = "\(TargetFile.version), the version of this format"
            report(.badValue(key: "keyshift", expected: expected, nearest: nil), entry.node.position)
            return true
        }
        // Its keys may be right in that version.
        report(.newerVersion(String(version)), entry.node.position)
        return false
    }

    private mutating func name(_ entry: SourceNode.Entry) -> String? {
        guard let text = words(entry) else { return nil }
        if (1...200).contains(text.unicodeScalars.count), !text.hasControlCharacters,
            !text.trimmedOfBlanks.isEmpty
        {
            return text
        }
        report(
            .badValue(key: "name", expected: "one line of 1 to 200 characters, not all blank", nearest: nil),
            entry.node.position)
        return nil
    }

    private mutating func filter(_ entry: SourceNode.Entry) -> Filter {
        var filter = Filter()
        for entry in section(entry) {
            switch entry.key {
            case "provider": filter.provider = choice(entry, "where.provider", Provider.allCases)
            case "auth": filter.auth = choice(entry, "where.auth", Auth.allCases)
            default: unknown(entry, of: "where")
            }
        }
        return filter
    }

    private mutating func settings(_ entry: SourceNode.Entry) -> TargetSettings {
        var settings = TargetSettings()
        for entry in section(entry) {
            switch entry.key {
            case "concurrency": settings.concurrency = concurrency(entry)
            case "rate": settings.rate = read(entry, Rate.form) { Rate($0) }
            case "waves": settings.waves = read(entry, WavePattern.form) { WaveChoice($0) }
            case "max-failures": settings.maxFailures = read(entry, FailureLimit.form) { FailureLimit($0) }
            default: unknown(entry, of: "settings")
            }
        }
        return settings
    }

    private mutating func read<Value>(
        _ entry: SourceNode.Entry, _ form: String, _ make: (String) -> Value?
    ) -> Value? {
        guard let text = text(entry) else { return nil }
        if let value = make(text) { return value }
        report(.badValue(key: entry.key, expected: form, nearest: nil), entry.node.position)
        return nil
    }

    private mutating func concurrency(_ entry: SourceNode.Entry) -> Int? {
        guard let text = text(entry) else { return nil }
        let range = TargetSettings.concurrencyRange
        if entry.node.isPlain, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text),
            range.contains(count)
        {
            return count
        }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        report(.badValue(key: "concurrency", expected: expected, nearest: nil), entry.node.position)
        return nil
    }
}

// The parts that every section is made of.
extension TargetParser {
    mutating func report(_ kind: TargetProblem.Kind, _ position: SourcePosition) {
        problems.append(TargetProblem(kind, at: position))
    }

    mutating func unknown(_ entry: SourceNode.Entry, of parent: String?) {
        // Nobody reads the hundredth hint, and a file of nothing but unknown keys should still end quickly.
        let nearest =
            problems.count < 100 ? NearestName.of(entry.key, among: TargetFile.keys(of: parent)) : nil
        report(.unknownKey(entry.key, of: parent, nearest: nearest), entry.position)
    }

    /// The entries of a mapping; nil when it is none.
    mutating func map(_ node: SourceNode, key: String?) -> [SourceNode.Entry]? {
        switch node.value {
        case .map(let entries): return entries
        case .refused: return nil
        case .text where node.isAbsent: report(key.map { .noValue($0) } ?? .empty, node.position)
        case .text, .list: report(.wrongType(key: key, expected: "a mapping (key: value)"), node.position)
        }
        return nil
    }

    /// The entries of a section that may be there with nothing in it, when all of it is commented out.
    private mutating func section(_ entry: SourceNode.Entry) -> [SourceNode.Entry] {
        entry.node.isAbsent ? [] : map(entry.node, key: entry.key) ?? []
    }

    /// A value as it is written, whatever YAML would make of it: `1e5`, `no` and ids of digits stay what they are. Only
    /// its null is no value.
    mutating func text(_ entry: SourceNode.Entry) -> String? {
        switch entry.node.value {
        case .text(let text) where !entry.node.isAbsent: return text
        case .text: report(.noValue(entry.key), entry.node.position)
        case .map, .list: report(.wrongType(key: entry.key, expected: Self.singleValue), entry.node.position)
        case .refused: break
        }
        return nil
    }

    /// A value of a text field: a number or boolean of JSON is none, since JSON has texts for it.
    mutating func words(_ entry: SourceNode.Entry) -> String? {
        guard let text = text(entry) else { return nil }
        if !entry.node.isLiteral { return text }
        report(.wrongType(key: entry.key, expected: "a text between double quotes"), entry.node.position)
        return nil
    }

    /// Whether nothing hides in a text that must be exact: a space that is none, a template's mark, a comment of
    /// another language. Reports what does.
    mutating func isClean(_ text: String, _ entry: SourceNode.Entry) -> Bool {
        let place = entry.node.position
        let scalars = text.unicodeScalars
        if let (offset, odd) = scalars.enumerated().first(where: { OddCharacter.isOddSpace($1) }),
            !(0x7F...0x9F).contains(odd.value)
        {
            let column = place.column + (entry.node.isPlain ? offset : offset + 1)
            report(.cause(.oddCharacter(odd)), SourcePosition(line: place.line, column: column))
        } else if text.contains("{{") {
            report(.cause(.template), place)
        } else if entry.node.isPlain, text.contains(" //") {
            report(.cause(.slashComment), place)
        } else {
            return true
        }
        return false
    }

    private mutating func choice<Choice: RawRepresentable<String>>(
        _ entry: SourceNode.Entry, _ key: String, _ choices: [Choice]
    ) -> Choice? {
        guard let text = words(entry) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        guard isClean(text, entry) else { return nil }
        let words = choices.map(\.rawValue)
        let expected = "one of \(words.joined(separator: ", "))"
        let nearest = NearestName.of(text, among: words)
        report(.badValue(key: key, expected: expected, nearest: nearest), entry.node.position)
        return nil
    }
}

extension String {
    /// Control characters include line ends, in Unicode's sense too.
    var hasControlCharacters: Bool {
        unicodeScalars.contains {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029
        }
    }
}
