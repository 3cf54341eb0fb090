package import AtlasAPI

/// The run's standing with Atlas: token, identity, and whose fault a 401 is.
///
/// Before the first project one identity probe tells that the credentials work, and for which organisation.
/// A 401 later: first one new token (each token is replaced once), then one probe. Probe refused: the run's
/// trouble. Probe answered: the project's own.
package struct Access: Sendable {
    package enum Call: Hashable, Sendable { case token, identity, revoke }

    package enum News: Sendable {
        /// Calls that met a 401 may go again.
        case renewed
        /// The credentials are good: the 401s that wait are their projects' own.
        case acquitted
        case organisation(OrganisationID)
        case ended(RunEnd)
    }

    private enum Suspicion: Sendable { case renewing, probing }

    private var session: TokenSession
    private let settings: RunSettings
    private var identityKnown = false
    private var suspicion: Suspicion?
    /// The present token came because of a 401, or a probe has found it good: no cheap replacement any more.
    private var replaced = false
    private var probedGood = false
    private var inFlight: Call?
    /// When the token request left; its life counts from then, since the answer may take its time.
    private var askedAt: Instant?
    // Trouble with our own calls.
    private var failures = 0
    private var staleChallenges = 0
    private var failingSince: Instant?
    private var retryAt: Instant?

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
        guard inFlight == nil, (retryAt ?? now) <= now else { return nil }
        if session.isFetchDue(now: now), let request = session.fetchRequest {
            inFlight = .token
            askedAt = now
            return (.token, request)
        }
        if !identityKnown || suspicion == .probing, let authorization = session.authorization(now: now) {
            inFlight = .identity
            return (.identity, Endpoint.identity.request(authorization: authorization))
        }
        return nil
    }

    package mutating func dueRevoke(now: Instant) -> HTTPRequest? {
        inFlight == nil ? session.takeRevokeRequest(now: now) : nil
    }

    /// When a call of ours may become due; nil: not by time.
    package var wakeAt: Instant? { inFlight == nil ? retryAt ?? session.renewAt : nil }

    package var isBusy: Bool { inFlight != nil }

    /// A project's call that left with `generation` met a 401.
    /// - Returns: whether it may simply go again; else it waits for news.
    package mutating func challenged(generation: Int) -> Bool {
        if generation < session.generation { return true }
        guard suspicion == nil else { return false }
        if session.usesTokens, !replaced {
            session.renew()
            suspicion = .renewing
        } else {
            suspicion = .probing
        }
        return false
    }

    package mutating func ended(_ call: Call, _ reply: Reply, now: Now, dice: inout Dice) -> [News] {
        inFlight = nil
        if case .answered(let answer) = reply, answer.isSuccess {
            if call == .token, let token = OAuth.token(from: answer) { return tokenCame(token, now) }
            if call == .identity, let json = JSONValue(parsing: answer.body) { return identityCame(json) }
        }
        let (verdict, failure) = RetryTable.judge(reply, roleIsYoung: false)
        return troubled(call, verdict, failure ?? .unreadable, now, &dice)
    }

    private mutating func calm() {
        failures = 0
        staleChallenges = 0
        failingSince = nil
        retryAt = nil
    }

    private mutating func tokenCame(_ token: OAuth.Token, _ now: Now) -> [News] {
        calm()
        session.fetched(token, askedAt: askedAt ?? now.instant)
        probedGood = false
        replaced = suspicion == .renewing
        guard suspicion == .renewing else { return [] }
        suspicion = nil
        return [.renewed]
    }

    private mutating func identityCame(_ json: JSONValue) -> [News] {
        calm()
        let isFirst = !identityKnown
        identityKnown = true
        if suspicion == .probing {
            suspicion = nil
            replaced = true
            probedGood = true
            return [.acquitted]
        }
        return isFirst ? Identity.organisation(json).map { [.organisation($0)] } ?? [] : []
    }

    /// What stands between here and Atlas and does not pass by itself.
    private static let lasting: [TransportFailure.Kind] = [.tls, .proxy]

    private mutating func troubled(
        _ call: Call, _ verdict: Verdict, _ failure: Failure, _ now: Now, _ dice: inout Dice
    ) -> [News] {
        switch verdict {
        case .staleChallenge where staleChallenges < Engine.staleChallengeLimit:
            staleChallenges += 1
            return []
        case .staleChallenge: return [.ended(.accessRefused(failure.summary))]
        case .accessList: return [.ended(.accessRefused(failure.summary))]
        case .version: return [.ended(.halted(Halt(.apiVersion, failure.summary)))]
        case .unauthorised where call == .identity && session.usesTokens && probedGood:
            // The token was good and is no more.
            probedGood = false
            session.renew()
            suspicion = .renewing
            return []
        case .unauthorised: return [.ended(.accessRefused(failure.summary))]
        case .refused where (300...399).contains(failure.status ?? 0):
            return [
                .ended(
                    .environment(
                        "\(failure.summary): a redirect, which Atlas never answers; it was not followed"))
            ]
        case .refused where call == .token: return [.ended(.accessRefused(failure.summary))]
        case .refused:
            // The probe is refused with something else than 401: good credentials that may not list
            // organisations. Nothing is known of the organisation, and a waiting 401 is its project's own.
            return identityCame(.null)
        case .notSent where Self.lasting.contains { $0.rawValue == failure.code }:
            return [.ended(.environment(failure.detail ?? failure.summary))]
        default: return wait(verdict, failure, now, &dice)
        }
    }

    private mutating func wait(
        _ verdict: Verdict, _ failure: Failure, _ now: Now, _ dice: inout Dice
    ) -> [News] {
        let since = failingSince ?? now.instant
        failingSince = since
        guard now.instant - since < settings.outagePatience else {
            return [.ended(.halted(Halt(verdict == .throttled ? .rateLimit : .outage, failure.summary)))]
        }
        failures += 1
        let floor = max(failure.retryAfter ?? .zero, verdict == .throttled ? .seconds(1) : .zero)
        retryAt =
            now.instant
            + Backoff(base: settings.backoffBase, cap: settings.backoffCap)
            .delay(afterFailures: failures, floor: floor, dice: &dice)
        return []
    }
}
