package import AtlasAPI
import MigrationCore

/// One line of `doctor`.
package struct Finding: Hashable, Sendable {
    package enum Level: String, Sendable { case ok, warn, fail }

    /// What was looked at.
    package enum Subject: String, Sendable {
        case address, connection, certificate, clock, token, credentials, organisation, projects, limits, wait
        case accessList = "access list"
        case apiVersion = "API version"
    }

    package var level: Level
    package var subject: Subject
    package var text: String
    /// What to do; nil when nothing is to be done.
    package var advice: String?
    /// The trouble is the credentials' or the access list's, which has an exit code of its own.
    package var isAccess = false

    package static func ok(_ subject: Subject, _ text: String) -> Finding {
        Finding(level: .ok, subject: subject, text: text)
    }

    package static func warn(_ subject: Subject, _ text: String, _ advice: String) -> Finding {
        Finding(level: .warn, subject: subject, text: text, advice: advice)
    }

    package static func fail(
        _ subject: Subject, _ text: String, _ advice: String, isAccess: Bool = false
    ) -> Finding {
        Finding(level: .fail, subject: subject, text: text, advice: advice, isAccess: isAccess)
    }

    package var line: String {
        let advice = advice.map { "\n        \($0)" } ?? ""
        return TerminalText.safe("\(Columns.left(level.rawValue, 4))  \(subject.rawValue): \(text)") + advice
            + "\n"
    }
}

