import ArgumentParser
import AtlasAPI
import AtlasSimulation
import FoundationEssentials
import NIOCore

/// `keyshift-simulator`: a local Atlas to rehearse a migration against.
@main
struct Simulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyshift-simulator",
        abstract: "A local Atlas with projects, limits and faults, to rehearse a migration against.",
        discussion: SimulatorHelp.discussion)

    @OptionGroup(title: "Fleet") var fleet: FleetFlags
    @OptionGroup(title: "Faults") var faults: FaultFlags
    @OptionGroup(title: "Behaviour") var behaviour: BehaviourFlags
    @OptionGroup(title: "Files") var files: FileFlags
    @OptionGroup(title: "Check") var check: CheckFlags

    @Option(help: "Port on 127.0.0.1; 0 takes a free one.") var port = 0

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
        guard fleet.projects >= 0 else { throw ValidationError("--projects must not be negative.") }
        guard check.checkReport == nil || files.state != nil else {
            throw ValidationError("--check-report needs --state, the file that the simulator kept.")
        }
    }

    func run() throws {
        let state = try files.state.map { try StateFile(path: $0) }
        if let report = check.checkReport {
            try ReportComparison(
                report: report, sheet: check.sheet, wanted: Set(check.wanted), isBrief: check.summary
            ).run(state?.load())
            return
        }
        var atlas = SimulatedAtlas(fleet: try fleet.makeFleet(), seed: fleet.seed)
        if let kept = try state?.load() {
            atlas = kept
            atlas.restart()
        }
        atlas.options = behaviour.options
        atlas.faults = try faults.plan(for: atlas.fleet)
        try state?.save(atlas)
        if let path = files.writeFleet {
            let sheet = FleetSheet.text(atlas.fleet, now: SimulatedWorld.now)
            try Data(sheet.utf8).write(to: URL(filePath: path), options: .atomic)
        }
        let credentials = atlas.options.credentials
        let organisation = atlas.fleet.organisation
        let ready = files.readyFile
        let server = SimulatorServer(port: port, hang: .milliseconds(faults.hang.milliseconds))
        try server.run(
            makeWorld: { [atlas, files] in
                SimulatedWorld(
                    atlas: atlas, state: try files.state.map { try StateFile(path: $0) },
                    log: try files.log.map { try LineFile(path: $0) }, truthPath: files.truth)
            },
            ready: { port in
                let address = "http://127.0.0.1:\(port)"
                Console.output("listening on \(address)")
                Console.message(SimulatorHelp.environment(address, credentials, organisation: organisation))
                if let ready {
                    try Data("\(address)\n".utf8).write(to: URL(filePath: ready), options: .atomic)
                }
            })
    }
}
