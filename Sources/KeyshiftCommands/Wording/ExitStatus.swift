/// The exit codes of the contract, section 6.
package enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case internalError = 1
    case differences = 2
    case someFailed = 3
    case halted = 4
    case stopped = 5
    case unknownOutcomes = 6
    case mismatch = 7
    case locked = 8
    case notConfirmed = 9
    case accessRefused = 10
    case usage = 64
    case badData = 65
    case inputMissing = 66
    case cannotCreate = 73
    case inputOutput = 74
    case environment = 78

    /// When several apply, the first of these wins: the most dangerous.
    package static let order: [ExitStatus] = [
        .inputOutput, .environment, .mismatch, .accessRefused, .unknownOutcomes, .halted, .stopped,
        .someFailed, .differences,
    ]

    /// `.done` when all are.
    static func worst(_ codes: [ExitStatus]) -> ExitStatus {
        order.first { codes.contains($0) } ?? codes.first { $0 != .done } ?? .done
    }
}
