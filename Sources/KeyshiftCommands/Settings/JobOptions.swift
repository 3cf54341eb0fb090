import ArgumentParser

/// The flags of every command that opens a job for a run.
struct JobOptions: ParsableArguments {
    @Flag(
        help:
            "Go on although the job's write-ahead log is gone and its last commits may be with it. First look for it."
    )
    var acceptMissingLog = false
}
