import CurlTransport
import Reporting
import Testing

@testable import JobRunner
@testable import JobStore
@testable import KeyshiftCommands

struct ExitStatusTests {
    @Test func theFirstInTheOrderWins() {
        #expect(Code.order.map(\.rawValue) == [74, 78, 7, 10, 6, 4, 5, 3, 2])
        for (index, status) in Code.order.enumerated() {
            for other in Code.order[index...] {
                #expect(Code.worst([other, status]) == status)
                #expect(Code.worst([.done, status, other, .done]) == status)
            }
        }
        #expect(Code.worst([]) == .done && Code.worst([.done]) == .done)
        #expect(Code.worst([.done, .usage]) == .usage)
    }

    private static func flaw(_ kind: PlaceFlaw.Kind) -> PlaceFlaw { PlaceFlaw(path: "/d/f.job", kind: kind) }

    private static var errors: [(any Error, Code, String)] {
        [
            (JobStoreError.missing(path: "f"), .inputMissing, "no such job"),
            (JobStoreError.notAJob(path: "f"), .badData, "not a keyshift job"),
            (JobStoreError.otherKind(path: "f", isRoles: true), .badData, "keyshift roles"),
            (JobStoreError.otherKind(path: "f", isRoles: false), .badData, "a migration's job"),
            (JobStoreError.damaged(path: "f", detail: "x"), .badData, "damaged (x)"),
            (JobStoreError.severalNames(path: "f g", count: 2), .mismatch, "-samefile 'f g'"),
            (JobStoreError.sealBroken(path: "f", detail: "x"), .mismatch, "changed after it was planned"),
            (JobStoreError.changedMeanwhile(path: "f"), .mismatch, "another program"),
            (JobStoreError.newer(path: "f", version: 9, known: 1), .badData, "format 9"),
            (JobStoreError.noWriteAheadLog(path: "f"), .inputOutput, "local disk"),
            (JobStoreError.io(path: "f", detail: "disk full"), .inputOutput, "disk full"),
            (JobStoreError.cannotCreate(path: "f", detail: "x"), .cannotCreate, "can't be created: x"),
            (JobStoreError.missingLog(path: "f", .absent), .badData, "--accept-missing-log"),
            (JobStoreError.missingLog(path: "f", .empty), .badData, "holds nothing of this job"),
            (JobStoreError.missingLog(path: "f", .broken), .badData, "is damaged"),
            (JobStoreError.missingLog(path: "f", .foreign), .badData, "an older copy"),
            (JobStoreError.notOurs(flaw(.noRegularFile)), .badData, "ls -ld /d/f.job"),
            (JobStoreError.notOurs(flaw(.otherOwner("eve"))), .badData, "belongs to eve"),
            (JobStoreError.notOurs(flaw(.writableByOthers)), .badData, "chmod go-w"),
            (JobStoreError.notOurs(flaw(.folderOfAnother("eve"))), .badData, "a folder of eve"),
            (JobStoreError.notOurs(flaw(.folderWritableByOthers)), .badData, "others can write to"),
            (RunLock.Held(job: "f", holder: "pid 7"), .locked, "pid 7"),
            (CurlTransportError.badAddress(.plainRemote), .environment, "plain http"),
            (CurlTransportError.badAddress(.malformed), .environment, "can't be read as an address"),
            (CurlTransportError.badAddress(.scheme), .environment, "another scheme"),
            (CurlTransportError.badAddress(.extraParts), .environment, "a password"),
            (CurlTransportError.libraryTooOld(found: "7.1", oldest: "7.2"), .environment, "7.1"),
            (CurlTransportError.libraryLacks(feature: "TLS"), .environment, "without TLS"),
            (CurlTransportError.initialisation(function: "curl_x"), .internalError, "curl_x"),
            (CurlTransportError.option(number: 1, code: 2), .internalError, "option 1"),
            (SecretProblem(reference: "${env:A}", detail: "not set"), .environment, "${env:A}: not set"),
            (CommandError(.halted, "as it is"), .halted, "as it is"),
            (CancellationError(), .internalError, "unexpected"),
        ]
    }

    @Test func everyErrorHasItsCodeAndASentence() {
        for (error, status, words) in Self.errors {
            let explained = ErrorText.explain(error)
            #expect(explained.status == status, "\(error)")
            #expect(explained.message.text.contains(words), "\(explained.message.text)")
        }
    }
}
