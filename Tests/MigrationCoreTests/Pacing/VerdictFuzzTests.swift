import TestSupport
import AtlasAPI
import MigrationCore
import Testing

/// Goal: every answer has one verdict, that of the first row of the printed table that fits it, and a failure that is
/// short and waits no longer than is believed. Method: random statuses, codes, headers and mutated bodies.
@Suite struct VerdictFuzzTests {
    static let bodies = [
        #"{"error":429,"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/p",7,2000,1000,60]}"#,
        #"{"errorCode":"CANNOT_ASSUME_ROLE","detail":"x"}"#, #"{"error":"invalid_client"}"#, "<html>", "",
        "[]",
        #"{"awsKms":{"enabled":true,"roleId":"65a000000000000000000001","accessKeyID":"AKIA0","valid":true}}"#,
        #"{"azureKeyVault":{"enabled":true,"clientID":"c","requirePrivateNetworking":true},"extra":null}"#,
    ].map { Array($0.utf8) }

    static let pieces =
        (RetryTable.rules.flatMap(\.codes) + ["-7", "1e300", "null", "{}", "[", "\"", "\\u0000", "false"]).map
    {
        Array($0.utf8)
    } + [[0xFF]]

    /// The first byte chooses among statuses and headers, so that shrinking keeps what matters.
    @Test(arguments: 70..<73) func everyAnswerHasOneVerdict(seed: UInt64) {
        Fuzz.run(seed: seed, rounds: 1000) { fuzz in
            [fuzz.byte(), fuzz.byte()] + fuzz.mutated(Self.bodies, pieces: Self.pieces)
        } _: { bytes in
            guard bytes.count >= 2 else { return nil }
            let status = 200 + (Int(bytes[0]) << 8 | Int(bytes[1])) % 800
            let waits = [
                "", "0", "-1", "99999999999999999999", "Sun, 31 Feb 2026 00:00:00 GMT", "soon", "7 ",
            ]
            var headers = HTTPHeaders([(name: "Retry-After", value: waits[Int(bytes[1]) % waits.count])])
            if bytes[0] & 1 == 1 { headers.add("X-Error-Code", "RATE_LIMITED") }
            let answer = HTTPAnswer(
                status: status, headers: headers, body: Array(bytes[2...]),
                isStaleChallenge: bytes[0] & 2 == 2)
            for isYoung in [false, true] {
                if let words = Self.complaint(answer, isYoung) { return words }
            }
            return nil
        }
    }

    static func complaint(_ answer: HTTPAnswer, _ isYoung: Bool) -> String? {
        let judgement = RetryTable.judge(
            .answered(answer), of: .identity, roleIsYoung: isYoung, receivedAt: 0)
        let verdict = judgement.verdict
        if verdict == .accepted {
            return answer.isSuccess && judgement.body != nil ? nil : "accepts \(answer.status)"
        }
        guard let failure = judgement.failure else { return "no failure" }
        if failure.isForeign {
            let expected: Verdict = answer.status == 401 ? .unauthorised : .transient
            return verdict == expected ? nil : "a gateway's answer is \(verdict)"
        }
        if answer.isSuccess { return "a refusal of \(answer.status)" }
        let fitting = RetryTable.rules.filter { rule in
            rule.statuses.contains(answer.status)
                && (rule.codes.isEmpty || failure.code.map(rule.codes.contains) == true)
        }
        guard var expected = fitting.first?.verdict else { return "no row for \(answer.status)" }
        if expected == .transient, answer.status == 500, isYoung { expected = .youngRole }
        if answer.status == 401, answer.isStaleChallenge { expected = .staleChallenge }
        if verdict != expected { return "\(verdict) in place of \(expected)" }
        // Only these leave the server's state open, and only they are ever looked at before a resend.
        if answer.status >= 500, verdict.treatment.effect == .none { return "a definite \(answer.status)" }
        if let wait = failure.retryAfter, wait < .zero || wait > HTTPAnswer.retryAfterLimit {
            return "waits \(wait)"
        }
        let texts = [failure.code, failure.detail].compactMap { $0 }
        return texts.allSatisfy { $0.unicodeScalars.count <= AtlasError.textLimit } ? nil : "a long text"
    }

    /// Two answers are the same state exactly if no path differs, both ways.
    @Test(arguments: 73..<75) func statesAreComparedBothWays(seed: UInt64) {
        var last = EncryptionState(enabled: [], searchNodes: nil)
        Fuzz.run(seed: seed, rounds: 1500) {
            $0.mutated(Array(Self.bodies.suffix(2)), pieces: Self.pieces)
        } _: { bytes in
            guard let state = JSONValue(parsing: bytes).flatMap({ EncryptionState($0) }) else { return nil }
            let (one, other) = (StateFacts(state), StateFacts(last))
            last = state
            let paths = one.differences(from: other)
            if paths != other.differences(from: one) { return "differs by the side it is seen from" }
            if paths.isEmpty != (one == other) { return "equal and different" }
            if one.values.values.contains(where: \.isFalse) { return "keeps a false" }
            return one.values.keys.contains { $0.hasSuffix(".valid") } ? "keeps valid" : nil
        }
    }
}
