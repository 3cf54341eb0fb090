import Foundation
import Reporting
import Testing

@testable import KeyshiftCommands

/// What may be written where: an output takes no input's, job's or stranger's place.
struct OutputTests {
    private func refused(
        _ status: Code, location: SourceLocation = #_sourceLocation, _ work: () throws -> Void
    ) {
        let error = #expect(throws: CommandError.self, sourceLocation: location) { try work() }
        #expect(error?.status == status, "\(error?.message.text ?? "")", sourceLocation: location)
    }

    private func output(_ path: String, _ naming: OutputFile.Naming = .given) throws -> OutputFile {
        try OutputFile(path, naming)
    }

    @Test func aFileIsReplacedInOneStep() throws {
        let rig = try Rig(0)
        try rig.write("out.csv", "old", mode: 0o644)
        let file = try output(rig.path("out.csv"))
        #expect(file.hasName)
        #expect(throws: CocoaError.self) {
            try file.write { append in
                try append("half")
                throw CocoaError(.fileWriteUnknown)
            }
        }
        #expect(try rig.text("out.csv") == "old")
        try file.write { append in for _ in 0..<9000 { try append("new line\n") } }
        #expect(try rig.text("out.csv").count == 81_000)
        let mode = try FileManager.default.attributesOfItem(atPath: rig.path("out.csv"))[.posixPermissions]
        #expect(mode as? Int == 0o644)
        #expect(try FileManager.default.contentsOfDirectory(atPath: rig.folder).count == 3)
    }

    @Test func linksAreFollowedWhereTheyLead() throws {
        let rig = try Rig(0)
        try rig.write("real", "old")
        try FileManager.default.createSymbolicLink(atPath: rig.path("link"), withDestinationPath: "real")
        try output(rig.path("link")).write { try $0("new") }
        #expect(try rig.text("real") == "new")
        try FileManager.default.createSymbolicLink(atPath: rig.path("dead"), withDestinationPath: "nothing")
        refused(.cannotCreate) { _ = try output(rig.path("dead")) }
        try FileManager.default.createSymbolicLink(atPath: rig.path("loop"), withDestinationPath: "loop")
        refused(.cannotCreate) { _ = try output(rig.path("loop")) }
        refused(.cannotCreate) { _ = try output("/proc/self/exe") }
    }

    @Test func placesThatTakeNothing() throws {
        let rig = try Rig(0)
        for name in ["/", rig.folder, rig.path("none/out"), "/dev/fd/99", "/dev/fd/0"] {
            refused(.cannotCreate) { _ = try output(name) }
        }
        mkfifo(rig.path("pipe"), 0o600)
        let reader = open(rig.path("pipe"), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        let file = try output(rig.path("pipe"))
        #expect(!file.hasName)
        try file.write { try $0("through") }
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &bytes, 16) == 7)
        close(reader)
        try output("/dev/null").write { try $0("away") }
        refused(.inputOutput) { try output("/dev/full").write { try $0("lost") } }
    }

    @Test func jobsSheetsTargetsAndCredentialsStay() throws {
        let rig = try Rig(2)
        try rig.plan()
        try rig.write("credentials", "MONGODB_ATLAS_CLIENT_ID=a\n")
        try rig.write("job.lock", "pid 1 on here, user me")
        for name in [
            "fleet.job", "fleet.job-wal", "fleet.job-journal", "fleet.job.lock", "target.yaml", "credentials",
            "job.lock",
        ] {
            refused(.cannotCreate) { _ = try output(rig.path(name)) }
        }
        for (line, code) in [
            ("report @fleet.job -o @fleet.csv", 64), ("report @fleet.job -o @fleet.job", 64),
            ("report @fleet.job -o @fleet.job-wal", 64), ("report @fleet.job -o @target.yaml", 73),
            ("verify @fleet.job -o @fleet.csv", 64), ("verify @fleet.job -o @fleet.job.lock", 64),
            ("roles @fleet.csv --provider googleCloudKms -o @fleet.csv", 64),
            ("roles @fleet.csv --provider googleCloudKms -o @x --grants @x", 64),
            ("inventory --credentials @credentials -o @credentials", 64),
            ("plan @fleet.csv --target @target.yaml --job @fleet.csv", 64),
            ("plan @fleet.csv --target @target.yaml --job @target.yaml", 64),
            ("plan @fleet.results.csv --target @target.yaml --job @fleet.job", 64),
            ("plan @fleet.csv --target @target.yaml --job @none/fleet.job", 73),
            ("plan @none.csv --target @target.yaml --job @new.job", 66),
            ("plan @fleet.csv --target @none.yaml --job @new.job", 66),
        ] as [(String, Int32)] {
            try rig.run(line, expecting: code)
        }
        #expect(!rig.has("new.job"))
    }

    @Test func badInputIsToldByItsPlace() throws {
        let rig = try Rig(0)
        try rig.write("fleet.csv", "project_id,x\nnonsense,1\n")
        let sheet = try rig.run("plan @fleet.csv --target @target.yaml --job @fleet.job", expecting: 65)
        #expect(
            sheet.err.contains("fleet.csv:2:1: ") && sheet.err.contains("1 problem; nothing was written."))
        try rig.write("fleet.csv", "project_id\n")
        #expect(
            try rig.run("plan @fleet.csv --target @target.yaml --job @fleet.job", expecting: 65).err
                .contains("no projects"))
        try rig.write("target.yaml", "keyshift: 1\nname: x\ntarget: {nonsense: 1}\n")
        #expect(
            try rig.run("plan @fleet.csv --target @target.yaml --job @fleet.job", expecting: 65).err
                .contains("target.yaml:3:"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: rig.folder).sorted() == [
                "fleet.csv", "target.yaml",
            ])
    }

    @Test func leftoversOfTheDeadAreTakenAway() throws {
        let rig = try Rig(0)
        let living = "out.csv.keyshift-\(getpid())-1f.tmp"
        // No process can have this number.
        let dead = ["out.csv.keyshift-999999999-1f.tmp", "out.csv.keyshift-999999999-1f.tmp-wal"]
        let others = [
            "out.csv.keyshift-999999999-1f.txt", "out.csv.keyshift-x-1f.tmp",
            "out.csv.keyshift-999999999-1f.tmp-x",
        ]
        for name in dead + others + [living] { try rig.write(name, "") }
        try output(rig.path("out.csv")).write { try $0("new") }
        for name in dead { #expect(!rig.has(name)) }
        for name in others + [living] { #expect(rig.has(name)) }
    }

    @Test func aStickyFolderKeepsOthersFiles() {
        var (file, folder) = (stat(), stat())
        (file.st_uid, folder.st_uid, folder.st_mode) = (1, 2, S_IFDIR | S_ISVTX | 0o777)
        for (user, may) in [(0, true), (1, true), (2, true), (3, false)] as [(uid_t, Bool)] {
            #expect(FilePlace.mayReplace(file, in: folder, as: user) == may)
        }
        folder.st_mode = S_IFDIR | 0o777
        #expect(FilePlace.mayReplace(file, in: folder, as: 3))
    }

    /// Every cut of good lines, from the time on, is ours; any other beginning is not.
    @Test func linesOfEvents() {
        let good =
            "{\"at\":\"2026-11-25T21:16:40.123Z\",\"event\":\"intent\",\"attempt\":1.5e+3,\"x\":null,\"schema\":1}\n"
        for end in 7...(2 * good.utf8.count) {
            var lines = EventLines()
            let bytes = Array((good + good).utf8.prefix(end))
            #expect(lines.feed(bytes) && lines.areEvents, "\(end)")
            #expect(lines.endsInsideLine == (end % good.utf8.count != 0))
        }
        for foreign in [
            "\n", "x", "{\"at\":\"x", "{}\n", "{\"at\":\"2026\"}\n", "{\"at\":\"2026\",\"event\":\"a\"}\n",
            "{\"at\":\"2026\",\"schema\":1}\n", "{\"at\":\"2026\",\"event\":\"\t\"}\n",
            "{\"at\":\"2026\",\"A\":1}\n",
            "{\"at\":\"2026\",\"event\":\"a\",\"schema\":1} \n", "{\"at\":\"2026\",\"event\":nulL}\n",
            "{\"at\":\"2026\",x}\n", "{\"at\":\"2026\",\"event\"x}\n", "{\"at\":\"2026\",\"event\":[]}\n",
        ] {
            var lines = EventLines()
            #expect(!(lines.feed(Array(foreign.utf8)) && lines.areEvents), "\(foreign)")
        }
        var broken = EventLines()
        #expect(broken.feed(Array("{\"at\":\"2026\n".utf8)) && !broken.areEvents)
    }
}
