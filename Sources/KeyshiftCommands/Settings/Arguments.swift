import AtlasAPI
import TargetFiles
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

extension OrganisationID: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension Provider: ExpressibleByArgument {}

enum AuthArgument: String, CaseIterable, ExpressibleByArgument {
    case `static`, role, none

    var auth: Posture.Auth {
        switch self {
        case .static: .static
        case .role: .role
        case .none: .none
        }
    }
}

enum SwitchArgument: String, CaseIterable, ExpressibleByArgument { case on, off }

struct TagArgument: ExpressibleByArgument {
    var key: String
    var value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
        key = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}
