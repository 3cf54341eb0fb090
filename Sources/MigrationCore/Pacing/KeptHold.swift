package import AtlasAPI

/// A hold as it is written down: the next process keeps it too, whatever became of this one.
package struct KeptHold: Hashable, Sendable {
    /// What is held. The words are kept in the job.
    package enum Place: String, CaseIterable, Sendable {
        case everything
        /// Everything, during Atlas's own maintenance.
        case maintenance
        /// The calls for a token and for the identity.
        case access
        case organisations
        // Of one project.
        case project
        case encryption
        case roles

        var isOneProjects: Bool { [.project, .encryption, .roles].contains(self) }
    }

    package var place: Place
    /// The row at which it was met.
    package var ordinal: Int
    /// Of that row, where the hold is its own; else nil.
    package var project: ProjectID?
    /// When the server asked, and when it will be over; milliseconds since 1970, by our clock.
    package var at: Int64
    package var until: Int64
    package var status: Int?
    package var code: String?

    package init(
        place: Place, ordinal: Int, project: ProjectID?, at: Int64, until: Int64, status: Int?, code: String?
    ) {
        self.place = place
        self.ordinal = ordinal
        self.project = place.isOneProjects ? project : nil
        self.at = at
        self.until = until
        self.status = status
        self.code = code
    }

    /// Clocks that are kept in step move no further back than this.
    private static let clockSlack: Int64 = 300_000

    /// What is left of it, never more than it was. nil: it is over, or the clock was set back meanwhile and nobody can
    /// say; then the server says it once more, which is better than a job that stands still for a day.
    package func left(now wall: Int64) -> Duration? {
        guard wall > at - Self.clockSlack else { return nil }
        let left = min(until - wall, until - at, HTTPAnswer.retryAfterLimit.nanoseconds / 1_000_000)
        return left > 0 ? .milliseconds(left) : nil
    }

    package var summary: String {
        let answer = [status.map { "HTTP \($0)" }, code].compactMap { $0 }.joined(separator: " ")
        return "asked for by an answer to an earlier run\(answer.isEmpty ? "" : ": \(answer)")"
    }

    /// nil for a place that is none of the engine's buckets, or a project that is not known.
    package var bucket: RateBucket? {
        switch place {
        case .everything: .everything
        case .organisations: .organisations
        case .project: project.map { .project($0) }
        case .encryption: project.map { .encryption($0) }
        case .roles: project.map { .roles($0) }
        case .maintenance, .access: nil
        }
    }
}

extension RateBucket {
    var place: KeptHold.Place {
        switch self {
        case .everything: .everything
        case .organisations: .organisations
        case .project: .project
        case .encryption: .encryption
        case .roles: .roles
        }
    }
}
