import FleetCSV

/// `--max-failures`: a number of projects, or a percentage of those that are to be changed.
package enum FailureLimit: Hashable, Sendable, CustomStringConvertible {
    case count(Int)
    case percent(Percent)

    package static let form = "a number of projects, or a percentage from 0% to 100%, as 10 or 2.5%"

    package init?(_ text: String) {
        if let percent = Percent(text) {
            self = .percent(percent)
        } else {
            guard let count = DecimalText.number(text) else { return nil }
            self = .count(count)
        }
    }

    /// L of the contract, section 4: as many projects may end badly, and one more halts the run.
    package func limit(of projects: Int) -> Int {
        switch self {
        // More than any fleet has, and far from where sums overflow.
        case .count(let count): min(count, 1_000_000_000)
        case .percent(let percent): percent.roundedDown(of: projects)
        }
    }

    package var description: String {
        switch self {
        case .count(let count): "\(count)"
        case .percent(let percent): percent.description
        }
    }
}
