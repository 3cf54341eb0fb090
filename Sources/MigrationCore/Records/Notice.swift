import AtlasAPI

/// What a person watching the run should be told; nothing depends on it.
package enum Notice: Hashable, Sendable {
    /// The last answer, or the lack of one; not Atlas's when somebody else answers in its place.
    case outageBegan(String, isForeign: Bool)
    case outageEnded
    case maintenanceBegan
    /// A server asks to wait, by the answer in a line. `left`: what is left of the patience, when that is less; the
    /// run ends then.
    case rateLimited(Duration, left: Duration?, String)
    case tokenRenewed
    case waveBegan(Int)
    case waveSoaks(Int, Duration)
    case halted(Halt)
    case stopping(StopCause)
    case accessRefused(String)
    /// The API says that its version ends; told once a run.
    case sunset(String)

    /// Its name in event lines, and what there is to add.
    package var event: (name: String, detail: String?) {
        switch self {
        case .outageBegan(let last, _): ("outage_began", last)
        case .outageEnded: ("outage_ended", nil)
        case .maintenanceBegan: ("maintenance_began", nil)
        case .rateLimited(let wait, nil, _): ("rate_limited", "\(wait.seconds) s")
        case .rateLimited(let wait, let left?, _):
            ("rate_limited", "\(wait.seconds) s; the run ends in \(left.seconds) s")
        case .tokenRenewed: ("token_renewed", nil)
        case .waveBegan(let wave): ("wave_began", "\(wave)")
        case .waveSoaks(let wave, let soak): ("wave_soaks", "\(wave): \(soak.seconds) s")
        case .halted(let halt): ("halting", halt.detail)
        case .stopping(let cause): ("stopping", cause.rawValue)
        case .accessRefused(let detail): ("access_refused", detail)
        case .sunset(let detail): ("sunset", detail)
        }
    }
}
