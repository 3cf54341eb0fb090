import AtlasAPI

/// Which request fails in which way: a pure function of seed, project, method and ordinal.
///
/// The ordinal counts the authenticated requests of one project and method, so the order in which projects
/// arrive does not matter and one seed gives one sequence per project.
package struct FaultPlan: Codable, Sendable {
    package struct Drawn: Equatable, Sendable {
        /// What replaces the ordinary answer.
        package var main: FaultKind?
        package var aftermath: [FaultKind] = []

        package init(main: FaultKind? = nil, aftermath: [FaultKind] = []) {
            self.main = main
            self.aftermath = aftermath
        }
    }

    /// Chance of each kind per request, 0 to 1.
    package var rates: [FaultKind: Double] = [:]
    /// No drawn fault from the next ordinal on; nil: no end. Reads have their own, since a project is read more often.
    package var lastOrdinal: Int?
    package var lastReadOrdinal: Int?
    /// At most so many faults in a row for one project and method; nil: any number.
    package var longestRun: Int?
    /// Faults by project id (or `*`), method and ordinal from 1; `+` joins several, nil is none. A project and
    /// method with a script draws nothing.
    package var scripts: [String: [String: [String?]]] = [:]

    /// Times, in milliseconds since the first request, at which every request fails in one way.
    package var windows: [Window] = []

    package struct Window: Codable, Sendable {
        package var range: Range<Int64>
        package var kind: FaultKind

        package init(range: Range<Int64>, kind: FaultKind) {
            self.range = range
            self.kind = kind
        }
    }

    package init() {}

    /// The fault that holds for everybody so long after the first request.
    package func window(at elapsed: Int64) -> FaultKind? {
        windows.first { $0.range.contains(elapsed) }?.kind
    }

    package func draw(seed: UInt64, subject: String, method: String, ordinal: Int) -> Drawn {
        if let script = scripts[subject]?[method] ?? scripts["*"]?[method] {
            return script.indices.contains(ordinal - 1) ? Self.parse(script[ordinal - 1]) : Drawn()
        }
        if rates.isEmpty || subject == "oauth" { return Drawn() }
        if let last = method == "GET" ? lastReadOrdinal : lastOrdinal, ordinal > last { return Drawn() }
        var drawn = Drawn()
        if !isCapped(seed: seed, subject: subject, method: method, ordinal: ordinal) {
            drawn.main = main(seed: seed, subject: subject, method: method, ordinal: ordinal)
        }
        for kind in FaultKind.allCases where kind.isAftermath && kind.suits(method: method) {
            guard let rate = rates[kind] else { continue }
            let hash = StableHash.of(seed, subject, method, String(ordinal), kind.rawValue)
            var random = Dice(seed: hash)
            if random.fraction() < rate { drawn.aftermath.append(kind) }
        }
        return drawn
    }

    /// Reads one entry of a script; words that are no kind are left out (the executable refuses them before).
    package static func parse(_ text: String?) -> Drawn {
        let kinds = (text ?? "").split(separator: "+").compactMap { FaultKind(rawValue: String($0)) }
        return Drawn(main: kinds.first { !$0.isAftermath }, aftermath: kinds.filter(\.isAftermath))
    }

    private func main(seed: UInt64, subject: String, method: String, ordinal: Int) -> FaultKind? {
        var random = Dice(seed: StableHash.of(seed, subject, method, String(ordinal), "main"))
        var point = random.fraction()
        for kind in FaultKind.allCases where !kind.isAftermath && kind.suits(method: method) {
            // A client gives an unknown 409 two more tries, so a storm that is to pass must not use them up.
            if kind == .conflictUnknown, longestRun != nil, ordinal > 2 { continue }
            point -= rates[kind] ?? 0
            if point < 0 { return kind }
        }
        return nil
    }

    /// Whether as many faults as are allowed in a row came just before. Looked at from the last ordinal that
    /// draws none, where every row begins anew.
    private func isCapped(seed: UInt64, subject: String, method: String, ordinal: Int) -> Bool {
        guard let longestRun else { return false }
        var row = 0
        var earlier = ordinal - 1
        while earlier >= 1, main(seed: seed, subject: subject, method: method, ordinal: earlier) != nil {
            row += 1
            earlier -= 1
        }
        return row % (longestRun + 1) == longestRun
    }
}
