package import MigrationCore

/// What a person does next about a project: one sentence, the same in every report.
///
/// A project of a started job is worked on again by `retry`; before that, by a new plan.
package struct NextStep: Sendable {
    /// `keyshift resume fleet.job`, as it may be typed; `apply` for a job that has not been started.
    package let resumeCommand: String
    /// `keyshift retry fleet.job --only `; nil for a job that has not been started.
    private let retryCommand: String?
    /// Then the first step is to look, and nothing that is pending goes on by itself.
    package let isHalted: Bool
    /// It is about a plan that a retry has just made: what follows the remedy is said once the retry is over.
    private let isDraft: Bool

    /// `isHalted`: the job goes on only when its failures are accepted.
    package init(job: String, isStarted: Bool = true, isHalted: Bool = false, isDraft: Bool = false) {
        self.isDraft = isDraft
        let verb = isStarted ? "resume" : "apply"
        resumeCommand = "keyshift \(verb) \(ShellWord.quoted(job))" + (isHalted ? " --accept-failures" : "")
        self.isHalted = isHalted
        retryCommand = isStarted ? "keyshift retry \(ShellWord.quoted(job)) --only " : nil
    }

    /// nil when nothing is left to do.
    package func sentence(for status: ProjectStatus) -> String? {
        sentence(
            result: status.outcome.result, reason: status.outcome.reason, code: status.outcome.errorCode,
            httpStatus: status.outcome.httpStatus, isUnread: status.planClass == .unread)
    }

    /// `isUnread`: the plan has not read the project yet, so no run can take it up.
    package func sentence(
        result: ProjectResult, reason: Reason?, code: String? = nil, httpStatus: Int? = nil,
        isUnread: Bool = false
    ) -> String? {
        switch result {
        case .changed, .unchanged, .excluded: nil
        case .pending where isUnread: unread(code: code, httpStatus: httpStatus)
        case .pending where isHalted:
            "Waits until the halt is looked into; then run \(resumeCommand)."
        case .pending: "Run \(resumeCommand)."
        case .unknown: "Run \(resumeCommand); it looks again before it sends anything."
        case .failed, .blocked, .drifted:
            remedy(again(result, reason), reason: reason, code: code, httpStatus: httpStatus)
        }
    }

    /// What kept the project from being read comes first.
    private func unread(code: String?, httpStatus: Int?) -> String {
        let command =
            isDraft ? "the same keyshift retry command" : "the command that made the job"
        let reads = "; it reads what is still unread."
        guard let action = code.flatMap(ErrorAdvice.action) ?? httpStatus.flatMap(ErrorAdvice.action) else {
            return "Run \(command) again\(isDraft ? "" : " (plan without --offline)")\(reads)"
        }
        return "\(action), then run \(command) again\(reads)"
    }

    /// What follows the remedy. What was wrong in the sheet can only be fixed there.
    private func again(_ result: ProjectResult, _ reason: Reason?) -> String {
        if isDraft { return "." }
        guard let retryCommand, reason?.isOfTheSheet != true else { return ", then plan it in a new job." }
        return ", then run \(retryCommand)\(result.rawValue)."
    }

    private func remedy(_ again: String, reason: Reason?, code: String?, httpStatus: Int?) -> String {
        guard let reason else { return "Read the detail, fix the cause\(again)" }
        // An answer's code knows better than a reason that says no more than "it was refused".
        if reason.comesFromAnAnswer, let action = code.flatMap(ErrorAdvice.action) { return action + again }
        if reason.saysNoMoreThanAStatus, let action = httpStatus.flatMap(ErrorAdvice.action) {
            return action + again
        }
        return Self.remedy(reason, again)
    }

    /// The reasons of a plan (contract section 3), then those that only a run can find.
    private static func remedy(_ reason: Reason, _ again: String) -> String {
        switch reason {
        case .notFound: "Check the project's id and the organisation of the credentials\(again)"
        case .noAccess: "Give the credentials the Project Owner role in this project\(again)"
        case .readFailed: "Find out why Atlas could not be read, with the detail\(again)"
        case .nameMismatch: "Check that the row's id and name belong together (a mis-sorted sheet?)\(again)"
        case .severalProviders:
            "Ask MongoDB support which provider is in use; keyshift leaves such projects alone."
        case .keyNotValid: "Restore Atlas's access to the project's present key\(again)"
        case .providerMismatch: "Take the project out of the sheet, or use a target for its provider."
        case .providerNotEnabled: "Enable encryption at rest in the project, or take it out of the sheet."
        case .roleMissing: "Make the role in the project, or fill in the sheet's role column\(again)"
        case .roleNotInProject: "Put the id of a role of this very project in the sheet\(again)"
        case .roleNotReady: "Finish or authorise the role in the project\(again)"
        case .roleAmbiguous:
            "Put one of the roles that the detail names in the sheet's column role_id\(again)"
        case .oneWay:
            "Leave the project out; there is no way back from what the detail names."
        case .stateChanged: "Find out who changed the settings since the plan\(again)"
        case .roleChanged: "Make the role ready again, or choose another\(again)"
        case .refused: "Look up the error code and fix the cause\(again)"
        case .attemptsExhausted: "Wait until Atlas answers well again\(again)"
        case .propagationTimeout: "Check what the cloud account grants to Atlas, wait a few minutes\(again)"
        case .notValidAfterChange: restoreAccess
        case .collateralChange:
            "Put back in Atlas what the detail names, and find out what changed it before you go on."
        // With these a project is `unknown`, and that is answered before the reason is.
        case .stillOld, .outcomeUnknown: "Read the detail, fix the cause\(again)"
        }
    }

    /// Source: the manual's page on each provider; Atlas checks every 15 minutes.
    static let restoreAccess =
        "Restore Atlas's access to the key within 15 minutes, before its next check can stop the database processes."
}

extension Reason {
    /// Whether it only says that an answer decided; the answer's code and status say what about.
    fileprivate var comesFromAnAnswer: Bool {
        switch self {
        case .notFound, .noAccess, .readFailed, .refused, .attemptsExhausted, .propagationTimeout: true
        default: false
        }
    }

    /// Decided by a cell of the sheet, which a job keeps as it was.
    fileprivate var isOfTheSheet: Bool {
        switch self {
        case .nameMismatch, .roleNotInProject, .roleAmbiguous: true
        default: false
        }
    }

    fileprivate var saysNoMoreThanAStatus: Bool {
        self == .readFailed || self == .refused || self == .attemptsExhausted
    }
}
