package import AtlasAPI

/// The run's standing with Atlas: token, identity, and whose fault a 401 is.
///
/// Before the first project one identity probe tells that the credentials work, and for which organisation.
/// A 401 later: first one new token (each token is replaced once), then one probe. Probe refused: the run's
/// trouble. Probe answered: the project's own. The same probe tells an outage from single projects' trouble.
package struct Access: Sendable {
    package enum Call: Hashable, Sendable { case token, identity, revoke }

    package enum News: Sendable {
        /// Calls that met a 401 may go again.
        case renewed
        /// The credentials are good: the 401s that wait are their projects' own.
        case acquitted
        /// Atlas answers: what looked like an outage is single projects' trouble.
        case present
        /// It does not: an outage.
        case absent(Failure, probes: Int)
        case organisation(OrganisationID)
        /// The server asks to wait.
        case held(until: Instant, since: Instant, Failure)
        case ended(RunEnd)
    }

    /// What is being done about a 401: nothing more can be done than both, one after the other.
    private enum Suspicion: Sendable { case renewing, probing }

    /// What is known of the present token. Each is replaced once because of a 401, cheaply; after that a probe decides.
    private enum Standing: Sendable {
        case fresh
        /// It came because of a 401.
        case replacement
        /// A probe has found it good, while a project's call met a 401 with it.
        case proven
    }

    /// Calls of our own that fail, in a row.
    private struct Trouble: Sendable {
        var failures = 0
        var since: Instant
        var retryAt: Instant
        /// The server said how long to wait.
        var isAsked: Bool
        var cause: Halt.Cause
        var summary: String
    }

    private var session: TokenSession
    private let settings: RunSettings
    private var identityKnown = false
    private var suspicion: Suspicion?
    private var standing = Standing.fresh
    /// Whether Atlas answers at all is to be found out, and so many probes for that have failed; nil: nobody asks.
    private var outageProbes: Int?
    private static let outageProbesLimit = 3
    /// An answer to such a probe asked to wait, and its summary.
    private var probeHold: (until: Instant, summary: String)?
    private var inFlight: Call?
    /// When the token request left; its life counts from then, since the answer may take its time.
    private var askedAt: Instant?
    private var trouble: Trouble?
    /// Answers in place of the first token that are 2xx and hold none.
    private var strangeTokens = 0
    private static let strangeTokensLimit = 3

    package init(_ credentials: Credentials, settings: RunSettings) {
        session = TokenSession(credentials)
        self.settings = settings
    }

    package var generation: Int { session.generation }

    /// nil while nothing may leave: no token yet, or the identity is not known yet.
    package func authorization(now: Instant) -> HTTPRequest.Authorization? {
        identityKnown ? session.authorization(now: now) : nil
    }

    /// Our own call that is due, marked as under way.
    package mutating func due(now: Instant) -> (Call, HTTPRequest)? {
        guard inFlight == nil, (trouble?.retryAt ?? now) <= now else { return nil }
        if session.isFetchDue(now: now), let request = session.fetchRequest {
            inFlight = .token
            askedAt = now
            return (.token, request)
        }
        if suspicion == .probing, let probeHold, probeHold.until > now {
            hold(until: probeHold.until, now: now, summary: probeHold.summary)
            return nil
        }
        if !identityKnown || suspicion == .probing || outageProbes != nil,
            let authorization = session.authorization(now: now)
        {
            inFlight = .identity
            return (.identity, Endpoint.identity.request(authorization: authorization))
        }
        return nil
    }

    package mutating func dueRevoke(now: Instant) -> HTTPRequest? {
        inFlight == nil ? session.takeRevokeRequest(now: now) : nil
    }

    /// When a call of ours may become due; nil: not by time.
    package var wakeAt: Instant? { inFlight == nil ? trouble?.retryAt ?? session.renewAt : nil }

    /// When the patience with our own calls is over, if that comes before the next try; nil: it does not.
    package var patienceEnds: Instant? {
        guard inFlight == nil, let trouble else { return nil }
        let end = trouble.since + settings.outagePatience
        return end < trouble.retryAt ? end : nil
    }

    /// How the run ends when that patience is over.
    package func spent(now: Instant) -> RunEnd? {
        guard let trouble, let end = patienceEnds, end <= now else { return nil }
        return .halted(Halt(trouble.cause, trouble.summary))
    }

    /// The wait for the next try of a call of ours; nil: there is none.
    package var waiting: Waiting? {
        guard inFlight == nil, let trouble else { return nil }
        let cause: Waiting.Cause = trouble.isAsked ? .asked(trouble.summary) : .access(trouble.summary)
        return Waiting(cause, until: trouble.retryAt, runEnds: trouble.since + settings.outagePatience)
    }

    /// An earlier process was asked to wait.
    package mutating func hold(until: Instant, now: Instant, summary: String) {
        trouble = Trouble(
            failures: trouble?.failures ?? 0, since: trouble?.since ?? now,
            retryAt: max(until, trouble?.retryAt ?? until), isAsked: true, cause: .rateLimit, summary: summary
        )
    }

    package var isBusy: Bool { inFlight != nil }

    /// A project's call that left with `generation` met a 401.
    /// - Returns: whether it may simply go again; else it waits for news.
    package mutating func challenged(generation: Int) -> Bool {
        if generation < session.generation { return true }
        guard suspicion == nil else { return false }
        if session.usesTokens, standing == .fresh { renew() } else { suspicion = .probing }
        return false
    }

    private mutating func renew() {
        session.renew()
        suspicion = .renewing
    }

    /// Whether a 401 that is not Atlas's, to a call that left with `generation`, may be about the token. After a new
    /// one it is somebody else's, who says nothing of the project or the credentials.
    package func isWorthANewToken(generation: Int) -> Bool {
        guard session.usesTokens else { return false }
        if generation < session.generation || suspicion == .renewing { return true }
        return suspicion == nil && standing == .fresh
    }

    /// Projects' requests fail as in an outage, and too few of them to know.
    /// - Returns: whether the probe will tell; not while the server asks to wait with it.
    package mutating func suspectOutage(now: Instant) -> Bool {
        let mayAsk = probeHold.map { $0.until <= now } ?? true
        outageProbes = mayAsk ? outageProbes ?? 0 : nil
        return mayAsk
    }

    /// A project had a good answer: what has failed before says nothing of an outage any more.
    package mutating func atlasAnswered() {
        if outageProbes != nil { outageProbes = 0 }
    }

    package mutating func ended(_ call: Call, _ reply: Reply, now: Now, dice: inout Dice) -> [News] {
        inFlight = nil
        let judgement =
            call == .token
            ? RetryTable.judgeToken(reply, receivedAt: now.wall)
            : RetryTable.judge(reply, of: .identity, receivedAt: now.wall)
        if judgement.failure == nil, case .answered(let answer) = reply {
            if call == .token, let token = OAuth.token(from: answer) { return tokenCame(token, now) }
            if call == .identity, let json = judgement.body { return identityCame(json) }
        }
        let failure = judgement.failure ?? .unreadable
        var verdict = judgement.verdict
        if verdict == .unauthorised, failure.isForeign {
            guard !isWorthANewToken(generation: generation) else {
                renew()
                return []
            }
            verdict = .transient
        }
        if call == .identity, let outageProbes {
            if verdict.treatment.suggestsOutage {
                return probeFailed(outageProbes + 1, verdict, failure, now, &dice)
            }
            // Atlas's own, and the project that meets it next has it explained.
            if verdict == .unauthorised, suspicion == nil { return answered(as: []) }
            // Atlas is there and asks to wait: three in a row begin anew.
            if verdict != .throttled || failure.isCoded { self.outageProbes = 0 }
        }
        if failure.isForeign, let end = endOfStrangeness(call, failure) { return [.ended(end)] }
        return troubled(call, verdict, failure, now, &dice)
    }

    /// How a run ends that has met nobody but strangers so far: not a network's bad hour but a wrong address, or
    /// somebody in the way. nil while that can't be said; later on it is an outage like any other.
    private mutating func endOfStrangeness(_ call: Call, _ failure: Failure) -> RunEnd? {
        guard !identityKnown else { return nil }
        let status = failure.status ?? 0
        if (300...399).contains(status) {
            return .environment(
                "\(failure.summary): a redirect, which Atlas never answers; it was not followed")
        }
        guard call == .token, session.generation == 0, (200...299).contains(status) else { return nil }
        strangeTokens += 1
        guard strangeTokens >= Self.strangeTokensLimit else { return nil }
        return .environment(
            "asked for a token, the server answered \(strangeTokens) times, but not as an OAuth server: "
                + "\(failure.summary). Check MONGODB_ATLAS_BASE_URL, and the proxy or sign-in page on the way"
        )
    }

    /// Of a probe for an outage. One failure more is what a storm has for everybody: it is asked three times.
    private mutating func probeFailed(
        _ probes: Int, _ verdict: Verdict, _ failure: Failure, _ now: Now, _ dice: inout Dice
    ) -> [News] {
        let asked = failure.retryAfter ?? .zero
        guard probes < Self.outageProbesLimit, asked <= settings.backoffCap, suspicion != .probing
        else {
            outageProbes = nil
            // A 401 that waits for the same probe goes on waiting.
            if suspicion == .probing {
                return [.absent(failure, probes: probes)] + wait(verdict, failure, now, &dice)
            }
            calm()
            if asked > .zero { probeHold = (now.instant + asked, failure.summary) }
            return [.absent(failure, probes: probes)] + held(for: asked, failure, now)
        }
        outageProbes = probes
        let delay = backoff.delay(afterFailures: probes, floor: asked, dice: &dice)
        trouble = Trouble(
            failures: trouble?.failures ?? 0, since: trouble?.since ?? now.instant,
            retryAt: now.instant + delay,
            isAsked: asked > .zero, cause: .outage, summary: failure.summary)
        return held(for: asked, failure, now)
    }

    private func held(for asked: Duration, _ failure: Failure, _ now: Now) -> [News] {
        asked > .zero ? [.held(until: now.instant + asked, since: now.instant, failure)] : []
    }

    private var backoff: Backoff { Backoff(base: settings.backoffBase, cap: settings.backoffCap) }

    private mutating func calm() { trouble = nil }

    private mutating func tokenCame(_ token: OAuth.Token, _ now: Now) -> [News] {
        calm()
        session.fetched(token, askedAt: askedAt ?? now.instant)
        standing = suspicion == .renewing ? .replacement : .fresh
        guard suspicion == .renewing else { return [] }
        suspicion = nil
        return [.renewed]
    }

    private mutating func identityCame(_ json: JSONValue) -> [News] {
        calm()
        return answered(as: explained(json))
    }

    /// With the news that Atlas answers, for whoever has asked.
    private mutating func answered(as news: [News]) -> [News] {
        defer { outageProbes = nil }
        return outageProbes == nil ? news : news + [.present]
    }

    private mutating func explained(_ json: JSONValue) -> [News] {
        let isFirst = !identityKnown
        identityKnown = true
        if suspicion == .probing {
            suspicion = nil
            standing = .proven
            return [.acquitted]
        }
        return isFirst ? Identity.organisation(json).map { [.organisation($0)] } ?? [] : []
    }

    private mutating func troubled(
        _ call: Call, _ verdict: Verdict, _ failure: Failure, _ now: Now, _ dice: inout Dice
    ) -> [News] {
        switch verdict {
        // The same call again.
        case .staleChallenge: return []
        case .accessList: return [.ended(.accessRefused(failure.summary))]
        case .version: return [.ended(.halted(Halt(.apiVersion, failure.summary)))]
        case .unauthorised where call == .identity && session.usesTokens && standing == .proven:
            // The token was good and is no more.
            standing = .replacement
            renew()
            return []
        case .unauthorised: return [.ended(.accessRefused(failure.summary))]
        case .refused where call == .token: return [.ended(.accessRefused(failure.summary))]
        case .refused:
            // The probe is refused with something else than 401: good credentials that may not list
            // organisations. Nothing is known of the organisation, and a waiting 401 is its project's own.
            return identityCame(.null)
        case .notSent where failure.isLasting:
            return [.ended(.environment(failure.detail ?? failure.summary))]
        default: return wait(verdict, failure, now, &dice)
        }
    }

    private mutating func wait(
        _ verdict: Verdict, _ failure: Failure, _ now: Now, _ dice: inout Dice
    ) -> [News] {
        let since = trouble?.since ?? now.instant
        let failures = (trouble?.failures ?? 0) + 1
        let isAsked = (failure.retryAfter ?? .zero) > .zero
        let floor = max(failure.retryAfter ?? .zero, verdict == .throttled ? .seconds(1) : .zero)
        var until = now.instant + backoff.delay(afterFailures: failures, floor: floor, dice: &dice)
        // A wait of our own leaves time for a last try.
        let end = since + settings.outagePatience
        if !isAsked, end > now.instant { until = min(until, end) }
        let cause: Halt.Cause = verdict == .throttled ? .rateLimit : .outage
        trouble = Trouble(
            failures: failures, since: since, retryAt: until, isAsked: isAsked, cause: cause,
            summary: failure.summary)
        // Also by the answer that ends the run: the next one keeps to it.
        let held: [News] = isAsked ? [.held(until: until, since: since, failure)] : []
        guard now.instant - since < settings.outagePatience else {
            return held + [.ended(.halted(Halt(cause, failure.summary)))]
        }
        return held
    }
}
