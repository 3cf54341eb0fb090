/// A pace of PATCHes: `120/min`, `2/s`, `100/h` or `none`.
package enum Rate: Hashable, Sendable, CustomStringConvertible {
    package enum Unit: String, CaseIterable, Sendable {
        case second = "s"
        case minute = "min"
        case hour = "h"

        package var duration: Duration {
            switch self {
            case .second: .seconds(1)
            case .minute: .seconds(60)
            case .hour: .seconds(3600)
            }
        }
    }

    /// Written `none`.
    case unlimited
    case count(Int, per: Unit)

    package static let countRange = 1...1_000_000
    /// What a rate looks like, for messages.
    package static let form = "a number from 1 to 1000000 and a unit, as 120/min, 2/s or 100/h, or none"

    package init?(_ text: String) {
        if text == "none" {
            self = .unlimited
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let unit = Unit(rawValue: String(parts[1])),
            parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(parts[0]),
            Self.countRange.contains(count)
        else { return nil }
        self = .count(count, per: unit)
    }

    package var description: String {
        switch self {
        case .unlimited: "none"
        case .count(let count, let unit): "\(count)/\(unit.rawValue)"
        }
    }

    /// The time from one request to the next; nil without a limit.
    package var interval: Duration? {
        switch self {
        case .unlimited: nil
        case .count(let count, let unit): unit.duration / count
        }
    }
}
