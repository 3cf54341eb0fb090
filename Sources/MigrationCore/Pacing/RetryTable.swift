package import AtlasAPI

/// What an answer, or the lack of one, means for the request. The word is kept with each attempt in the job.
package enum Verdict: String, CaseIterable, Sendable {
    case accepted
    /// Refused for now: a cloud identity is still spreading.
    case propagation
    /// Refused for now: a key version is still being made.
    case slow
    /// Refused; worth a few tries.
    case few
    /// A 409 that passes.
    case passing
    /// A 409 that nobody has described.
    case conflict
    /// The server failed; it may have applied the change.
    case transient
    /// A 500 on a role made minutes ago; it may have applied the change.
    case youngRole = "young_role"
    /// The request left and no whole answer came; it may have been applied.
    case noAnswer = "no_answer"
    /// Nothing reached the server.
    case notSent = "not_sent"
    /// A secret of the body could not be read, so nothing was sent: this machine's trouble.
    case secretUnavailable = "secret_unavailable"
    /// 429, or a rate limit in another guise.
    case throttled
    /// Atlas takes no writes for a while.
    case maintenance
    /// An expired digest nonce; looks like a wrong key and means nothing.
    case staleChallenge = "stale_challenge"
    /// 401: the run's trouble or the project's, an identity probe tells.
    case unauthorised
    /// Permanent.
    case refused
    /// The organisation's access list: the run's trouble.
    case accessList = "access_list"
    /// The API version is gone or unknown: the run's trouble.
    case version
}

/// One row of the retry table: which answers, and what they mean.
package struct RetryRule: Sendable {
    package var statuses: ClosedRange<Int>
    /// The error codes it is for; empty: every code, and none.
    package var codes: [String]
    package var verdict: Verdict
    /// What it stands for, for the printed table.
    package var meaning: String

    func matches(_ status: Int, _ code: String?) -> Bool {
        statuses.contains(status) && (codes.isEmpty || code.map(codes.contains) == true)
    }
}

