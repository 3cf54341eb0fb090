import ArgumentParser
import AtlasSimulation

/// A time as people write it: `250ms`, `5s`, `3m`, `1h`; a bare number is seconds.
struct TimeFlag: ExpressibleByArgument, Equatable {
    var milliseconds: Int64

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
        for (suffix, factor) in units where argument.hasSuffix(suffix) {
            guard let number = Double(argument.dropLast(suffix.count)), number >= 0, number < 1e9 else {
                continue
            }
            milliseconds = Int64(number * factor)
            return
        }
        guard let seconds = Double(argument), seconds >= 0, seconds < 1e9 else { return nil }
        milliseconds = Int64(seconds * 1000)
    }

    var seconds: Int { Int((milliseconds + 999) / 1000) }
    var defaultValueDescription: String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}

/// `5ms..30ms`, or one time for both ends.
struct TimeRangeFlag: ExpressibleByArgument {
    var range: ClosedRange<Int64>

    init(_ range: ClosedRange<Int64>) { self.range = range }

    init?(argument: String) {
        let dots = argument.firstRange(of: "..")
        let low = TimeFlag(argument: String(dots.map { argument[..<$0.lowerBound] } ?? argument[...]))
        let high = TimeFlag(argument: String(dots.map { argument[$0.upperBound...] } ?? argument[...]))
        guard let low, let high, low.milliseconds <= high.milliseconds else { return nil }
        range = low.milliseconds...high.milliseconds
    }

    var defaultValueDescription: String { "\(range.lowerBound)ms..\(range.upperBound)ms" }
}

/// `reset-after=0.2`
struct FaultFlag: ExpressibleByArgument {
    var kind: FaultKind
    var rate: Double

    init?(argument: String) {
        let sides = argument.split(separator: "=")
        guard sides.count == 2, let kind = FaultKind(rawValue: String(sides[0])), let rate = Double(sides[1]),
            (0...1).contains(rate)
        else { return nil }
        self.kind = kind
        self.rate = rate
    }
}

/// `10s..40s=503`
struct WindowFlag: ExpressibleByArgument {
    var window: FaultPlan.Window

    init?(argument: String) {
        let sides = argument.split(separator: "=")
        guard sides.count == 2, let times = TimeRangeFlag(argument: String(sides[0])),
            let kind = FaultKind(rawValue: String(sides[1]))
        else { return nil }
        window = FaultPlan.Window(range: Range(times.range), kind: kind)
    }
}

/// `encryption=5/60s:3`: five new tokens every 60 seconds, three at most.
struct LimitFlag: ExpressibleByArgument {
    var set: EndpointSet
    var limit: RateLimit

    init?(argument: String) {
        let sides = argument.split(separator: "=")
        guard sides.count == 2, let set = EndpointSet(rawValue: String(sides[0])) else { return nil }
        let parts = sides[1].split { $0 == "/" || $0 == ":" }
        guard parts.count == 3, let refill = Int(parts[0]), let time = TimeFlag(argument: String(parts[1])),
            let capacity = Int(parts[2]), refill >= 0, capacity >= 1, time.seconds >= 1
        else { return nil }
        self.set = set
        limit = RateLimit(capacity: capacity, refill: refill, seconds: time.seconds)
    }
}

extension Scenario: ExpressibleByArgument {}
extension Storm: ExpressibleByArgument {}
