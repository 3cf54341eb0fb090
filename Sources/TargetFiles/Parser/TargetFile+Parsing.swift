package import FleetCSV

/// Every problem of a target file, in the order of their places; never empty.
package struct TargetProblems: Error, Sendable {
    package var list: [TargetProblem]

    package init(list: [TargetProblem]) { self.list = list }
}

extension TargetFile {
    /// Reads a target file: JSON when it begins with `{`, else YAML. All problems are found in one run, but a syntax
    /// error or a newer format version hides what is behind it.
    package static func parse(_ text: String) throws(TargetProblems) -> TargetFile {
        let (root, found) = try source(text)
        var parser = TargetParser()
        let file = root.flatMap { parser.file($0) }
        let problems = found + parser.problems
        guard problems.isEmpty, let file else {
            let detective = SyntaxDetective(text.withoutMark)
            var told: Set<TargetProblem> = []
            throw TargetProblems(
                list: problems.map(detective.refined).filter { told.insert($0).inserted }
                    .sorted { $0.position < $1.position })
        }
        return file
    }

    private static func source(
        _ text: String
    ) throws(TargetProblems) -> (root: SourceNode?, problems: [TargetProblem]) {
        if text.utf8.count > sizeLimit {
            throw TargetProblems(list: [TargetProblem(.tooLarge(limit: sizeLimit), at: .start)])
        }
        if let foreign = ForeignFile.of(target: text) {
            throw TargetProblems(list: [TargetProblem(.foreign(foreign), at: .start)])
        }
        if JSONSource.takes(text) {
            var source = JSONSource()
            return (source.read(text), source.problems)
        }
        var source = YAMLSource()
        let root = source.read(text)
        if source.isGarbled {
            throw TargetProblems(list: source.problems.sorted { $0.position < $1.position })
        }
        return (root, source.problems)
    }

    /// The same from a file's bytes.
    package static func parse(_ bytes: [UInt8]) throws(TargetProblems) -> TargetFile {
        guard bytes.count <= sizeLimit else {
            throw TargetProblems(list: [TargetProblem(.tooLarge(limit: sizeLimit), at: .start)])
        }
        if let foreign = ForeignFile.of(bytes: bytes) {
            throw TargetProblems(list: [TargetProblem(.foreign(foreign), at: .start)])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TargetProblems(list: [TargetProblem(.invalidUTF8, at: firstInvalid(in: bytes))])
        }
        return try parse(text)
    }

    /// Every key and text of a file that `parse` takes, and the places of those for which `isWanted` gives something.
    package static func places<Found>(
        in bytes: [UInt8], _ find: (String) -> Found?
    ) throws(TargetProblems) -> [(found: Found, position: SourcePosition)] {
        guard let text = String(validating: bytes, as: UTF8.self), let root = try source(text).root else {
            return []
        }
        var places: [(found: Found, position: SourcePosition)] = []
        root.visit { text, position in
            if let found = find(text) { places.append((found, position)) }
        }
        return places
    }

    private static func firstInvalid(in bytes: [UInt8]) -> SourcePosition {
        var position = SourcePosition.start
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" {
                position = SourcePosition(line: position.line + 1, column: 1)
            } else if scalar != "\u{FEFF}" || position != .start {
                position.column += 1
            }
        }
        return position
    }

    /// The columns that the target file needs and a fleet with these columns does not have.
    package func problems(columns: [String]) -> [TargetProblem] {
        let known = columns + [FleetHeader.idNames[0], FleetHeader.nameName]
        let names = Set(known)
        // Comparing with ten thousand columns takes a while, so only the first problems get a hint.
        var hints = 20
        return target.templates.flatMap { template in
            template.columns.filter { !names.contains($0) }.map { column in
                hints -= 1
                let nearest = hints >= 0 ? NearestName.of(column, among: known) : nil
                return TargetProblem(.unknownColumn(column, nearest: nearest), at: template.position)
            }
        }.sorted { $0.position < $1.position }
    }
}

extension Target {
    /// Everything that a project's row is filled into.
    package var templates: [Template] {
        fields.compactMap(\.value.template) + [searchNodes?.template].compactMap { $0 }
    }
}

extension String {
    /// Without a byte order mark at its start.
    var withoutMark: String {
        unicodeScalars.first == "\u{FEFF}" ? String(unicodeScalars.dropFirst()) : self
    }
}
