import TargetFiles
import AtlasAPI
package import MigrationCore

/// The plan as `plan` ends with it: what kind of work the projects are, what it needs and how long it takes.
package struct PlanText: Sendable {
    private let nextStep: NextStep

    package init(nextStep: NextStep) { self.nextStep = nextStep }

    /// - Parameters:
    ///   - unread: why projects are still unread.
    ///   - waves: how many projects are in each wave that is still to come.
    ///   - plannedAt: when the last project was read, in milliseconds since 1970 UTC; nil while some are not.
    ///   - now: on the same scale.
    package func summary(
        job: JobFacts, totals: Totals, unread: [UnreadCause], estimate: PlanEstimate, waves: [Int],
        settings: RunSettings,
        plannedAt: Int64?, now: Int64
    ) -> String {
        var text =
            "Plan for \(TextReport.projects(totals.projects)), target \(TerminalText.safe(job.target))\n"
        text += Columns.aligned(PlanClass.allCases.map { ($0.rawValue, totals[$0]) }.filter { $0.1 > 0 })
        text += blocked(totals)
        text += self.unread(unread)
        text += "\n" + needs(totals, estimate, waves, settings)
        let digest = job.planDigest.map(TerminalText.safe)
        text += "Digest: \(digest ?? "none yet, since some projects are unread")\n"
        if let seal = job.approvable, seal != job.planDigest {
            text += "Seal: \(TerminalText.safe(seal)) (what --approve takes from here on)\n"
        }
        if let plannedAt {
            text += "Age: \(Self.age(plannedAt, now)) (read \(WireDate.text(milliseconds: plannedAt)))\n"
        }
        return text
    }

    /// A job's times are what a file says, so any number must do.
    private static func age(_ plannedAt: Int64, _ now: Int64) -> String {
        let (age, overflow) = now.subtractingReportingOverflow(plannedAt)
        // A clock that was set back by a little is no wonder.
        if overflow || age < -60_000 { return "not known, since its time does not fit this machine's clock" }
        return RoughDuration.text(.milliseconds(max(0, age)))
    }

    private func unread(_ causes: [UnreadCause]) -> String {
        causes.map { cause in
            var text = "\nunread (\(TextReport.projects(cause.count)))"
            text += ": \(TerminalText.safe(cause.failure?.summary ?? "not asked yet"))\n"
            let sentence = nextStep.sentence(
                result: .pending, reason: nil, code: cause.failure?.code, httpStatus: cause.failure?.status,
                isUnread: true)
            return text + (sentence.map { "  To do: \(TerminalText.safe($0))\n" } ?? "")
        }.joined()
    }

    /// What stands in the way of which projects, the most first. Reasons that a run found are not the plan's.
    private func blocked(_ totals: Totals) -> String {
        var counts: [Reason: Int] = [:]
        for group in totals.groups where group.planClass == .blocked {
            if let reason = group.reason { counts[reason, default: 0] += group.count }
        }
        let sorted = counts.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key.rawValue < $1.key.rawValue
        }
        return sorted.map { reason, count in
            let step =
                nextStep.sentence(result: .blocked, reason: reason).map {
                    "  To do: \(TerminalText.safe($0))\n"
                } ?? ""
            return "\nblocked: \(reason.rawValue) (\(TextReport.projects(count)))\n" + step
        }.joined()
    }

    private func needs(
        _ totals: Totals, _ estimate: PlanEstimate, _ waves: [Int], _ settings: RunSettings
    ) -> String {
        guard let bound = estimate.bound else { return totals[.unread] > 0 ? "" : "Nothing to change.\n" }
        var text = ""
        if totals.irreversibleToDo > 0 {
            text += "Can't be undone: \(TextReport.projects(totals.irreversibleToDo)).\n"
        }
        text += "Requests: \(estimate.requests), if none has to be tried again.\n"
        if !waves.isEmpty {
            text += "Waves: \(Self.list(waves)) projects"
            text += settings.waves == .column ? ", as in the sheet" : ""
            text +=
                waves.count > 1 ? "; \(DurationText.format(settings.waveSoak)) soak between them.\n" : ".\n"
        }
        text += "Time: \(RoughDuration.text(estimate.duration))"
        if estimate.soaks > .zero { text += ", \(RoughDuration.text(estimate.soaks)) of it soak" }
        return text + ", limited by \(Self.text(bound, settings)).\n"
    }

    /// The first waves; a sheet may have thousands.
    private static func list(_ waves: [Int]) -> String {
        let shown = waves.prefix(12).map { String($0) }.joined(separator: ", ")
        return waves.count > 12 ? "\(shown), … (\(waves.count) waves)" : shown
    }

    private static func text(_ bound: PlanEstimate.Bound, _ settings: RunSettings) -> String {
        switch bound {
        case .rate:
            "--rate (one PATCH every \(settings.patchInterval.map(DurationText.format) ?? "0s"))"
        case .soak: "--wave-soak (\(DurationText.format(settings.waveSoak)) after each wave but the last)"
        case .concurrency: "--concurrency (\(TextReport.count(settings.concurrency, "request")) at a time)"
        }
    }
}
