import AtlasAPI
import Foundation
import JobRunner
@testable import MigrationCore
import Testing

/// Goal: whichever answer quotes whichever secret of the run, nothing of it comes through, and what else an answer says
/// does. Method: a transport that answers as it is told, and all that may come out of an answer.
@Suite struct RedactedAnswerTests {
    private static let secret = "mdb_sa_sk_CANARY-9c20-44ab"
    private static let token = "TOKEN-5e1f77-CANARY-aa"
    private static let key = "CANARY/key+of+a+body/42"

    struct Missing: Error, CustomStringConvertible { let description = "${env:NONE}: not set" }

    /// Answers the requests in order.
    final class Server: Transport, SecretSource {
        var replies: [Reply] = []
        private(set) var bodies: [[UInt8]] = []
        private var open: [TransportEvent] = []

        func start(_ requests: [(id: RequestID, request: HTTPRequest)]) {
            for (id, request) in requests {
                bodies.append(request.body)
                open.append(.ended(id, replies.removeFirst()))
            }
        }

        func wait(until deadline: Instant?) -> [TransportEvent] {
            defer { open = [] }
            return open
        }

        func read(_ reference: String) throws -> Secret {
            if reference == "${env:NONE}" { throw Missing() }
            return Secret(RedactedAnswerTests.key)
        }
    }

    private let server = Server()
    private let transport: SecretKeepingTransport

    init() {
        transport = SecretKeepingTransport(
            server, secrets: server,
            credentials: .serviceAccount(clientID: "mdb_sa_id_1", secret: Secret(Self.secret)),
            others: [Secret("proxy-password-1")])
    }

    private static let get = HTTPRequest(.get, "/x", headers: [], authorization: .bearer(Secret(token)))

    private static func answer(_ status: Int, _ body: String, _ header: String = "none") -> Reply {
        .answered(
            HTTPAnswer(
                status: status, headers: HTTPHeaders([(name: "Sunset", value: header)]),
                body: Array(body.utf8)))
    }

    /// A key that was named for its project has the project's id in it; the id alone is no quotation.
    @Test func theProjectThatWasAskedForIsNoSecret() throws {
        let id = "6790e57a9b41416f5c216fee"
        let key = "CANARY-7f3a-\(id)-x"
        let transport = SecretKeepingTransport(
            server, secrets: server,
            credentials: .serviceAccount(clientID: "mdb_sa_id_1", secret: Secret(Self.secret)),
            sentBefore: [Secret(key)])
        func body(_ path: String, _ status: Int, _ text: String) -> String {
            server.replies = [Self.answer(status, text)]
            let request = HTTPRequest(.get, path, headers: [], authorization: .bearer(Secret(Self.token)))
            transport.start([(id: RequestID(1), request: request)])
            guard case .ended(_, .answered(let answer))? = transport.wait(until: nil).first else { return "" }
            return String(decoding: answer.body, as: UTF8.self)
        }
        let asked = "/api/atlas/v2/groups/\(id)"
        let own = #"{"id":"\#(id)","links":[{"href":"https://x/groups/\#(id)","rel":"self"}],"name":"a"}"#
        #expect(body(asked, 200, own) == own)
        #expect(body("/api/atlas/v2/groups/6790e57a9b41416f5c216fff", 200, own) == Redaction.mark)
        for text in [key, String(key.dropFirst(2)), String(key.dropLast(2)), "of \(id)"] {
            #expect(body(asked, 200, #"{"id":"\#(id)","name":"\#(text)"}"#) == Redaction.mark, "\(text)")
            #expect(!body(asked, 400, #"{"error":400,"detail":"\#(text)"}"#).contains(id), "\(text)")
        }
    }

    private func reply(to request: HTTPRequest, _ reply: Reply) -> Reply? {
        server.replies = [reply]
        transport.start([(RequestID(1), request)])
        guard case .ended(_, let reply)? = transport.wait(until: nil).first else { return nil }
        return reply
    }

    private func text(_ reply: Reply?) -> String { reply.map { "\(told($0))" } ?? "" }