/// What the answers of a visit mean; pure.
package enum Checkup {
    /// A clock that is off by more lets tokens and certificates look too old or too young.
    package static let skewLimit: Int64 = 60_000

    package static func address(_ address: String) -> Finding {
        switch address {
        case "https://cloud.mongodb.com": .ok(.address, "\(address) (Atlas)")
        case "https://cloud.mongodbgov.com": .ok(.address, "\(address) (Atlas for Government)")
        default:
            .warn(
                .address, "\(address) is not one of Atlas's own",
                "Right for the simulator or a gateway; else unset MONGODB_ATLAS_BASE_URL.")
        }
    }

    /// Whether the server could be reached at all, and how.
    ///
    /// - Parameters:
    ///   - proxy: what the environment names.
    ///   - usedProxy: whether the request went through it; `NO_PROXY` may name the address.
    package static func connection(
        _ reply: Reply, httpVersion: String?, proxy: String?, usedProxy: Bool = false
    ) -> Finding {
        switch reply {
        case .answered(let answer) where (300...399).contains(answer.status):
            return .fail(
                .connection, "HTTP \(answer.status), a redirect, which Atlas never answers",
                "Something else answers in its place, such as a network's sign-in page; it was not followed.")
        case .answered:
            let way =
                proxy.map { usedProxy ? " through the proxy \($0)" : ", not through the proxy \($0)" } ?? ""
            return .ok(.connection, "\(httpVersion ?? "HTTP")\(way)")
        case .notSent(let failure), .sentNoAnswer(let failure):
            let way = proxy.map { " (the environment names the proxy \($0))" } ?? ""
            return .fail(
                .connection, "\(failure.message)\(way)", advice(failure.kind, hasProxy: proxy != nil))
        }
    }

    private static func advice(_ kind: TransportFailure.Kind, hasProxy: Bool) -> String {
        switch kind {
        case .resolve: "Check the name in MONGODB_ATLAS_BASE_URL, the name server and the proxy variables."
        case .tls:
            "Something on the way shows a certificate that this machine does not trust. Behind an inspecting "
                + "proxy give its root with --ca-file; otherwise do not go on."
        case .proxy: "Check HTTPS_PROXY, its user and password, and that it lets the address through."
        case .connect where hasProxy:
            "Check the host and port in HTTPS_PROXY, and that it can reach the address."
        case .connect: "Check the firewall; behind a proxy set HTTPS_PROXY."
        case .timeout:
            "The server is slow or a firewall drops packets; --connect-timeout and --request-timeout."
        default: "Try again; if it stays, look at what stands between this machine and Atlas."
        }
    }

    /// What an answer asks the next request to wait for (`Retry-After`); nil when it asks for nothing.
    package static func wait(_ reply: Reply, now: Now) -> Finding? {
        guard let answer = reply.answer, !answer.isSuccess else { return nil }
        if let odd = answer.unreadableRetryAfter {
            return .warn(
                .wait, "Retry-After \"\(odd.prefix(40))\" can't be read",
                "Something on the way asks to wait, and does not say how long in a way that is known.")
        }
        guard let wait = answer.retryAfter(receivedAt: now.wall), wait > .zero else { return nil }
        let until = WaitVoice.clock(now.instant + wait, now)
        return .warn(
            .wait,
            "the server asks to wait \(DurationText.format(wait)), until \(until) (HTTP \(answer.status))",
            "Try again after that.")
    }

    /// `now`: milliseconds since 1970.
    package static func clock(_ answer: HTTPAnswer, now: Int64) -> Finding {
        guard let date = answer.headers["Date"].flatMap(WireDate.http) else {
            return .warn(
                .clock, "the answer has no Date to compare with", "Check this machine's time yourself.")
        }
        let skew = now - date
        let seconds = abs(skew) / 1000
        guard abs(skew) > skewLimit else { return .ok(.clock, "within \(seconds) s of the server's") }
        return .warn(
            .clock, "\(seconds) s \(skew > 0 ? "ahead of" : "behind") the server's",
            "Set this machine's time; certificates and tokens are judged by it.")
    }

    package static func token(_ reply: Reply) -> (Finding, OAuth.Token?) {
        let subject = Finding.Subject.token
        guard case .answered(let answer) = reply else {
            return (.fail(subject, "no answer from the token endpoint", "See the line above."), nil)
        }
        if answer.isSuccess {
            guard let token = OAuth.token(from: answer) else {
                guard case .foreign(let foreign) = OAuth.classify(answer) else {
                    return (refused(answer), nil)
                }
                return (strange(subject, foreign), nil)
            }
            return (.ok(subject, "lives \(DurationText.format(token.life))"), token)
        }
        if case .foreign(let foreign) = OAuth.classify(answer) { return (strange(subject, foreign), nil) }
        let summary = summary(answer)
        if answer.status == 429 {
            return (.fail(subject, summary, "Too many tokens were asked for; wait a minute."), nil)
        }
        let isOurs = (400...499).contains(answer.status)
        return (
            .fail(
                subject, summary,
                isOurs
                    ? "Check the client id and the secret: one may be mistyped, expired or revoked."
                    : "Atlas's token endpoint is in trouble; try again later.", isAccess: isOurs), nil
        )
    }

    /// `given`: the organisation that the environment names.
    package static func identity(_ reply: Reply, given: OrganisationID?) -> [Finding] {
        guard let answer = reply.answer else {
            return [.fail(.credentials, "no answer", "See the line above.")]
        }
        let body: JSONValue
        switch Endpoint.identity.classify(answer) {
        case .foreign(let foreign): return [strange(.credentials, foreign)]
        case .refusal: return [refused(answer)]
        case .success(let json): body = json
        }
        guard let id = Identity.organisation(body) else {
            return [
                .ok(.credentials, "accepted"),
                .warn(
                    .organisation, "the credentials see none",
                    "Give them a role in the organisation, or name it in MONGODB_ATLAS_ORG_ID."),
            ]
        }
        let name = Identity.name(body).map { " \($0)" } ?? ""
        guard given == nil || given == id else {
            return [
                .ok(.credentials, "accepted, from an address on the access list"),
                .fail(
                    .organisation, "the credentials belong to \(id)\(name)",
                    "MONGODB_ATLAS_ORG_ID names another; use the other's credentials, or unset it.",
                    isAccess: true),
            ]
        }
        return [
            .ok(.credentials, "accepted, from an address on the access list"),
            .ok(.organisation, "\(id)\(name)"),
        ]
    }

    private static func strange(_ subject: Finding.Subject, _ foreign: ForeignAnswer) -> Finding {
        .fail(
            subject, Failure(foreign).summary,
            "Something else answers in Atlas's place; check MONGODB_ATLAS_BASE_URL and what stands on the way."
        )
    }

    private static func refused(_ answer: HTTPAnswer) -> Finding {
        let error = AtlasError(answer)
        let verdict = RetryTable.verdict(status: error.status, code: error.code, roleIsYoung: false)
        switch verdict {
        case .accessList:
            return .fail(
                .accessList, summary(answer),
                "Add this machine's address to the API access list of the credentials.",
                isAccess: true)
        case .unauthorised:
            return .fail(
                .credentials, summary(answer), "The key or its secret is wrong, expired or deleted.",
                isAccess: true)
        case .version:
            return .fail(
                .apiVersion, summary(answer), "This keyshift is too old for Atlas; look for a newer one.")
        case .refused:
            return .warn(
                .organisation, summary(answer),
                "The credentials may not list organisations; plan works all the same.")
        default:
            return .fail(
                .credentials, summary(answer), "Atlas is in trouble or holds back; try again later.")
        }
    }

    package static func projects(_ reply: Reply) -> Finding {
        let subject = Finding.Subject.projects
        guard let answer = reply.answer else {
            return .fail(subject, "no answer", "The list of projects can't be read; see above.")
        }
        switch Endpoint.projects(nil, page: 1).classify(answer) {
        case .foreign(let foreign): return strange(subject, foreign)
        case .refusal:
            return .fail(subject, summary(answer), "The list of projects can't be read; see above.")
        case .success(let json):
            guard let page = ProjectPage(json), page.entries > 0 else {
                return .warn(
                    subject, "none is seen",
                    "Give the credentials a role in the projects, or the organisation.")
            }
            // The count is not asked for, so that a huge organisation can answer.
            return .ok(subject, "\(page.entries)\(page.isFull || page.next == .yes ? " or more" : "") seen")
        }
    }

    package static func limits(_ reply: Reply) -> Finding {
        let subject = Finding.Subject.limits
        guard let answer = reply.answer, answer.isSuccess,
            let list = JSONValue(parsing: answer.body).flatMap(RateLimitList.init)
        else {
            return .warn(
                subject, reply.answer.map(summary) ?? "no answer",
                "They can't be read; --rate and Atlas's own 429 answers hold all the same.")
        }
        guard let limit = list.encryptionAtRest else {
            return .ok(subject, "none is named for encryption at rest")
        }
        return .ok(
            subject,
            "encryption at rest: \(limit.capacity) requests, then \(limit.refill) in \(limit.refillSeconds) s, "
                + "for each \(limit.scope?.lowercased() ?? "?")")
    }

    package static func sunset(_ answer: HTTPAnswer) -> Finding? {
        answer.sunset.map {
            .warn(.apiVersion, "Atlas will end it (\($0))", "Look for a newer keyshift before then.")
        }
    }

    private static func summary(_ answer: HTTPAnswer) -> String {
        let error = AtlasError(answer)
        return ["HTTP \(error.status)", error.code, error.detail].compactMap { $0 }.joined(separator: " ")
    }
}

extension Reply {
    fileprivate var answer: HTTPAnswer? { if case .answered(let answer) = self { answer } else { nil } }
}
