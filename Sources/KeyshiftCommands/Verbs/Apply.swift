import ArgumentParser

struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a job: look, change and check each project of the plan.",
        discussion: """
            Asks before the first change. What can't be undone needs its exact number, typed or as a flag; --yes
            alone does not stand in for it.

              keyshift apply fleet.job
              keyshift apply fleet.job --yes --confirm-irreversible 212 --approve sha256:…
              keyshift apply fleet.job --rate 30/min --concurrency 4 --max-duration 2h
              keyshift apply fleet.job --waves 1,10,rest --wave-soak 5m --max-failures 3
              keyshift apply fleet.job --stop-after-wave 1

            On a started job it is the same as resume.
            """)

    @Flag(help: "Answer yes to the ordinary question.")
    var yes = false
    @Option(help: "The exact number of changes that can't be undone.")
    var confirmIrreversible: Int?
    @OptionGroup var arguments: ApplyArguments

    func run() throws {
        let approval = Approval(
            yes: yes, confirmIrreversible: confirmIrreversible, digest: arguments.approve)
        try arguments.run(approval, mustBeStarted: false)
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with a started job: pending and unknown projects, with its settings and approval.",
        discussion: """
              keyshift resume fleet.job
              keyshift resume fleet.job --rate 30/min          (may only be lowered)
              keyshift resume fleet.job --accept-failures      (after a halt)
            """)

    @Flag(help: "Taken for scripts that give it to every command; a started job is not asked about again.")
    var yes = false
    @OptionGroup var arguments: ApplyArguments

    func run() throws {
        let approval = Approval(yes: yes, confirmIrreversible: nil, digest: arguments.approve)
        try arguments.run(approval, mustBeStarted: true)
    }
}
