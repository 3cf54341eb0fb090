import TargetFiles
import AtlasAPI
import Foundation
import JobStore
import MigrationCore
import Reporting
import TargetFiles

/// The question before the first PATCH, and its answers for scripts.
struct Approval {
    var yes: Bool
    var confirmIrreversible: Int?
    var digest: String?

    /// For the job's history: which flags, or that a person typed it.
    var how: String {
        let flags = [
            yes ? "--yes" : nil, confirmIrreversible.map { "--confirm-irreversible \($0)" },
            digest == nil ? nil : "--approve",
        ]
        let text = flags.compactMap { $0 }.joined(separator: " ")
        return text.isEmpty ? "typed" : text
    }

    /// Returns when everything that needs an answer has one.
    /// - Throws: `CommandError` 9.
    func obtain(
        _ desk: Desk, _ revision: Revision, totals: Totals, settings: RunSettings, command: String = "apply"
    ) throws {
        let job = revision.job
        let irreversible = totals.irreversibleToDo
        if let given = confirmIrreversible, given != irreversible {
            throw CommandError(
                .notConfirmed,
                "--confirm-irreversible says \(given), the plan has \(irreversible) changes that can't be "
                    + "undone. Nothing was sent; look at it with `keyshift show \(ShellWord.quoted(job.path))`."
            )
        }
        // The number answers for what can't be undone, --yes for the ordinary question; neither for the other.
        let needsNumber = irreversible > 0 && confirmIrreversible == nil
        guard !yes || needsNumber else { return }
        guard desk.console.mayAsk else { throw refusal(irreversible, job.path, command) }
        let overview = try overview(revision, totals, irreversible, settings)
        let wanted = needsNumber ? String(irreversible) : "yes"
        let question: Prose =
            needsNumber ? "Type the number of changes that can't be undone to go on: " : "Type yes to go on: "
        guard desk.console.ask(overview + question)?.trimmingCharacters(in: .whitespaces) == wanted else {
            throw CommandError(.notConfirmed, "not confirmed; nothing was sent.")
        }
    }

    private func overview(
        _ revision: Revision, _ totals: Totals, _ irreversible: Int, _ settings: RunSettings
    ) throws -> Prose {
        let origin = try revision.job.origin()
        let organisation = origin.organisation?.text ?? "not known"
        let lines: [Prose] = [
            "About to change \(totals.toDo) projects of organisation \(organisation) at \(origin.address).",
            irreversible > 0
                ? "\(irreversible) of the changes CAN'T BE UNDONE." : "All of the changes can be undone.",
            "\(Self.rules(totals, settings))",
        ]
        return try (lines + PlanOutput(revision: revision, jobPath: revision.job.path).samples(5)).joined(
            separator: "\n") + "\n"
    }

    /// What bounds the damage.
    private static func rules(_ totals: Totals, _ settings: RunSettings) -> String {
        let limit = settings.maxFailures.limit(of: totals.toDo)
        let waves =
            switch settings.waves {
            case .none: "No waves."
            case .column: "Waves as in the sheet."
            case .pattern(let pattern):
                "Waves of \(pattern.sizes(of: totals.toDo).map(String.init).joined(separator: ", "))."
            }
        return "\(waves) Halts when more than \(limit) end badly."
    }

    private func refusal(_ irreversible: Int, _ jobPath: String, _ command: String) -> CommandError {
        let flags = irreversible > 0 ? "--yes --confirm-irreversible \(irreversible)" : "--yes"
        return CommandError(
            .notConfirmed,
            "not confirmed, and nobody can be asked here; nothing was sent. "
                + "After a look at the plan: keyshift \(command) \(ShellWord.quoted(jobPath)) \(flags)")
    }
}

extension ApprovalEntry {
    /// Who approved what, when and from where: a resume asks nobody, so it says whom it relies on.
    var line: String {
        let time = WireDate.text(milliseconds: at)
        let number = irreversible == 0 ? "" : ", \(irreversible) of its changes can't be undone"
        return TerminalText.safe(
            "Approved by \(user) on \(host) at \(time) (\(how)): plan \(digest)\(number); "
                + "sealed as \(seal ?? "nothing")")
    }
}