/// The retry table: the single place that knows which outcome is worth another try (facts 7.2).
///
/// The first row that matches counts. Transport failures have no status and are told apart by `Reply`.
package enum RetryTable {
    package static let rules: [RetryRule] = [
        row(400...400, [AtlasError.tokenBucket, "RATE_LIMITED"], .throttled, "a rate limit in a 400"),
        row(
            400...400,
            [
                "CANNOT_ASSUME_ROLE", "INVALID_AWS_CREDENTIALS", "CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED",
                "NO_PERMISSION_TO_ENCRYPT_DECRYPT",
            ], .propagation, "the cloud identity or its grant is still spreading"),
        row(
            400...400,
            [
                "INVALID_AZURE_CREDENTIALS", "CANNOT_AUTHENTICATE_SERVICE_PRINCIPAL",
                "INVALID_GOOGLE_CLOUD_CREDENTIALS",
            ], .few, "the cloud refuses the identity; often passes"),
        row(
            400...400, ["GOOGLE_CLOUD_KMS_KEY_VERSION_PENDING_GENERATION"], .slow,
            "the key version is still being made"),
        row(401...401, [], .unauthorised, "one new token, then an identity probe"),
        row(
            403...403,
            [
                "IP_ADDRESS_NOT_ON_ACCESS_LIST", "ORG_REQUIRES_ACCESS_LIST", "IP_ADDRESS_NOT_ON_WHITELIST",
                "ORG_REQUIRES_WHITELIST", "RESOURCE_REQUIRES_WHITELIST",
            ], .accessList, "the API access list refuses this address: stops the run"),
        row(405...405, ["WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"], .maintenance, "Atlas maintenance"),
        row(406...406, [], .version, "the API version is unknown: stops the run"),
        row(410...410, [], .version, "the API version is gone: stops the run"),
        row(
            409...409,
            [
                "CANNOT_DISABLE_ENCRYPTION_AT_REST", "CANNOT_CHANGE_ENCRYPTION_AT_REST_PROVIDER",
                "CANNOT_ROTATE_KEY_ENCRYPTION_DISABLED", "UNSUPPORTED_FEATURE",
                "CANNOT_UPDATE_PAUSED_CLUSTER",
            ], .refused, "a standing condition of the project"),
        row(
            409...409, ["AUTOMATION_CONFIG_CONCURRENT_MODIFICATION"], .passing, "another change is under way"),
        row(409...409, [], .conflict, "any other conflict"),
        row(429...429, [], .throttled, "rate limit"),
        // Load balancers say it unasked on idle connections, and libcurl before 8.0 takes that for an answer.
        row(408...408, [], .transient, "a time-out on the way; the change may have been applied"),
        row(500...599, [], .transient, "the server failed; the change may have been applied"),
        // libcurl hands on any three digits (some gateways say 999), and a PATCH may lie behind them.
        row(600...999, [], .transient, "no status of HTTP; the change may have been applied"),
        row(200...299, [], .accepted, "taken; the check decides"),
        row(100...499, [], .refused, "any other answer"),
    ]

    /// How long after its making a role counts as young: a 500 then is likely the role's (TF #409).
    package static let youngRoleAge: Duration = .seconds(600)

    /// `roleIsYoung`: the target's role was made within `youngRoleAge`.
    package static func verdict(status: Int, code: String?, roleIsYoung: Bool) -> Verdict {
        let verdict = rules.first { $0.matches(status, code) }?.verdict ?? .transient
        return verdict == .transient && status == 500 && roleIsYoung ? .youngRole : verdict
    }

    /// What a reply came to.
    package struct Judgement: Sendable {
        package var verdict: Verdict
        /// nil for a success.
        package var failure: Failure?
        /// Of a success of the API.
        package var body: JSONValue?

        init(_ verdict: Verdict, _ failure: Failure? = nil, body: JSONValue? = nil) {
            self.verdict = verdict
            self.failure = failure
            self.body = body
        }
    }

    /// - Parameter receivedAt: our wall clock, in milliseconds since 1970.
    package static func judge(
        _ reply: Reply, of endpoint: Endpoint, roleIsYoung: Bool = false, receivedAt: Int64
    ) -> Judgement {
        let judgement = judge(reply, roleIsYoung, receivedAt) { endpoint.classify($0) }
        // A gateway that does not know the token: worth a new one, and whose it is then `Access` says.
        guard let failure = judgement.failure, failure.isForeign, failure.status == 401 else {
            return judgement
        }
        return Judgement(.unauthorised, failure)
    }

    /// A reply of the token endpoint.
    package static func judgeToken(_ reply: Reply, receivedAt: Int64) -> Judgement {
        judge(reply, false, receivedAt) { OAuth.classify($0) }
    }

    private static func judge(
        _ reply: Reply, _ roleIsYoung: Bool, _ receivedAt: Int64, classify: (HTTPAnswer) -> AtlasAnswer
    ) -> Judgement {
        switch reply {
        case .notSent(let failure) where failure.kind == .secretUnavailable:
            return Judgement(.secretUnavailable, Failure(failure))
        case .notSent(let failure): return Judgement(.notSent, Failure(failure))
        case .sentNoAnswer(let failure): return Judgement(.noAnswer, Failure(failure))
        case .answered(let answer):
            let retryAfter = answer.retryAfter(receivedAt: receivedAt)
            switch classify(answer) {
            case .success(let body): return Judgement(.accepted, body: body)
            // Nothing is known, as after a failure of the server that may have applied the change.
            case .foreign(let foreign):
                return Judgement(
                    .transient,
                    Failure(foreign, retryAfter: retryAfter).noting(odd: answer.unreadableRetryAfter))
            case .refusal(let error):
                let failure = Failure(error, retryAfter: retryAfter).noting(odd: answer.unreadableRetryAfter)
                if answer.status == 401, answer.isStaleChallenge {
                    return Judgement(.staleChallenge, failure)
                }
                return Judgement(
                    verdict(status: error.status, code: error.code, roleIsYoung: roleIsYoung), failure)
            }
        }
    }

    private static func row(
        _ statuses: ClosedRange<Int>, _ codes: [String], _ verdict: Verdict, _ meaning: String
    ) -> RetryRule {
        RetryRule(statuses: statuses, codes: codes, verdict: verdict, meaning: meaning)
    }
}

/// Tries of one GET, by the same table.
package let readTries = 5
