package import MigrationCore

/// Tells of waits that a server asked for in words that nobody can read: what is waited then is our own guess.
package struct OddWaits: Sendable {
    /// A server that makes up a new one each time has been told of often enough.
    private static let limit = 3
    private var told: Set<String> = []

    package init() {}

    /// - Returns: a line to say, the first time that such words are met in a run.
    package mutating func hear(_ failure: Failure?) -> Prose? {
        guard let failure, let odd = failure.oddWait, told.count < Self.limit, told.insert(odd).inserted
        else {
            return nil
        }
        return "a server asks to wait, and \(odd); keyshift waits as long as without it. (\(failure.summary))"
    }
}
