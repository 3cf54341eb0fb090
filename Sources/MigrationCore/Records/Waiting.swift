package import AtlasAPI

/// What a run that has nothing to do waits for, and until when; told to the person who watches it.
package struct Waiting: Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// A server asked for it; its answer in a line.
        case asked(String)
        /// The end of a backoff of our own after a server's refusal; its answer in a line.
        case refused(String)
        /// The next probe in an outage; the last answer in a line.
        case outage(String)
        /// The next call for a token, or the identity probe.
        case access(String)
        /// The rest of a wave.
        case soak(wave: Int)
        /// `--rate`
        case pace
        /// The next try of a project, or its next look.
        case step(Step)
        /// So many requests are under way.
        case answers(Int)
    }

    package var cause: Cause
    /// nil: nobody can say.
    package var until: Instant?
    /// When the patience is over and the run ends, if that comes first or may.
    package var runEnds: Instant?

    package init(_ cause: Cause, until: Instant?, runEnds: Instant? = nil) {
        self.cause = cause
        self.until = until
        self.runEnds = runEnds
    }
}
