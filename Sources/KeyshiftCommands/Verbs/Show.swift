import ArgumentParser
import AtlasAPI
import JobStore
import MigrationCore
import Reporting

struct Show: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show what a job would change, project by project, field by field.",
        discussion: """
              keyshift show fleet.job
              keyshift show fleet.job --project 6790e57a9b41416f5c216fee
              keyshift show fleet.job --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The job file.", transform: FileName.file)
    var job: String
    @Option(help: "Only this project (24 hex digits).")
    var project: String?
    @Option(help: "text or json.")
    var format = Format.text
    @OptionGroup(title: "General") var global: GlobalOptions

    func run(_ desk: Desk) throws -> ExitStatus {
        let console = desk.console
        let only = try project.map { text in
            guard let id = ProjectID(text) else {
                throw CommandError(.usage, "--project must be 24 hex digits.")
            }
            return id
        }
        let file = try JobReader.open(job, console)
        let revision = try file.lastRevision()
        // What a board looks at must be what was sealed, and what would be sent.
        // One project alone is put together from its own row, and that is checked where it is read.
        if only == nil {
            try file.consistently {
                try file.checkWhole()
                _ = try revision.checkedDigest()
                try file.checkApprovals()
            }
        }
        try show(revision, only, desk)
        try file.close()
        return .done
    }

    private func show(_ revision: Revision, _ only: ProjectID?, _ desk: Desk) throws {
        let console = desk.console
        let (file, output) = (revision.job, PlanOutput(revision: revision, jobPath: job))
        let nextStep = try revision.nextStep()
        var count = 0
        switch format {
        case .text:
            let text = ShowText(nextStep: nextStep)
            try file.forEachPlanned(project: only) { project in
                count += 1
                console.out(text.row(project))
            }
            if only == nil {
                console.out("\n" + (try output.summary(try file.totals(), now: desk.wall)))
            }
        case .json:
            var json = ShowJSON(nextStep: nextStep)
            console.out(json.prefix(job: try output.facts()))
            try file.forEachPlanned(project: only) { project in
                count += 1
                console.out(json.row(project))
            }
            console.out(json.suffix)
        }
        if let only, count == 0 {
            throw CommandError(.badData, "\(job): project \(only) is not in this job.")
        }
    }
}
