import ArgumentParser
import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import JobStore
import MigrationCore

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a job's progress, from any terminal, while it runs or not.",
        discussion: """
              keyshift status fleet.job
              keyshift status fleet.job --watch
              keyshift status fleet.job --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The job file.")
    var job: String
    @Flag(help: "Show it again every second until no run holds the job.")
    var watch = false
    @Option(help: "text or json.")
    var format = Format.text
    @OptionGroup(title: "General") var global: GlobalOptions

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            while true {
                let snapshot = try JobSnapshot.take(job)
                console.out(format == .json ? snapshot.json + "\n" : snapshot.text)
                guard watch, snapshot.holder != nil else { return .done }
                // A reader waits for the clock and for nothing else.
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }
}

/// What a job looks like at one moment.
struct JobSnapshot {
    var path: String
    var origin: JobOrigin
    var totals: Totals
    /// The process that runs it; nil when none does.
    var holder: String?
    var runs: [RunEntry]
    var halt: OpenHalt?

    /// Opens, reads and closes at once, so that a run that ends meanwhile finds the job free.
    static func take(_ path: String) throws -> JobSnapshot {
        let holder = RunLock.holder(of: path)
        let job = try JobFile.open(path, for: .read)
        let snapshot = try job.consistently {
            JobSnapshot(
                path: path, origin: try job.origin(), totals: try job.totals(), holder: holder,
                runs: try job.runs(), halt: try job.openHalt())
        }
        try job.close()
        return snapshot
    }

    private var results: [(ProjectResult, Int)] {
        ProjectResult.allCases.map { ($0, totals[$0]) }.filter { $0.1 > 0 }
    }

    var text: String {
        let counts = results.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
        var lines = ["\(path): \(origin.targetName), \(totals.projects) projects: \(counts)"]
        lines.append(holder.map { "running: \($0)" } ?? "no run holds it")
        if let last = runs.last {
            let end = last.endedHow ?? (holder == nil ? "died" : "under way")
            lines.append(
                "last run: \(last.command) by \(last.user), \(WireDate.text(milliseconds: last.startedAt)): \(end)"
            )
        }
        if let halt { lines.append("halted: \(HaltText.sentence(halt.cause, halt.detail))") }
        return lines.joined(separator: "\n") + "\n"
    }

    var json: String {
        let counts = ProjectResult.allCases.map { ($0.rawValue, JSONValue.number(Double(totals[$0]))) }
        let members: [String: JSONValue] = [
            "schema": .number(1), "job": .string(path), "target": .string(origin.targetName),
            "organisation": origin.organisation.map { .string($0.text) } ?? .null,
            "address": .string(origin.address), "plan_digest": origin.planDigest.map { .string($0) } ?? .null,
            "projects": .number(Double(totals.projects)), "running": .bool(holder != nil),
            "holder": holder.map { .string($0) } ?? .null,
            "halted": halt.map { .object(["cause": .string($0.cause), "detail": .string($0.detail)]) }
                ?? .null,
            "totals": .object(Dictionary(counts) { first, _ in first }),
        ]
        return JSONValue.object(members).canonicalText()
    }
}
