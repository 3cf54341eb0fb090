package import AtlasAPI

/// What is to be done for one kind of work, as decisions only: facts in, one move out. When a call may go again, how
/// often, and what becomes of it when the run stops is its `Errand`'s.
package protocol Procedure: Sendable {
    var ordinal: Int { get }
    /// nil for what is no project's own, such as a page of the list.
    var subject: ProjectID? { get }
    var settings: RunSettings { get }
    /// What it begins with, and how long after it came into play.
    var firstCall: (step: Step, wait: Duration) { get }
    /// The first step of a look, which comes before each change.
    var lookStep: Step { get }
    func endpoint(of step: Step) -> Endpoint
    /// The body of a change as JSON, with references in place of secrets; nil where there is none.
    var body: String? { get }
    var hasSecret: Bool { get }
    /// A 500 then is likely the role's.
    var roleIsYoung: Bool { get }
    /// Whether a change has left of which nobody can say yet whether it took.
    var isOpen: Bool { get }

    /// A call is about to leave; a change gives its intent here.
    mutating func willSend(_ step: Step, now: Now) -> [JournalRecord]
    /// A read was answered; nil when the answer is not what the API promises.
    mutating func took(_ answer: JSONValue, of step: Step, now: Now) -> Move?
    /// A read was refused for good, or its tries are spent.
    mutating func gaveUp(_ step: Step, _ verdict: Verdict, _ failure: Failure, now: Now) -> Move
    /// A change has ended, in whatever way; never called where there is none.
    mutating func changed(_ end: CallEnd, now: Now) -> Move
    /// Whether the step, after the one that has just ended, belongs to the one look that a stopping run still owes to
    /// what it has changed.
    func isLastLook(_ step: Step, after last: Step?) -> Bool
    /// The run stops before the work is done; `failure`: after a call that would be tried again. A move that ends it.
    mutating func leave(_ failure: Failure?, now: Now) -> Move
}

extension Procedure {
    package var lookStep: Step { firstCall.step }
    package var body: String? { nil }
    package var hasSecret: Bool { false }
    package var roleIsYoung: Bool { false }
    package var isOpen: Bool { false }
    package mutating func willSend(_ step: Step, now: Now) -> [JournalRecord] { [] }
    package mutating func changed(_ end: CallEnd, now: Now) -> Move {
        preconditionFailure("work without a change has sent one")
    }
    package func isLastLook(_ step: Step, after last: Step?) -> Bool { false }
    package mutating func leave(_ failure: Failure?, now: Now) -> Move { .end(.left) }

    package func endpoint(of step: Step) -> Endpoint {
        guard let subject else { preconditionFailure("a project's step without a project") }
        return step.endpoint(of: subject)
    }
}

/// What a procedure decides: what to write down, and what is next.
package struct Move: Sendable {
    package enum Next: Sendable {
        case call(Step, notBefore: Instant)
        /// After a failure: the step, after a wait that grows with the failures, but not after `latest`.
        case retry(Step, Verdict, Failure, latest: Instant?)
        case end(Ending)
    }

    package var next: Next
    package var records: [JournalRecord]

    static func call(_ step: Step, at time: Instant, _ records: [JournalRecord] = []) -> Move {
        Move(next: .call(step, notBefore: time), records: records)
    }

    static func retry(_ step: Step, _ verdict: Verdict, _ failure: Failure, latest: Instant? = nil) -> Move {
        Move(next: .retry(step, verdict, failure, latest: latest), records: [])
    }

    static func end(_ ending: Ending, _ records: [JournalRecord] = []) -> Move {
        Move(next: .end(ending), records: records)
    }

    /// Ends with the result that the record is.
    static func settled(_ record: JournalRecord) -> Move { .end(.settled(halts: nil), [record]) }

    /// The same, with something to write down before.
    func after(_ records: [JournalRecord]) -> Move { Move(next: next, records: records + self.records) }
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
