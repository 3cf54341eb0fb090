import AtlasAPI
import AtlasSimulation
import Foundation
import Testing

@testable import KeyshiftCommands
@testable import RunSimulation

/// How runs end that do not simply succeed, and what goes on after them.
struct RunTests {
    private func script(_ rig: Rig, _ faults: [String: [String: [String?]]]) {
        rig.transport.atlas.faults.scripts = faults
    }

    private func planned(_ count: Int, _ target: String = Target.searchNodes) throws -> Rig {
        let rig = try Rig(
            count, target == Target.searchNodes ? .searchNodesOff : .googleStatic, target: target)
        try rig.plan()
        return rig
    }

    @Test func aHaltWaitsForSomebody() throws {
        let rig = try planned(6, Target.googleRole)
        script(rig, [rig.projects[0].id: ["PATCH": ["400"]]])
        let halted = try rig.run("apply @fleet.job --yes --confirm-irreversible 6", expecting: 4)
        #expect(halted.err.contains("Halted: ") && halted.err.contains("--accept-failures"))
        #expect(try rig.text("fleet.failed.csv") == "project_id\n\(rig.projects[0].id)\n")
        #expect(try rig.run("status @fleet.job").out.contains("halted: "))
        let refused = try rig.run("resume @fleet.job", expecting: 4)
        #expect(refused.err.contains("the job was halted") && refused.err.contains("Nothing was sent"))
        let resumed = try rig.run("resume @fleet.job --accept-failures", expecting: 3)
        #expect(resumed.err.contains("Approved by "))
        #expect(try rig.run("report @fleet.job").out.contains("failures accepted by"))
        script(rig, [:])
        try rig.run("retry @fleet.job --only drifted", expecting: 0)
        try rig.run("retry @fleet.job --only failed:refused --yes --confirm-irreversible 2", expecting: 9)
        try rig.run("retry @fleet.job --only failed --yes --confirm-irreversible 1", expecting: 0)
        #expect(rig.projects.allSatisfy { $0.patchesApplied == 1 } && !rig.has("fleet.failed.csv"))
    }

    @Test func aKeyThatDoesNotWorkHaltsAtOnce() throws {
        let rig = try planned(6, Target.googleRole)
        script(rig, [rig.projects[0].id: ["PATCH": ["never-valid"]]])
        let halted = try rig.run("apply @fleet.job --yes --confirm-irreversible 6", expecting: 4)
        #expect(halted.err.contains("ATTENTION") && halted.err.contains("Atlas can't use the key"))
        #expect(rig.projects.filter { $0.patchesSeen > 0 }.count == 1)
    }

    @Test func stopsThatWereAskedFor() throws {
        let rig = try planned(8, Target.googleRole)
        let stopped = try rig.run(
            "apply @fleet.job --yes --confirm-irreversible 8 --waves 1,3,rest --stop-after-wave 1",
            expecting: 5)
        #expect(stopped.err.contains("Stopped after the wave") && stopped.err.contains("keyshift resume"))
        try rig.run("resume @fleet.job --max-duration 10ms", expecting: 5)
        rig.transport.interruptions = [rig.clock.instant + .milliseconds(30)]
        #expect(try rig.run("resume @fleet.job", expecting: 5).err.contains("Again Ctrl-C leaves at once"))
        try rig.run("resume @fleet.job --rate 600/min", expecting: 64)
        try rig.run("resume @fleet.job --rate 60/min", expecting: 0)
        #expect(try rig.run("status @fleet.job").out.contains("stopped: "))
    }

    @Test func whatNobodyKnowsIsLookedAtAgain() throws {
        let rig = try planned(2)
        script(rig, ["*": ["PATCH": ["500-after"], "GET": [nil] + [String?](repeating: "503", count: 40)]])
        let ended = try rig.run("apply @fleet.job --yes --outage-patience 30s --max-failures 100%")
        #expect(ended.code == 4 && ended.err.contains("did not answer within"), "\(ended.testDescription)")
        script(rig, [:])
        try rig.run("resume @fleet.job --accept-failures", expecting: 0)
        #expect(rig.projects.allSatisfy { $0.patchesApplied == 1 && $0.violations.isEmpty })
    }

