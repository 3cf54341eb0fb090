import AtlasAPI
package import MigrationCore

/// The plan as `plan` ends with it: what kind of work the projects are, what it needs and how long it takes.
package struct PlanText: Sendable {
    private let nextStep: NextStep

    package init(nextStep: NextStep) { self.nextStep = nextStep }

    /// - Parameters:
    ///   - plannedAt: when the last project was read, in milliseconds since 1970 UTC; nil while some are not.
    ///   - now: on the same scale.
    package func summary(
        job: JobFacts, totals: Totals, estimate: PlanEstimate, settings: RunSettings, plannedAt: Int64?,
        now: Int64
    ) -> String {
        var text =
            "Plan for \(TextReport.projects(totals.projects)), target \(TerminalText.safe(job.target))\n"
        text += Columns.aligned(PlanClass.allCases.map { ($0.rawValue, totals[$0]) }.filter { $0.1 > 0 })
        text += blocked(totals)
        if totals[.unread] > 0, let sentence = unreadStep {
            text += "\nunread (\(TextReport.projects(totals[.unread])))\n"
            text += "  To do: \(TerminalText.safe(sentence))\n"
        }
        text += "\n" + needs(totals, estimate, settings)
        let digest = job.planDigest.map(TerminalText.safe)
        text += "Digest: \(digest ?? "none yet, since some projects are unread")\n"
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

    private var unreadStep: String? { nextStep.sentence(result: .pending, reason: nil, isUnread: true) }

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

    private func needs(_ totals: Totals, _ estimate: PlanEstimate, _ settings: RunSettings) -> String {
        guard let bound = estimate.bound else { return totals[.unread] > 0 ? "" : "Nothing to change.\n" }
        var text = ""
        if totals.irreversibleToDo > 0 {
            text += "Can't be undone: \(TextReport.projects(totals.irreversibleToDo)).\n"
        }
        text += "Requests: \(estimate.requests), if none has to be tried again.\n"
        let sizes = settings.waves.sizes(of: totals.toDo)
        if !sizes.isEmpty {
            text += "Waves: \(sizes.map { String($0) }.joined(separator: ", "))"
            text += ", with a rest of \(DurationText.format(settings.waveSoak)) between them.\n"
        } else if settings.waves == .column {
            text += "Waves: as in the sheet.\n"
        }
        text += "Time: \(RoughDuration.text(estimate.duration)), bound by \(Self.text(bound, settings)).\n"
        return text
    }

    private static func text(_ bound: PlanEstimate.Bound, _ settings: RunSettings) -> String {
        switch bound {
        case .rate:
            "--rate (one PATCH every \(settings.patchInterval.map(DurationText.format) ?? "0s"))"
        case .concurrency: "--concurrency (\(TextReport.count(settings.concurrency, "request")) at a time)"
        }
    }
}
