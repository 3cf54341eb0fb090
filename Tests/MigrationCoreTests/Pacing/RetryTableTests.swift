import AtlasAPI
import MigrationCore
import Testing

/// Goal: every answer that Atlas is known to give has the verdict of the facts' table, and no answer has none. Method:
/// the table by hand, and all statuses.
@Suite struct RetryTableTests {
    static let rows: [(Int, Verdict, [String])] = [
        (
            400, .propagation,
            [
                "CANNOT_ASSUME_ROLE", "INVALID_AWS_CREDENTIALS", "CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED",
                "NO_PERMISSION_TO_ENCRYPT_DECRYPT",
            ]
        ),
        (
            400, .few,
            [
                "INVALID_AZURE_CREDENTIALS", "CANNOT_AUTHENTICATE_SERVICE_PRINCIPAL",
                "INVALID_GOOGLE_CLOUD_CREDENTIALS",
            ]
        ),
        (400, .slow, ["GOOGLE_CLOUD_KMS_KEY_VERSION_PENDING_GENERATION"]),
        (400, .throttled, ["RATE_LIMITED", "RATE_LIMITED_TOKEN_BUCKET"]),
        (
            400, .refused,
            [
                "", "GOOGLE_CLOUD_KMS_KEY_VERSION_DESTROYED", "GOOGLE_CLOUD_KMS_KEY_VERSION_DISABLED",
                "ENCRYPTION_AT_REST_SETTINGS_INVALID", "MISSING_ENCRYPTION_AT_REST_PROVIDER",
                "ENCRYPTION_AT_REST_NOT_ENABLED", "INSUFFICIENT_INSTANCE_SIZE",
                "CANNOT_DISABLE_ENCRYPTION_AT_REST_DUE_TO_PRIVATE_ENDPOINTS",
                "AWS_KMS_CREDENTIALS_AUTH_DEPRECATED",
                "AZURE_KEY_VAULT_KEY_EXPIRED", "VALIDATION_ERROR", "ATTRIBUTE_READ_ONLY", "MALFORMED_JSON",
                "INVALID_VERSION_DATE", "AZURE_KEY_VAULT_CREDENTIALS_DEPRECATED",
            ]
        ),
        (401, .unauthorised, ["", "UNEXPECTED_ERROR", "USER_UNAUTHORIZED", "NOT_IN_GROUP"]),
        (402, .refused, ["ACCOUNT_SUSPENDED", "NO_PAYMENT_INFORMATION_FOUND"]),
        (
            403, .accessList,
            [
                "IP_ADDRESS_NOT_ON_ACCESS_LIST", "ORG_REQUIRES_ACCESS_LIST", "IP_ADDRESS_NOT_ON_WHITELIST",
                "ORG_REQUIRES_WHITELIST", "RESOURCE_REQUIRES_WHITELIST",
            ]
        ),
        (403, .refused, ["", "ACCESS_FORBIDDEN", "FEATURE_UNSUPPORTED"]),
        (404, .refused, ["", "GROUP_NOT_FOUND", "INVALID_GROUP_ID", "AWS_CUSTOMER_MASTER_KEY_NOT_FOUND"]),
        (405, .maintenance, ["WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"]),
        (405, .refused, ["", "METHOD_NOT_ALLOWED"]),
        (406, .version, ["", "X"]), (410, .version, ["", "VERSION_GONE"]),
        (
            409, .refused,
            [
                "CANNOT_DISABLE_ENCRYPTION_AT_REST", "CANNOT_CHANGE_ENCRYPTION_AT_REST_PROVIDER",
                "CANNOT_ROTATE_KEY_ENCRYPTION_DISABLED", "UNSUPPORTED_FEATURE",
                "CANNOT_UPDATE_PAUSED_CLUSTER",
            ]
        ),
        (409, .passing, ["AUTOMATION_CONFIG_CONCURRENT_MODIFICATION"]),
        (409, .conflict, ["", "NEVER_HEARD_OF"]),
        (408, .transient, ["", "X"]),
        (429, .throttled, ["", "RATE_LIMITED_TOKEN_BUCKET", "RATE_LIMITED", "OTHER"]),
        (500, .transient, ["", "UNEXPECTED_ERROR"]), (502, .transient, [""]), (503, .transient, [""]),
        (504, .transient, [""]), (599, .transient, [""]), (418, .refused, [""]), (302, .refused, [""]),
        (600, .transient, [""]), (999, .transient, ["", "X"]),
    ]

