import AtlasAPI
package import MigrationCore

/// Counts projects as they stream by: totals, and what needs a person grouped by cause. Holds a bounded
/// number of causes with a few examples each, whatever the length of the fleet.
package struct SummaryBuilder: Sendable {
    package struct Example: Sendable, Hashable {
        package var id: String
        package var name: String?
    }

    /// What a group of projects has in common.
    package struct Cause: Sendable, Hashable {
        package var result: ProjectResult
        package var reason: Reason?
        package var httpStatus: Int?
        package var errorCode: String?
    }

    package struct Group: Sendable {
        /// nil: the causes beyond the limit, together.
        package var cause: Cause?
        package var count = 0
        package var examples: [Example] = []
    }

    package static let causeLimit = 200
    package static let exampleLimit = 5

    package private(set) var projects = 0
    private var counts: [ProjectResult: Int] = [:]
    private var groups: [Cause: Group] = [:]
    private var others = Group()

    package init() {}

    package subscript(result: ProjectResult) -> Int { counts[result, default: 0] }

    package mutating func add(_ status: ProjectStatus) {
        let outcome = status.outcome
        projects += 1
        counts[outcome.result, default: 0] += 1
        guard FailedCSV.results.contains(outcome.result) else { return }
        let cause = Cause(
            result: outcome.result, reason: outcome.reason, httpStatus: outcome.httpStatus,
            errorCode: outcome.errorCode)
        if groups[cause] != nil || groups.count < Self.causeLimit {
            Self.count(status, in: &groups[cause, default: Group(cause: cause)])
        } else {
            Self.count(status, in: &others)
        }
    }

    /// Most projects first within each result; the rest together at the end.
    package var causes: [Group] {
        let known = groups.values.sorted { left, right in
            guard let leftCause = left.cause, let rightCause = right.cause else { return false }
            let ranks = (Self.rank(leftCause), Self.rank(rightCause))
            if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
            if left.count != right.count { return left.count > right.count }
            return leftCause.title < rightCause.title
        }
        return others.count > 0 ? known + [others] : known
    }

    private static func count(_ status: ProjectStatus, in group: inout Group) {
        group.count += 1
        guard group.examples.count < exampleLimit else { return }
        group.examples.append(Example(id: status.project.text, name: status.name))
    }

    /// What can't wait comes first.
    private static func rank(_ cause: Cause) -> Int {
        if cause.reason?.haltsRun == true { return 0 }
        return switch cause.result {
        case .failed: 1
        case .unknown: 2
        case .drifted: 3
        default: 4
        }
    }
}

extension SummaryBuilder.Cause {
    /// `failed: refused, HTTP 400 CANNOT_ASSUME_ROLE`
    package var title: String {
        let answer = [httpStatus.map { "HTTP \($0)" }, errorCode].compactMap { $0 }.joined(separator: " ")
        let why = [reason?.rawValue, answer.isEmpty ? nil : answer].compactMap { $0 }.joined(separator: ", ")
        return why.isEmpty ? result.rawValue : "\(result.rawValue): \(why)"
    }
}
