import AtlasAPI
import AtlasSimulation
import MigrationCore

/// The rules about what servers say: a gateway's answer says nothing of a project and ends no outage, a wait that a
/// server asks for is kept by every process of the job, no wait passes the patience, and none is silent.
struct AnswerWatch {
    private let settings: RunSettings
    /// With somebody's hands on the wall clock a hold that was written down may end early or late.
    private let hasTrueClock: Bool
    /// Whether the last answer about each row was a gateway's.
    private var isForeign: [Int: Bool] = [:]
    /// Of the answers since the last turn, whose they were: `true` for a gateway's.
    private var arrivals: Set<Bool> = []
    private var outages = OutageWatch()
    /// Until when nobody may ask, by what is held: that which is written down, and that which is not yet.
    private var held: [String: Instant] = [:]
    private var heard: [String: Instant] = [:]

    init(settings: RunSettings, hasTrueClock: Bool) {
        self.settings = settings
        self.hasTrueClock = hasTrueClock
    }

    mutating func arrived(_ entry: LogEntry, _ reply: Reply, row: Int?, now: Instant) {
        let isFromGateway = entry.fault.flatMap { FaultKind(rawValue: $0) }?.isForeign == true
        arrivals.insert(isFromGateway)
        outages.arrived(entry, reply, row: row, isFromGateway: isFromGateway)
        if let row { isForeign[row] = isFromGateway }
        // Revoking is courtesy, once a run: the next run's is not the same request again.
        guard !entry.path.hasPrefix("/api/oauth/revoke") else { return }
        guard case .answered(let answer) = reply, [429, 503].contains(answer.status),
            let seconds = answer.headers["Retry-After"].flatMap({ Int64($0) })
        else { return }
        let isEverybodys = answer.status == 429 && entry.code != "RATE_LIMITED_TOKEN_BUCKET"
        let key = isEverybodys && row != nil ? "" : Self.key(entry.path)
        heard[key] = max(heard[key] ?? now, now + .seconds(seconds))
    }

    /// - Returns: what is wrong with a request that leaves now.
    func left(_ path: String, now: Instant) -> [String] {
        for key in ["", Self.key(path)] {
            guard let until = heard[key] ?? held[key], until > now else { continue }
            return ["asked again \((until - now).seconds) s before the time that the server gave"]
        }
        return []
    }

    /// What is held together: the bucket of an endpoint and project.
    private static func key(_ path: String) -> String {
        // Both calls of ours wait together.
        if path.hasPrefix("/api/oauth/token") { return "token" }
        return String(path.prefix { $0 != "?" })
    }

    mutating func turned(_ turn: Turn, isIdle: Bool, now: Instant) -> [String] {
        // The turn's records are durable by now.
        held.merge(heard) { max($0, $1) }
        heard = [:]
        var problems = turn.records.compactMap { record -> String? in
            switch record {
            case .project(let ordinal, .planned(let item, _)) where isForeign[ordinal - 1] == true:
                "row \(ordinal) is planned as \(item.planClass.rawValue) by a gateway's answer"
            case .project(let ordinal, .outcome(let outcome))
            where isForeign[ordinal - 1] == true && outcome.result != .unknown:
                "row \(ordinal) ends as \(outcome.result.rawValue) by a gateway's answer"
            default: nil
            }
        }
        defer { arrivals = [] }
        problems += outages.turned(turn)
        if arrivals == [true], turn.notices.contains(.outageEnded) {
            problems.append("a gateway's answer ended an outage")
        }
        return problems + (isIdle ? waited(turn, now: now) : [])
    }

    private func waited(_ turn: Turn, now: Instant) -> [String] {
        if case .soak? = turn.waiting?.cause { return [] }
        guard let wakeAt = turn.wakeAt else { return [] }
        if wakeAt - now > settings.outagePatience { return ["sleeps for \((wakeAt - now).seconds) s"] }
        guard wakeAt - now > .seconds(5), turn.waiting?.until.map({ $0 >= wakeAt }) != true else { return [] }
        return ["waits \((wakeAt - now).seconds) s without a word"]
    }

    mutating func clientEnded() {
        isForeign = [:]
        arrivals = []
        outages.clientEnded()
        heard = [:]
        if !hasTrueClock { held = [:] }
    }
}
