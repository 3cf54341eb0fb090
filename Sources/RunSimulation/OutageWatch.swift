import AtlasAPI
import AtlasSimulation
import MigrationCore

/// The outage rule, counted here once more by what the simulated Atlas did: nobody speaks of an outage but after
/// failures of five projects in a row, three connections that came to nothing, or a probe that failed.
struct OutageWatch {
    private var rows: Set<Int> = []
    private var connections = 0
    /// Whether any of these has been seen since the last turn.
    private var hasReason = false

    /// `isFromGateway`: nothing that Atlas said.
    mutating func arrived(_ entry: LogEntry, _ reply: Reply, row: Int?, isFromGateway: Bool) {
        let isFailure: Bool
        switch reply {
        case .notSent(let failure) where failure.kind == .secretUnavailable: return
        case .notSent, .sentNoAnswer: isFailure = true
        case .answered(let answer):
            // A limiter's answer without a code is nobody's.
            if answer.status == 429, entry.code == nil { return }
            let isSpoiled = answer.isSuccess && JSONValue(parsing: answer.body) == nil
            isFailure = isFromGateway || isSpoiled || answer.status >= 500 || answer.status == 408
        }
        guard let row else {
            if isFailure, entry.path.hasPrefix("/api/atlas/v2/orgs") { hasReason = true }
            return
        }
        guard isFailure else {
            rows = []
            connections = 0
            return
        }
        rows.insert(row)
        if case .notSent = reply { connections += 1 } else { connections = 0 }
        if rows.count >= 5 || connections >= 3 { hasReason = true }
    }

    /// - Returns: what is wrong with a turn's notices.
    mutating func turned(_ turn: Turn) -> [String] {
        defer { hasReason = false }
        let speaks = turn.notices.contains { if case .outageBegan = $0 { true } else { false } }
        return speaks && !hasReason ? ["an outage by too few projects, and no probe had failed"] : []
    }

    mutating func clientEnded() { self = OutageWatch() }
}