    @Test func credentialsThatAreRefused() throws {
        let rig = try planned(2)
        rig.environment["MONGODB_ATLAS_CLIENT_SECRET"] = "wrong"
        let ended = try rig.run("apply @fleet.job --yes", expecting: 10)
        #expect(ended.err.contains("Fix the credentials") && !ended.err.contains("wrong"))
        #expect(try rig.run("plan @fleet.csv --target @target.yaml --job @other.job").code == 10)
        #expect(try rig.run("inventory").code == 10)
    }

    @Test func anotherOrganisation() throws {
        let rig = try Rig(2)
        rig.environment["MONGODB_ATLAS_ORG_ID"] = String(repeating: "b", count: 24)
        try rig.run("plan @fleet.csv --target @target.yaml --job @fleet.job", expecting: 7)
    }

    @Test func aStormPasses() throws {
        let rig = try planned(12)
        rig.transport.atlas.faults = Storm.stormy.plan
        try rig.run("apply @fleet.job --yes --max-failures 100% --verbose --concurrency 3", expecting: 0)
        #expect(rig.projects.allSatisfy { $0.violations.isEmpty })
    }

    @Test func eventsAreAppended() throws {
        let rig = try planned(3)
        script(rig, [rig.projects[1].id: ["PATCH": ["400"]]])
        try rig.run("apply @fleet.job --yes --max-failures 100% --events @events", expecting: 3)
        let first = try rig.text("events")
        for event in ["intent", "attempt_ended", "result"] {
            #expect(first.contains("\"event\":\"\(event)\""))
        }
        #expect(
            first.contains(rig.projects[0].id)
                && first.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"at\":") })
        script(rig, [:])
        // A killed run has left half a line.
        try rig.write("events", first + "{\"at\":\"2026")
        try rig.run("retry @fleet.job --yes --events @events", expecting: 0)
        #expect(try rig.text("events").hasPrefix(first + "{\"at\":\"2026\n{"))
    }

    @Test(arguments: ["fleet.job", "fleet.job.lock", "fleet.results.csv", "target.yaml", "none/events", "."])
    func placesThatEventsDoNotGoTo(name: String) throws {
        let rig = try planned(1)
        try rig.write("fleet.results.csv", "of an earlier run\n")
        let before = try rig.text("fleet.job")
        let ended = try rig.run("apply @fleet.job --yes --events @\(name)")
        #expect([64, 73].contains(ended.code), "\(ended.testDescription)")
        #expect(try rig.text("fleet.job") == before && rig.projects[0].patchesSeen == 0)
    }

    @Test func secretsOfThePlanAreReadFirst() throws {
        let target = """
            keyshift: 1
            name: rotate
            target: {awsKms: {secretAccessKey: "${env:AWS_SECRET}", accessKeyID: "AKIAIOSFODNN7EXAMPLE"}}

            """
        let rig = try Rig(2, .awsStatic, target: target)
        rig.environment["AWS_SECRET"] = "s3cret-s3cret-s3cret-s3cret-s3cret-s3cre"
        let planned = try rig.run("plan @fleet.csv --target @target.yaml --job @fleet.job")
        #expect(planned.code == 0, "\(planned.testDescription)")
        rig.environment["AWS_SECRET"] = nil
        try rig.run("apply @fleet.job --yes --confirm-irreversible 2", expecting: 78)
        #expect(rig.projects.allSatisfy { $0.patchesSeen == 0 })
        rig.environment["AWS_SECRET"] = "s3cret-s3cret-s3cret-s3cret-s3cret-s3cre"
        let applied = try rig.run("apply @fleet.job --yes --confirm-irreversible 2")
        #expect(!(planned.out + applied.out + applied.err).contains("s3cret-s3cret"))
    }
}