    @Test func everyCode() {
        for (status, verdict, codes) in Self.rows {
            for code in codes {
                let found = RetryTable.verdict(
                    status: status, code: code.isEmpty ? nil : code, roleIsYoung: false)
                #expect(found == verdict, "\(status) \(code)")
            }
        }
    }

    static func judge(_ answer: HTTPAnswer, isYoung: Bool = false) -> RetryTable.Judgement {
        RetryTable.judge(.answered(answer), of: .identity, roleIsYoung: isYoung, receivedAt: 0)
    }

    @Test func everyStatusHasAVerdict() {
        for status in 0...999 {
            let coded = HTTPAnswer(
                status: status, headers: HTTPHeaders(), body: Array(#"{"errorCode":"ANY"}"#.utf8))
            let judgement = Self.judge(coded)
            #expect(judgement.verdict != .accepted && judgement.failure?.status == status)
            // Without a code of Atlas's it is somebody else's answer, unless the status says enough.
            let bare = Self.judge(HTTPAnswer(status: status, headers: HTTPHeaders(), body: []))
            let verdict: Verdict = status == 429 ? .throttled : status == 401 ? .unauthorised : .transient
            #expect(bare.verdict == verdict, "\(status)")
            #expect(bare.failure?.isForeign == (![408, 429].contains(status) && status < 500), "\(status)")
        }
    }

    @Test(arguments: [(500, Verdict.youngRole), (502, .transient), (503, .transient), (404, .refused)])
    func youngRoleExcusesA500(status: Int, verdict: Verdict) {
        #expect(RetryTable.verdict(status: status, code: nil, roleIsYoung: true) == verdict)
    }

    @Test func htmlOf503HasNoCode() {
        let answer = HTTPAnswer(
            status: 503, headers: HTTPHeaders([("Retry-After", "9"), ("Content-Type", "text/html")]),
            body: Array("<html>".utf8))
        let failure = Self.judge(answer).failure
        #expect(
            Self.judge(answer).verdict == .transient && failure?.code == nil
                && failure?.retryAfter == .seconds(9))
    }

    @Test func withoutAnAnswer() {
        let failure = TransportFailure(.timeout, "slow")
        let unsent = RetryTable.judge(.notSent(failure), of: .identity, receivedAt: 0)
        let unknown = RetryTable.judge(
            .sentNoAnswer(failure), of: .identity, roleIsYoung: true, receivedAt: 0)
        #expect(unsent.verdict == .notSent && unknown.verdict == .noAnswer)
        #expect(unsent.failure == unknown.failure && unsent.failure?.code == "timeout")
    }

    @Test(arguments: [(401, Verdict.staleChallenge), (403, .refused)]) func stale(
        status: Int, verdict: Verdict
    ) {
        let answer = HTTPAnswer(
            status: status, headers: HTTPHeaders([("X-Error-Code", "ANY")]), body: [], isStaleChallenge: true)
        #expect(Self.judge(answer).verdict == verdict)
    }

    @Test(
        arguments: [
            (
                #"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p",7,2000,1000,60]}"#, nil,
                .seconds(7)
            ),
            (
                #"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p",7,2000,1000,60]}"#, "3",
                .seconds(3)
            ),
            (#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p",-7]}"#, nil, nil),
            (#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p","7"]}"#, nil, .seconds(7)),
            (#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p",6.5]}"#, nil, .seconds(7)),
            (#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p","soon"]}"#, nil, nil),
            (#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p","2s"]}"#, nil, .seconds(2)),
            (#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p","PT2S"]}"#, nil, .seconds(2)),
            (#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":null}"#, nil, nil),
            (#"{"errorCode":"RATE_LIMITED","parameters":["/p",7]}"#, nil, nil),
            (#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p",1e30]}"#, nil, .seconds(86_400)),
        ] as [(String, String?, Duration?)]) func bucketsSayTheirWait(
            body: String, header: String?, wait: Duration?
        )
    {
        let headers = HTTPHeaders(header.map { [("Retry-After", $0)] } ?? [])
        let answer = HTTPAnswer(status: 429, headers: headers, body: Array(body.utf8))
        #expect(Self.judge(answer).failure?.retryAfter == wait)
    }

    /// Atlas's answer, a gateway's, and the token endpoint's: each says what was asked and not understood.
    @Test func aWaitThatCannotBeReadIsTold() {
        let atlas = [("Content-Type", "application/json"), ("Retry-After", "after lunch\u{1B}")]
        let body = Array(#"{"errorCode":"RATE_LIMITED","error":429,"detail":"slow down"}"#.utf8)
        let answers = [
            HTTPAnswer(status: 429, headers: HTTPHeaders(atlas), body: body),
            HTTPAnswer(
                status: 503, headers: HTTPHeaders([("Content-Type", "text/html"), atlas[1]]),
                body: Array("<p>".utf8)),
        ]
        for answer in answers {
            for judgement in [Self.judge(answer), RetryTable.judgeToken(.answered(answer), receivedAt: 0)] {
                #expect(judgement.failure?.retryAfter == nil)
                #expect(judgement.failure?.summary.contains("Retry-After \"after lunch") == true)
            }
        }
    }

    @Test(arguments: ["\"soon\"", "-7", "true", "\"-PT2S\""]) func anOddWaitInTheBodyIsTold(value: String) {
        let body = #"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET","error":429,"parameters":["/p",\#(value)]}"#
        let answer = HTTPAnswer(status: 429, headers: HTTPHeaders(), body: Array(body.utf8))
        #expect(Self.judge(answer).failure?.summary.contains("its wait can't be read: \(value)") == true)
    }

    /// The verdict stays that of the status, and the words say whose page it is.
    @Test(arguments: [500, 502, 503, 504]) func aGatewaysPageIsNamedAsThat(status: Int) {
        let headers = HTTPHeaders([("Content-Type", "text/html"), ("Server", "nginx/1.27")])
        let answer = HTTPAnswer(
            status: status, headers: headers, body: Array("<html><title>Bad Gateway</title></html>".utf8))
        let judged = Self.judge(answer)
        #expect(judged.verdict == .transient && judged.failure?.isForeign == false)
        for word in ["HTTP \(status)", "gateway", "nginx/1.27", "Bad Gateway", "text/html"] {
            #expect(judged.failure?.summary.contains(word) == true, "\(judged.failure?.summary ?? "")")
        }
    }

    @Test func traitsOfTheVerdicts() {
        func those(_ trait: (Treatment) -> Bool) -> Set<Verdict> { Set(Verdict.those(trait)) }
        #expect(those { $0.effect == .maybe } == [.transient, .youngRole, .noAnswer])
        #expect(those { $0.effect == .yes } == [.accepted])
        #expect(
            those { !$0.isAttempt }
                == [.notSent, .secretUnavailable, .throttled, .maintenance, .staleChallenge])
        #expect(those { $0.bound == .attempts } == [.passing, .transient, .noAnswer])
        #expect(those { $0.bound == .propagation } == [.propagation, .slow, .youngRole])
        #expect(those { $0.bound == .permanent } == [.unauthorised, .refused])
        #expect(those { $0.bound == .run } == [.secretUnavailable, .accessList, .version])
        #expect(those(\.suggestsOutage) == [.transient, .youngRole, .noAnswer, .notSent])
        #expect(
            those { !$0.passes } == [
                .accepted, .secretUnavailable, .staleChallenge, .unauthorised, .refused, .accessList,
                .version,
            ])
        #expect(those { $0.bound == .tries(3) } == [.few] && those { $0.bound == .tries(2) } == [.conflict])
        #expect(those { $0.firstWait != nil } == [.slow] && readTries == 5)
    }
}
