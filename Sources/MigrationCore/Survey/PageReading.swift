package import AtlasAPI

/// Reads one page of the organisation's projects; its end tells the row source whether there are more rows.
package struct PageReading: ProjectWork {
    package let ordinal: Int
    package var subject: ProjectID? { nil }
    package private(set) var wish: Wish

    private let settings: RunSettings
    private var retry = ReadRetry()
    private var isDraining = false
    private var isInFlight = false

    /// - Parameters:
    ///   - ordinal: no project's; pages count down from -1.
    ///   - page: from 1.
    package init(
        ordinal: Int, organisation: OrganisationID?, page: Int, settings: RunSettings, now: Instant
    ) {
        self.ordinal = ordinal
        self.settings = settings
        wish = .call(.list, .projects(organisation, page: page), notBefore: now)
    }

    package mutating func willSend(now: Now) -> [JournalEntry] {
        isInFlight = true
        return []
    }

    package mutating func ended(_ end: CallEnd, now: Now, dice: inout Dice) -> [JournalEntry] {
        isInFlight = false
        switch end {
        case .succeeded(let json, _):
            guard let page = json.flatMap({ ProjectPage($0) }) else {
                return failed(.transient, .unreadable, now, &dice)
            }
            wish = .finished(.uncovered)
            return [.listed(page)]
        case .failed(let verdict, let failure): return failed(verdict, failure, now, &dice)
        case .denied(let failure): return giveUp(failure)
        case .heldBack: again(at: now.instant)
        case .outage(let verdict, let failure):
            again(at: now.instant + retry.wait(verdict, failure, settings, &dice))
        }
        return []
    }

    package mutating func drain(now: Now) -> [JournalEntry] {
        isDraining = true
        if !isInFlight { wish = .finished(.left) }
        return []
    }

    private mutating func failed(
        _ verdict: Verdict, _ failure: Failure, _ now: Now, _ dice: inout Dice
    ) -> [JournalEntry] {
        switch retry.failed(verdict, failure, settings: settings, now: now, dice: &dice) {
        case .retry(let at): again(at: at)
        case .giveUp: return giveUp(failure)
        }
        return []
    }

    private mutating func again(at: Instant) {
        guard case .call(let step, let endpoint, _) = wish else { return }
        wish = isDraining ? .finished(.left) : .call(step, endpoint, notBefore: at)
    }

    private mutating func giveUp(_ failure: Failure) -> [JournalEntry] {
        wish = .finished(.settled(halts: nil))
        return [.unlisted(failure)]
    }
}
