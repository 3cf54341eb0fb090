extension FleetHeader {
    /// Reads the header row. nil when there is no id column; every problem is reported.
    init?(_ record: CSVRecord, report: (CSVProblem) -> Void) {
        let names = (0..<record.count).map { FormulaGuard.removed(from: record[$0]) }
        var indices: [String: Int] = [:]
        var idColumn: Int?
        var isMisspelled = false
        let nameless = names.indices.filter { names[$0].isEmpty }
        if let first = nameless.first {
            report(CSVProblem(.namelessColumn(count: nameless.count), at: record.positions[first]))
        }
        for (index, name) in names.enumerated() where !name.isEmpty {
            let position = record.positions[index]
            if let first = indices[name] {
                let column = record.positions[first].column
                let problem = CSVProblem.Kind.duplicateColumn(name: Excerpt.kept(name), firstColumn: column)
                report(CSVProblem(problem, at: position))
                continue
            } else if Self.idNames.contains(name) {
                if let idColumn {
                    report(CSVProblem(.secondIDColumn(name: name, first: names[idColumn]), at: position))
                } else {
                    idColumn = index
                }
            } else if let word = HeaderSpelling.word(for: name) {
                isMisspelled = isMisspelled || word == Self.idNames[0]
                report(CSVProblem(.misspelledColumn(name, word: word), at: position))
            }
            indices[name] = index
        }
        guard let idColumn else {
            if !isMisspelled {
                let place = record.positions.first ?? .start
                report(CSVProblem(.noIDColumn(nearest: Self.likelyID(names)), at: place))
            }
            return nil
        }
        columns = names
        self.idColumn = idColumn
        nameColumn = indices[Self.nameName]
        waveColumn = indices[Self.waveName]
        self.indices = indices
    }

    private static func likelyID(_ names: [String]) -> String? {
        names.first { NearestName.of($0, among: idNames) != nil }
            ?? names.first { ["id", "_id", "project", "group"].contains($0.trimmedOfBlanks.lowercased()) }
    }
}
