package import AtlasAPI

/// What a project wants next.
package enum Wish: Hashable, Sendable {
    case call(Step, Endpoint, notBefore: Instant)
    case finished(Ending)
}

package enum Ending: Hashable, Sendable {
    /// There is a result; its record has been given out.
    case settled(halts: Halt?)
    /// Left as it was; a later run goes on with it.
    case left
    /// There is a result, and what it told is more work: the row source has rows again.
    case uncovered
}

/// The end of a project's call, after the engine has seen to the run's own concerns.
package enum CallEnd: Sendable {
    case succeeded(JSONValue?, status: Int)
    /// A verdict that is this project's to deal with.
    case failed(Verdict, Failure)
    /// Refused without a meaning of its own (429, 405, stale challenge, a 401 not yet explained): the same
    /// call again when the engine lets it.
    case heldBack(Verdict, Failure)
    /// A failure during an outage hold: the same call again, no try spent.
    case outage(Verdict, Failure)
    /// 401, and the credentials are good: it is the project that refuses.
    case denied(Failure)
}

/// The machine of one project; pure. The engine alternates `wish` and `ended`.
package protocol ProjectWork: Sendable {
    var ordinal: Int { get }
    /// nil for what is no project's own, such as a page of the list.
    var subject: ProjectID? { get }
    var wish: Wish { get }
    /// The call of `wish` is about to leave; a PATCH gives its intent here.
    mutating func willSend(now: Now) -> [JournalEntry]
    mutating func ended(_ end: CallEnd, now: Now, dice: inout Dice) -> [JournalEntry]
    /// The PATCH body as JSON, with references in place of secrets; nil where there is none.
    var body: String? { get }
    var hasSecret: Bool { get }
    /// A 500 then is likely the role's.
    var roleIsYoung: Bool { get }
    /// The PATCH that is due has waited too long since its look: look again first.
    mutating func lookAfresh(now: Now)
    /// The run is stopping: nothing new; look once at what was changed, then end.
    mutating func drain(now: Now) -> [JournalEntry]
}

extension ProjectWork {
    package var body: String? { nil }
    package var hasSecret: Bool { false }
    package var roleIsYoung: Bool { false }
    package mutating func lookAfresh(now: Now) {}
}

extension Failure {
    /// A 2xx whose body is not what the API promises; treated as a passing fault of the way there.
    static let unreadable = Failure(
        status: 200, code: "unreadable_answer", detail: "the answer is not what the API describes")

    /// The reason for a project that can't be read.
    package var readReason: Reason {
        switch status {
        // Whatever its status: a gateway knows nothing of projects.
        case _ where isForeign: .readFailed
        case 404: .notFound
        case 401, 403: .noAccess
        default: .readFailed
        }
    }

    /// Status, code and detail in one line.
    package var summary: String {
        [status.map { "HTTP \($0)" }, isForeign ? nil : code, detail].compactMap { $0 }.joined(separator: " ")
    }
}