    /// Everything that anybody takes from a reply, and its body.
    private func told(_ reply: Reply) -> [String] {
        switch reply {
        case .notSent(let failure), .sentNoAnswer(let failure): return [failure.message]
        case .answered(let answer):
            let error = AtlasError(answer)
            return answer.headers.fields.flatMap { [$0.name, $0.value] }
                + [String(decoding: answer.body, as: UTF8.self), error.code ?? "", error.detail ?? ""]
                + error.parameters.map { $0.canonicalText() }
        }
    }

    /// A key, a client secret and a proxy's password quoted by a later GET, which carried none of them.
    @Test func everySecretInEveryPlaceOfALaterAnswer() throws {
        server.replies = [Self.answer(200, "{}")]
        let body = JSONValue.object(["awsKms": .object(["secretAccessKey": .string("${env:KEY}")])])
        var order = Order(id: RequestID(9), request: Self.get)
        order.request.method = .patch
        order.secretBody = body.canonicalText()
        transport.start([order])
        _ = transport.wait(until: nil)
        #expect(String(decoding: server.bodies[0], as: UTF8.self).contains("of+a+body"))
        for quoted in [Self.secret, Self.token, Self.key, "proxy-password-1"] {
            for body in [
                #"{"detail":"bad: \#(quoted).","errorCode":"X","parameters":["\#(quoted)",7]}"#,
                #"{"errorCode":"\#(quoted)"}"#, #"{"\#(quoted)":{"a":[1,{"\#(quoted)":2}]}}"#,
                #"{"parameters":[\#(quoted.utf8.map(String.init).joined(separator: ","))]}"#,
                #"{"parameters":["\#(quoted.prefix(9))","\#(quoted.dropFirst(9))"]}"#,
                #"{"badRequestDetail":{"fields":[{"field":"\#(quoted.prefix(8))","description":"\#(quoted.dropFirst(8))"}]}}"#,
                "<html>\(quoted)</html>", #"{"a":"\#(quoted)","a":1}"#,
            ] {
                // Only of a refusal texts are put together.
                let isSpread = body.contains("badRequestDetail")
                for status in isSpread ? [400] : [200, 400, 401, 503] {
                    let text = text(reply(to: Self.get, Self.answer(status, body)))
                    #expect(text.contains("<redacted>"), "\(status) \(body)")
                    #expect(!transport.redaction.quotes(text), "\(status) \(text)")
                }
            }
            for status in [200, 429] {
                let text = text(reply(to: Self.get, Self.answer(status, "{}", "after \(quoted)")))
                #expect(text.contains("<redacted>") && !text.contains("after"))
            }
            let failure = TransportFailure(.reset, "odd: \(quoted)")
            for end in [Reply.notSent(failure), .sentNoAnswer(failure)] {
                #expect(text(reply(to: Self.get, end)) == #"["<redacted>"]"#)
            }
        }
    }

