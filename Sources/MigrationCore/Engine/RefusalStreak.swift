/// The same permanent (status, code) in answers to PATCH on five different projects in a row is no longer those
/// projects' trouble.
package struct RefusalStreak: Sendable {
    private struct Answer: Hashable, Sendable {
        var status: Int?
        var code: String?
    }

    private static let limit = 5
    private var answer: Answer?
    /// Their ordinals.
    private var projects: Set<Int> = []

    package init() {}

    /// A PATCH was refused for good.
    /// - Returns: whether that makes five.
    package mutating func refused(_ ordinal: Int, _ failure: Failure) -> Bool {
        let answer = Answer(status: failure.status, code: failure.code)
        if answer != self.answer { projects = [] }
        self.answer = answer
        projects.insert(ordinal)
        return projects.count >= Self.limit
    }

    /// Any other end of a PATCH.
    package mutating func reset() {
        answer = nil
        projects = []
    }
}
