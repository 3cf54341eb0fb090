/// Why a run is over.
package enum RunEnd: Hashable, Sendable {
    /// Nothing is left to do.
    case completed
    case stopped(StopCause)
    case halted(Halt)
    /// Credentials or access list: the whole run's trouble.
    case accessRefused(String)
    /// The credentials belong to another organisation than the job.
    case wrongOrganisation(String)
    /// TLS or the like: this machine's set-up.
    case environment(String)
}

package enum StopCause: String, Hashable, Sendable {
    case signal
    case maxDuration = "max_duration"
    case stopAfterWave = "stop_after_wave"
    /// Another run could begin beside this one.
    case lockLost = "lock_lost"
}
