import MigrationCore
import Testing

@testable import Reporting

struct NextStepTests {
    private let step = Sample.nextStep

    @Test(arguments: Reason.allCases)
    func everyReasonHasOne(_ reason: Reason) throws {
        for result in [ProjectResult.failed, .blocked, .drifted, .unknown] {
            let sentence = try #require(step.sentence(result: result, reason: reason))
            try expectSentence(sentence)
        }
        #expect(
            step.sentence(result: .failed, reason: reason) != step.sentence(result: .failed, reason: nil)
                || reason == .stillOld || reason == .outcomeUnknown)
    }

    @Test(arguments: ErrorAdvice.actions.keys.sorted())
    func everyCodeHasOne(_ code: String) throws {
        try expectSentence(try #require(step.sentence(result: .failed, reason: .refused, code: code)))
    }

    /// Nobody should be sent to a command that this version lacks.
    private func expectSentence(_ sentence: String) throws {
        #expect(sentence.hasSuffix(".") && sentence.first?.isUppercase == true, "\(sentence)")
        #expect(!sentence.contains("\n"))
        #expect(sentence.count <= 200, "\(sentence)")
        for command in ["undo", "verify", "inventory", "roles", "doctor", "apply"] {
            #expect(!sentence.contains("keyshift \(command)"), "\(sentence)")
        }
    }

    @Test func doneProjectsHaveNone() {
        for result in [ProjectResult.changed, .unchanged, .excluded] {
            #expect(step.sentence(result: result, reason: nil) == nil)
        }
    }

    @Test func resuming() {
        #expect(step.sentence(result: .pending, reason: nil) == "Run keyshift resume fleet.job.")
        #expect(
            step.sentence(result: .unknown, reason: .stillOld)
                == "Run keyshift resume fleet.job; it looks again before it sends anything.")
        #expect(
            NextStep(job: "a b.job", isHalted: true).sentence(result: .pending, reason: nil)
                == "Waits until the halt is looked into; then run keyshift resume 'a b.job' --accept-failures."
        )
        let draft = NextStep(job: "fleet.job", isDraft: true)
        let remedy = draft.sentence(result: .blocked, reason: .keyNotValid)
        #expect(
            remedy == "Restore Atlas's access to the project's present key.",
            "no command that another line gainsays")
        let unread = step.sentence(result: .pending, reason: nil, isUnread: true)
        #expect(unread?.contains("command that made the job") == true)
    }

    @Test(arguments: [
        ("CANNOT_ASSUME_ROLE", "trust policy"),
        (
            "NO_PERMISSION_TO_ENCRYPT_DECRYPT",
            "roles/cloudkms.cryptoKeyEncrypterDecrypter and roles/cloudkms.viewer"
        ),
        ("GOOGLE_CLOUD_KMS_KEY_VERSION_DESTROYED", "Fix the key"),
        ("AWS_KMS_CREDENTIALS_AUTH_DEPRECATED", "Use a role"),
        ("ACCOUNT_SUSPENDED", "billing"),
        (
            "CANNOT_DISABLE_ENCRYPTION_AT_REST_REQUIRE_PRIVATE_NETWORKING_WHILE_PRIVATE_ENDPOINTS_EXIST",
            "requirePrivateNetworking"
        ),
    ])
    func codesKnowBetter(_ code: String, _ words: String) {
        for reason in [Reason.refused, .attemptsExhausted, .propagationTimeout] {
            #expect(step.sentence(result: .failed, reason: reason, code: code)?.contains(words) == true)
        }
        // The project's own trouble is not the code's.
        #expect(
            step.sentence(result: .failed, reason: .notValidAfterChange, code: code)?.contains("15 minutes")
                == true)
    }

    @Test func statusWhereTheCodeSaysNothing() {
        let sentence = step.sentence(
            result: .failed, reason: .refused, code: "UNEXPECTED_ERROR", httpStatus: 401)
        #expect(
            sentence
                == "Give the credentials the Project Owner role in this project, "
                + "then run keyshift retry fleet.job --only failed.")
    }

    /// A project that can't be found is not one that lost its key.
    @Test func readsKnowBetterThanAStatus() {
        for (reason, status) in [(Reason.notFound, 404), (.noAccess, 403)] {
            let sentence = step.sentence(
                result: .blocked, reason: reason, code: "UNEXPECTED_ERROR", httpStatus: status)
            #expect(sentence == step.sentence(result: .blocked, reason: reason))
        }
    }

    /// Codes for which the retry table has a row of its own deserve more than the reason's sentence.
    @Test func theRetryTablesCodesAreKnown() {
        for code in RetryTable.rules.flatMap(\.codes) { #expect(ErrorAdvice.action(code) != nil, "\(code)") }
    }
}
