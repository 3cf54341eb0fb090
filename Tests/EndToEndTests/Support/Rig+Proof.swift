import Foundation
import Testing

extension Rig {
    /// What holds after every run, however it went: each project has one row and the row is true, by our count and by
    /// the simulator's own; no PATCH came without a look before it and an intent for it; the job is sound.
    ///
    /// Needs `--state state.json` among the simulator's flags. `killedAt`: see `Audit.rowsAreTrue`.
    @discardableResult
    func prove(killedAt: [Int64] = [], location: SourceLocation = #_sourceLocation) async throws -> Audit {
        let audit = try Audit(self)
        audit.rowsAreTrue(killedAt: killedAt, location: location)
        audit.changesFollowReads(location: location)
        try audit.changesHaveIntents(job, location: location)
        #expect(try job.integrity == "ok", sourceLocation: location)
        let compared = try await Program(
            Binaries.simulator,
            [
                "--state", "state.json", "--summary", "--check-report", folder.file("fleet.results.csv"),
                "--sheet", folder.file("fleet.csv"),
                "--wanted", wantedField,
            ],
            environment: [:], folder: simulator.folder.path
        ).end()
        #expect(
            compared.code == 0 && compared.out.contains("equal to the simulator's truth"),
            "\(compared.testDescription)", sourceLocation: location)
        return audit
    }

    private var wantedField: String {
        let target = (try? folder.text("target.yaml")) ?? ""
        return target.contains("enabledForSearchNodes") ? "enabledForSearchNodes" : "roleId"
    }
}
