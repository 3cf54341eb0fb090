import ArgumentParser
import MigrationCore

/// `250ms`, `5s`, `3m`, `1h` on the command line.
struct DurationArgument: ExpressibleByArgument {
    var duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        guard let duration = DurationText.parse(argument) else { return nil }
        self.duration = duration
    }

    var defaultValueDescription: String { DurationText.format(duration) }
}

extension Rate: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension WaveChoice: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension FailureLimit: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// What stands between the cells of a fleet CSV.
enum Delimiter: String, ExpressibleByArgument, CaseIterable {
    case comma = ","
    case semicolon = ";"
    case tab

    var byte: UInt8 {
        switch self {
        case .comma: UInt8(ascii: ",")
        case .semicolon: UInt8(ascii: ";")
        case .tab: 0x09
        }
    }
}