    /// Each project has its key, and is quoted when three hundred others have been sent; a new process knows the keys
    /// of the plan from the start.
    @Test(arguments: [false, true]) func theKeysOf300Projects(isAfterARestart: Bool) {
        let keys = (0..<300).map {
            "key-\($0)/\(String($0 &* 7_919_111 &+ 104_729, radix: 36))+CANARY_\($0 % 7)x"
        }
        let others = Keys(keys)
        let transport = SecretKeepingTransport(
            server, secrets: others,
            credentials: .serviceAccount(clientID: "mdb_sa_id_1", secret: Secret(Self.secret)),
            sentBefore: isAfterARestart ? keys.map { Secret($0) } : [])
        for number in keys.indices where !isAfterARestart {
            var order = Order(id: RequestID(number), request: Self.get)
            order.secretBody = #"{"awsKms":{"secretAccessKey":"\#(number)"}}"#
            server.replies.append(Self.answer(200, "{}"))
            transport.start([order])
            _ = transport.wait(until: nil)
        }
        for key in keys {
            for quoted in [key, key.uppercased(), Data(key.utf8).base64EncodedString()] {
                server.replies = [Self.answer(400, #"{"detail":"bad: \#(quoted)","errorCode":"X"}"#, quoted)]
                transport.start([(RequestID(1), Self.get)])
                guard case .ended(_, let reply)? = transport.wait(until: nil).first else { continue }
                let text = text(reply)
                #expect(text.contains("<redacted>") && !text.contains(quoted), "\(text)")
            }
        }
        #expect(transport.redaction.clean("key-300/1x2y3z+CANARY") == "key-300/1x2y3z+CANARY")
    }

    private struct Keys: SecretSource {
        var keys: [String]
        init(_ keys: [String]) { self.keys = keys }
        func read(_ reference: String) throws -> Secret { Secret(keys[Int(reference) ?? 0]) }
    }

    /// Else an altered name or setting would be planned with, or written back.
    @Test func aSuccessThatQuotesIsUnreadable() {
        let body = #"{"awsKms":{"enabled":true,"region":"\#(Self.secret)","valid":true},"name":"x"}"#
        guard case .answered(let answer)? = reply(to: Self.get, Self.answer(200, body)) else { return }
        #expect(answer.status == 200 && JSONValue(parsing: answer.body) == nil)
        #expect(String(decoding: answer.body, as: UTF8.self) == "<redacted>")
    }

    @Test func theRestOfARefusalStays() {
        let body = #"{"errorCode":"CANNOT_ASSUME_ROLE","detail":"bad: \#(Self.secret)","parameters":[7,"a"]}"#
        guard case .answered(let answer)? = reply(to: Self.get, Self.answer(400, body)) else { return }
        let error = AtlasError(answer)
        #expect(error.code == "CANNOT_ASSUME_ROLE" && error.detail == "<redacted>" && error.status == 400)
        #expect(error.parameters == [.number(7), .string("a")])
    }

    @Test func whatQuotesNothingStaysAsItIs() {
        for body in [#"{ "detail" : "as it \u0063ame",  "errorCode":"X" }"#, "<p>page</p>", ""] {
            for status in [200, 400] {
                let given = Self.answer(status, body, "Sat, 1 Jan 2028 00:00:00 GMT")
                #expect(reply(to: Self.get, given) == given)
            }
        }
    }

    /// The token arrives, is learnt before it is used, and counts whether it is usable or not.
    @Test(arguments: ["Bearer", "mac"]) func tokensAreLearntAsTheyArrive(type: String) {
        let request = OAuth.tokenRequest(clientID: "mdb_sa_id_1", clientSecret: Secret(Self.secret))
        let body = #"{"access_token":"new-TOKEN-77-CANARY","expires_in":3600,"token_type":"\#(type)"}"#
        let given = Self.answer(200, body, "with new-TOKEN-77-CANARY")
        guard case .answered(let answer)? = reply(to: request, given) else { return }
        #expect(OAuth.token(from: answer)?.value.reveal() == (type == "Bearer" ? "new-TOKEN-77-CANARY" : nil))
        #expect(answer.headers["Sunset"] == "<redacted>")
        let later = reply(to: Self.get, Self.answer(500, #"{"detail":"new-TOKEN-77-CANARY"}"#))
        #expect(text(later).contains("<redacted>") && !text(later).contains("TOKEN"))
    }

    /// The same token once more, or the client's secret as the token: it is taken, not shown.
    @Test func aKnownTokenIsTakenAgain() {
        let request = OAuth.tokenRequest(clientID: "mdb_sa_id_1", clientSecret: Secret(Self.secret))
        let given = Self.answer(200, #"{"access_token":"\#(Self.secret)","expires_in":60}"#)
        for _ in 0..<2 {
            guard case .answered(let answer)? = reply(to: request, given) else { return }
            #expect(OAuth.token(from: answer)?.value.reveal() == Self.secret)
        }
    }

    @Test func aSecretThatCannotBeReadEndsItsRequestOnly() {
        server.replies = [Self.answer(200, "{}")]
        var lacking = Order(id: RequestID(1), request: Self.get)
        lacking.secretBody = #"{"awsKms":{"secretAccessKey":"${env:NONE}"}}"#
        transport.start([lacking, Order(id: RequestID(2), request: Self.get)])
        let ended = transport.wait(until: nil) + transport.wait(until: nil)
        guard case .ended(RequestID(1), .notSent(let failure))? = ended.first, ended.count == 2 else {
            Issue.record("\(ended)")
            return
        }
        #expect(failure.kind == .secretUnavailable && failure.message == "${env:NONE}: not set")
    }
}
