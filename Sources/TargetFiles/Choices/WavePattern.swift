import FleetCSV

/// How a run is cut into waves: `1,5,20%,rest`, over the projects that are to be changed, in the sheet's order.
package struct WavePattern: Hashable, Sendable, CustomStringConvertible {
    private enum Part: Hashable, Sendable {
        case count(Int)
        case percent(Percent)
    }

    /// The waves before the last, which is the rest.
    private var parts: [Part]

    package static let form =
        "numbers from 1 and percentages, ended by rest, as 1,5,20%,rest; or none"
    /// What a run with anything irreversible uses (contract section 4).
    package static let standard = WavePattern(
        parts: [.count(1), .count(5), Percent("20%").map(Part.percent)].compactMap { $0 })

    private init(parts: [Part]) { self.parts = parts }

    /// nil for what is no pattern; `none` is not one.
    package init?(_ text: String) {
        var words = text.split(separator: ",", omittingEmptySubsequences: false)
        guard words.popLast() == "rest", words.count <= 100 else { return nil }
        parts = []
        for word in words {
            if let percent = Percent(word), percent.hundredths > 0 {
                parts.append(.percent(percent))
            } else if let count = DecimalText.number(word), count > 0 {
                parts.append(.count(count))
            } else {
                return nil
            }
        }
    }

    /// The sizes of the waves over so many projects, none of them 0. Percentages are of all projects, rounded up.
    package func sizes(of projects: Int) -> [Int] {
        var left = projects
        var sizes: [Int] = []
        for part in parts where left > 0 {
            let wanted =
                switch part {
                case .count(let count): count
                case .percent(let percent): percent.roundedUp(of: projects)
                }
            sizes.append(min(wanted, left))
            left -= min(wanted, left)
        }
        return left > 0 ? sizes + [left] : sizes
    }

    package var description: String {
        let words = parts.map { part in
            switch part {
            case .count(let count): "\(count)"
            case .percent(let percent): "\(percent)"
            }
        }
        return (words + ["rest"]).joined(separator: ",")
    }
}

/// What a user says about waves.
package enum WaveChoice: Hashable, Sendable, CustomStringConvertible {
    /// Everything is one wave, and nothing is read again.
    case none
    case pattern(WavePattern)
    /// The sheet's own wave column.
    case column

    /// Reads a flag's or the target file's value, which can't name the column.
    package init?(_ text: String) {
        if text == "none" {
            self = .none
        } else {
            guard let pattern = WavePattern(text) else { return nil }
            self = .pattern(pattern)
        }
    }

    /// Sizes of the waves over so many projects; empty without waves, and where the sheet says which they are.
    package func sizes(of projects: Int) -> [Int] {
        guard case .pattern(let pattern) = self else { return [] }
        return pattern.sizes(of: projects)
    }

    package var description: String {
        switch self {
        case .none: "none"
        case .pattern(let pattern): pattern.description
        case .column: "column"
        }
    }
}
