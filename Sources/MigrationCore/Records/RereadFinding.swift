/// What reading a finished project again came to; kept with the job.
package enum RereadFinding: Hashable, Sendable {
    case right
    /// A key that Atlas can't use.
    case notValid(String)
    /// Something moved that nobody asked to change.
    case moved(String)
    /// No longer as the target wants it.
    case notWanted(String)
    case unreadable(Failure)
}

extension RereadFinding {
    package static let notValidWord = "not_valid"

    /// The word in the job.
    package var word: String {
        switch self {
        case .right: "right"
        case .notValid: Self.notValidWord
        case .moved: "moved"
        case .notWanted: "not_wanted"
        case .unreadable: "unreadable"
        }
    }

    /// What is wrong; nil when nothing is.
    package var detail: String? {
        switch self {
        case .right: nil
        case .notValid(let detail), .moved(let detail), .notWanted(let detail): detail
        case .unreadable(let failure): "can't be read: \(failure.summary)"
        }
    }
}
