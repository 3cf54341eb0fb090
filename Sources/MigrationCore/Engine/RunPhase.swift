import AtlasAPI

/// How far a run is: one way, and never back.
enum RunPhase: Hashable, Sendable {
    case running
    /// No new work starts; what is under way ends.
    case draining(RunEnd)
    /// The token is being given back, the last thing that a run does; waited for until a time.
    case revoking(RunEnd, until: Instant)
    /// Everything is written and closed.
    case finished(RunEnd)

    var end: RunEnd? {
        switch self {
        case .running: nil
        case .draining(let end), .revoking(let end, _), .finished(let end): end
        }
    }

    var revokeBy: Instant? { if case .revoking(_, let until) = self { until } else { nil } }
    var isFinished: Bool { if case .finished = self { true } else { false } }
}
