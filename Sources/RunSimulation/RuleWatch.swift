import TargetFiles
import AtlasAPI
import MigrationCore

/// The rules of the contract's section 4 about who may start when: failure budget, waves and their gates, slow start,
/// the halt on a key that does not work. Counted from the requests and records, apart from the engine's own count.
struct RuleWatch {
    private let job: MemoryJob
    private let settings: RunSettings
    /// Whether the run at hand changes projects; a run that plans has none of these rules.
    private var changes = false
    /// Rows between the start of their look and their result, in this process.
    private var inPlay: Set<Int> = []
    /// Rows that have ended in the wave at hand and this process.
    private var endedInWave = 0
    private var wave: Int?
    private var mayNotStart = false
    /// Requests of this turn that a run which is to end does not send.
    private var fresh: [(row: Int, isPatch: Bool)] = []
    /// When each row was last read, and when it got its result.
    private var readAt: [Int: Instant] = [:]
    private var endedAt: [Int: Instant] = [:]

    init(job: MemoryJob, settings: RunSettings) {
        self.job = job
        self.settings = settings
    }

    mutating func begins(changes: Bool) {
        self.changes = changes
        inPlay = []
        endedInWave = 0
        wave = nil
        mayNotStart = false
        fresh = []
    }

    /// L of the contract, counted here once more.
    private var limit: Int {
        let items = job.rows.count { $0.item?.change != nil }
        return switch settings.maxFailures {
        case .count(let count): count
        case .percent(let percent): items * percent.hundredths / 10_000
        }
    }

    mutating func left(_ row: Int, isPatch: Bool, now: Instant) -> [String] {
        // What an earlier PATCH may have changed is looked at once.
        if isPatch || job.rows[row].attempts.isEmpty { fresh.append((row, isPatch)) }
        guard changes, !inPlay.contains(row) else {
            return mayNotStart && isPatch ? ["a PATCH after a key had stopped working"] : []
        }
        let result = job.rows[row].result
        // A project that is done is read again by its wave's gate.
        guard result == .pending || result == .unknown else { return [] }
        // What an earlier run may have changed is looked at once, also by a run that stops.
        let isLook = !isPatch && !job.rows[row].attempts.isEmpty
        let early = mayNotStart && !isLook ? ["started after a key had stopped working"] : []
        return early + started(row, now: now)
    }

    private mutating func started(_ row: Int, now: Instant) -> [String] {
        var problems: [String] = []
        if job.rows[row].wave != wave {
            wave = job.rows[row].wave
            endedInWave = 0
        }
        inPlay.insert(row)
        let failures = job.rows.indices.count { !inPlay.contains($0) && isFailure($0) }
        if failures + inPlay.count > limit + 1 {
            problems.append("\(inPlay.count) in play with \(failures) failures and a limit of \(limit)")
        }
        // 1, then 2 after 1 has ended, 4 after 2 more, 8 after 4 more.
        var allowed = 1
        while allowed * 2 - 1 <= endedInWave { allowed *= 2 }
        if inPlay.count > allowed {
            problems.append("\(inPlay.count) in play after \(endedInWave) of the wave had ended")
        }
        if let wave { problems += gate(before: wave, now: now) }
        return problems
    }

    private func isFailure(_ row: Int) -> Bool {
        let row = job.rows[row]
        switch row.result {
        case .unknown: return !job.acceptedUnknown.contains(row.ordinal)
        case .failed, .drifted: return row.outcomeRun >= job.acceptedRun
        default: return false
        }
    }

    /// All before the wave must be done, and read again after the soak.
    private func gate(before wave: Int, now: Instant) -> [String] {
        let earlier = job.rows.indices.filter { job.rows[$0].wave.map { $0 < wave } ?? false }
        var problems: [String] = []
        for row in earlier {
            switch job.rows[row].result {
            case .changed, .unchanged: break
            case .failed, .drifted, .blocked:
                if job.rows[row].outcomeRun >= job.acceptedRun {
                    problems.append(
                        "wave \(wave) started with \(job.rows[row].project) \(job.rows[row].result)")
                }
            case .unknown where job.acceptedUnknown.contains(row + 1): break
            default: problems.append("wave \(wave) started with \(job.rows[row].project) open")
            }
        }
        let previous = earlier.compactMap { job.rows[$0].wave }.max()
        let inPrevious = earlier.filter { job.rows[$0].wave == previous }
        guard let end = inPrevious.compactMap({ endedAt[$0] }).max() else { return problems }
        for row in inPrevious
        where [.changed, .unchanged].contains(job.rows[row].result)
            && !job.acceptedUnreadable.contains(row + 1)
        {
            if readAt[row].map({ $0 < end + settings.waveSoak }) ?? true {
                problems.append("wave \(wave) started, and \(job.rows[row].project) was not read again")
            }
        }
        return problems
    }

    /// A project of which only strangers spoke leaves play without a result; the next run looks at it.
    mutating func left(_ turn: Turn, isInPlay: (Int) -> Bool) {
        for case .run(.troubledRead(let ordinal, _, _, let failure?, _)) in turn.records
        where failure.isForeign && !isInPlay(ordinal) { inPlay.remove(ordinal - 1) }
    }

    mutating func read(_ row: Int, now: Instant) { readAt[row] = now }

    /// - Parameter isToEnd: the run was stopped or has halted, in this turn or before.
    mutating func turned(_ turn: Turn, isToEnd: Bool, now: Instant) -> [String] {
        let late = isToEnd ? fresh : []
        fresh = []
        return late.map { row, isPatch in
            "\(job.rows[row].project): a \(isPatch ? "PATCH" : "read") left after the run was to end"
        } + counted(turn, now: now)
    }

    private mutating func counted(_ turn: Turn, now: Instant) -> [String] {
        guard changes, !turn.records.isEmpty else { return [] }
        var hasEnded = false
        for case .project(let ordinal, .outcome) in turn.records {
            hasEnded = true
            inPlay.remove(ordinal - 1)
            endedInWave += 1
            endedAt[ordinal - 1] = now
            if job.rows[ordinal - 1].outcome?.reason == .notValidAfterChange { mayNotStart = true }
        }
        guard hasEnded else { return [] }
        let failures = job.rows.indices.count { isFailure($0) && !inPlay.contains($0) }
        return failures > limit + 1 ? ["\(failures) failures, and the limit is \(limit)"] : []
    }
}
