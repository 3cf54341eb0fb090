/// One line of the job's history of runs.
package struct RunEntry: Sendable {
    package var id: Int64
    package var command: String
    package var user: String
    package var host: String
    package var pid: Int
    package var startedAt: Int64
    package var endedAt: Int64?
    package var endedHow: String?
    package var exitCode: Int?

    /// The exit code that a second signal leaves with; a run that then ends without a word was left at once.
    package static let abandonedExitCode = 6

    package init(
        id: Int64, command: String, user: String, host: String, pid: Int, startedAt: Int64,
        endedAt: Int64? = nil, endedHow: String? = nil, exitCode: Int? = nil
    ) {
        self.id = id
        self.command = command
        self.user = user
        self.host = host
        self.pid = pid
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.endedHow = endedHow
        self.exitCode = exitCode
    }
}

/// Why a run halted, and who went on in spite of it.
package struct HaltEntry: Sendable {
    package var cause: String
    package var detail: String
    package var at: Int64
    /// nil while nobody has.
    package var acceptedBy: String?
    package var acceptedAt: Int64?
    /// Whether anything had been approved: a halt of the reading for a plan is over when the plan is read.
    package var binds: Bool
    /// The job goes on only when a person says so.
    package var isOpen: Bool { binds && acceptedBy == nil }

    package init(
        cause: String, detail: String, at: Int64, acceptedBy: String? = nil, acceptedAt: Int64? = nil,
        binds: Bool
    ) {
        self.cause = cause
        self.detail = detail
        self.at = at
        self.acceptedBy = acceptedBy
        self.acceptedAt = acceptedAt
        self.binds = binds
    }
}

/// Who approved which plan, and how.
package struct ApprovalEntry: Sendable {
    package var user: String
    package var host: String
    package var revision: Int
    package var digest: String
    package var irreversible: Int
    /// `typed`, or the flags.
    package var how: String
    package var at: Int64
    /// What was sealed then, as it is kept; nil: nothing.
    package var seal: String?

    package init(
        user: String, host: String, revision: Int, digest: String, irreversible: Int, how: String, at: Int64,
        seal: String? = nil
    ) {
        self.user = user
        self.host = host
        self.revision = revision
        self.digest = digest
        self.irreversible = irreversible
        self.how = how
        self.at = at
        self.seal = seal
    }
}
