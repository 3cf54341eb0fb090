import Foundation
import Testing

/// Goal: a job means the same wherever it is moved to, and wherever its operator stands. Method: whole runs on moved
/// jobs and from other folders, where files of the same names lie as decoys.
@Suite(.aFewAtATime) struct MovedJobTests {
    private func move(_ rig: Rig, _ from: String, to: String) throws {
        try FileManager.default.moveItem(atPath: rig.folder.file(from), toPath: rig.folder.file(to))
    }

    private func makeFolder(_ rig: Rig, _ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: rig.folder.file(name), withIntermediateDirectories: false)
    }

    /// Runs keyshift in a folder below.
    private func keyshift(_ rig: Rig, in folder: String, _ words: [String]) async throws -> Ended {
        try await rig.start(shell: "cd \(folder) && exec \"$0\" \"$@\"", words).end(within: .seconds(60))
    }

    @Test(arguments: ["p.failed.csv", "p.results.csv"], [nil, "elsewhere"])
    func theSheetIsNoOutputOfAMovedJob(sheet: String, folder: String?) async throws {
        let rig = try await Rig(["--projects", "3"])
        try move(rig, "fleet.csv", to: sheet)
        let bytes = try rig.folder.bytes(sheet)
        let planned = try await rig.keyshift(["plan", sheet, "--target", "target.yaml", "--job", "fleet.job"])
        #expect(planned.code == 0, "\(planned.testDescription)")
        let answers = try rig.answers
        try move(rig, "fleet.job", to: "p.job")
        if let folder { try makeFolder(rig, folder) }
        let job = folder == nil ? "p.job" : "../p.job"
        let ended = try await keyshift(rig, in: folder ?? ".", ["apply", job] + answers)
        #expect(ended.code == 64 && ended.err.contains("read by this run"), "\(ended.testDescription)")
        #expect(try rig.folder.bytes(sheet) == bytes && rig.simulator.changeCount() == 0)
    }

    @Test func relativeNamesAreThoseOfThePlan() async throws {
        let rig = try await Rig(
            ["--projects", "2", "--state", "state.json"],
            target: "keyshift: 1\nname: x\ntarget: {googleCloudKms: {serviceAccountKey: '${file:key}'}}\n")
        try rig.folder.write("key", "{\"private_key\": \"the-right-one\"}")
        try await rig.plan()
        try makeFolder(rig, "elsewhere")
        try rig.folder.write("elsewhere/key", "{\"private_key\": \"a-decoy\"}")
        try rig.folder.write("elsewhere/fleet.csv", "project_id\n")
        let show = try await rig.keyshift(["show", "fleet.job"])
        #expect(show.out.contains("\(rig.folder.path)/key"), "\(show.testDescription)")
        // Without the right one nothing goes out, whatever lies beside the operator.
        try move(rig, "key", to: "key.away")
        let answers = try rig.answers
        let without = try await keyshift(rig, in: "elsewhere", ["apply", "../fleet.job"] + answers)
        #expect(
            without.code != 0 && without.err.contains("\(rig.folder.path)/key"), "\(without.testDescription)")
        #expect(try rig.simulator.changeCount() == 0)
        try move(rig, "key.away", to: "key")
        let output = try await keyshift(
            rig, in: "elsewhere", ["report", "../fleet.job", "--format", "csv", "-o", "../fleet.csv"])
        #expect(output.code == 64, "\(output.testDescription)")
        let ended = try await keyshift(rig, in: "elsewhere", ["apply", "../fleet.job"] + answers)
        #expect(ended.code == 0, "\(ended.testDescription)")
    }
}
