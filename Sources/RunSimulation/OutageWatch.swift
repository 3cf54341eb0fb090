import AtlasAPI
import AtlasSimulation
import MigrationCore

/// The outage rule, counted here once more by what the simulated Atlas did: nobody speaks of an outage but after
/// three connections that came to nothing in a row, or three probes that failed: of the identity, or of projects once
/// five of them had failed in a row or the identity had.
struct OutageWatch {
    private var rows: Set<Int> = []
    private var connections = 0
    /// Failures that may have been probes, since the last good answer of a project.
    private var probes = 0
    private var identityFailures = 0
    /// Whether there was a reason since the last turn; a good answer may have come in since.
    private var hadReason = false
    private var hasReason: Bool { connections >= 3 || probes + identityFailures >= 3 }

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
            guard entry.path.hasPrefix("/api/atlas/v2/orgs") else { return }
            identityFailures = isFailure ? identityFailures + 1 : 0
            hadReason = hadReason || hasReason
            return
        }
        guard isFailure else {
            rows = []
            (connections, probes, identityFailures) = (0, 0, 0)
            return
        }
        if rows.count >= 5 || identityFailures > 0 { probes += 1 }
        rows.insert(row)
        if case .notSent = reply { connections += 1 } else { connections = 0 }
        hadReason = hadReason || hasReason
    }

    /// - Returns: what is wrong with a turn's notices.
    mutating func turned(_ turn: Turn) -> [String] {
        let speaks = turn.notices.contains { if case .outageBegan = $0 { true } else { false } }
        defer { hadReason = hasReason }
        guard speaks, !hadReason, !hasReason else { return [] }
        return ["an outage is told of, and no probe had failed three times"]
    }

    mutating func clientEnded() { self = OutageWatch() }
}
