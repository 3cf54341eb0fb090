import AtlasAPI
import Foundation
import JobRunner
import Testing

/// Goal: a server that quotes the credentials of a request gets them into nothing that is kept or shown. Method: each
/// kind of credentials quoted whole, in part and encoded, in each place of an answer.
@Suite struct SecretEchoesTests {
    private static let token = "eyJhbGciOiJFUzUxMiJ9.CANARY-3f81.c2lnbmF0dXJl"
    private static let password = "CANARY-9c20-44ab-private"
    private static let id = RequestID(7)

    static let kinds: [(HTTPRequest.Authorization, [String])] = [
        (.bearer(Secret(token)), ["Bearer \(token)", String(token.dropFirst(9).prefix(20))]),
        (.digest(user: "public", password: Secret(password)), [password, "public:\(password)"]),
        (
            .basic(user: "mdb_sa_id_1", password: Secret(password)),
            [password, Data("mdb_sa_id_1:\(password)".utf8).base64EncodedString()]
        ),
    ]

    private static func cleaned(
        _ reply: Reply, _ authorization: HTTPRequest.Authorization, from id: RequestID = id
    ) -> Reply {
        var echoes = SecretEchoes()
        echoes.sent(Self.id, HTTPRequest(.get, "/x", headers: [], body: [], authorization: authorization))
        return echoes.cleaned(id, reply)
    }

    private static func answer(_ status: Int, _ body: String, _ header: String = "") -> Reply {
        .answered(
            HTTPAnswer(
                status: status, headers: HTTPHeaders([(name: "X-Error-Code", value: header)]),
                body: Array(body.utf8)))
    }

    private static func text(_ reply: Reply) -> String {
        switch reply {
        case .notSent(let failure), .sentNoAnswer(let failure): failure.message
        case .answered(let answer):
            answer.headers.fields.map(\.value).joined() + String(decoding: answer.body, as: UTF8.self)
        }
    }

    @Test(arguments: kinds) func quotesAreTakenOut(
        _ authorization: HTTPRequest.Authorization, quotes: [String]
    ) {
        for quote in quotes {
            let body = #"{"detail":"bad: \#(quote).","parameters":["\#(quote)",7]}"#
            let failure = TransportFailure(.other, "odd: \(quote)")
            for reply in [
                Self.answer(400, body, quote), Self.answer(500, body), .notSent(failure),
                .sentNoAnswer(failure),
            ] {
                let text = Self.text(Self.cleaned(reply, authorization))
                #expect(!text.contains(quote) && !text.contains("CANARY") && text.contains("<redacted>"))
            }
            #expect(
                Self.text(Self.cleaned(Self.answer(400, body), authorization)).contains(#""detail":"bad: "#))
        }
    }

    /// A project that is named like the whole credential, as an attacker's list may have it.
    @Test(arguments: kinds) func successesToo(_ authorization: HTTPRequest.Authorization, quotes: [String]) {
        let text = Self.text(Self.cleaned(Self.answer(200, #"{"name":"\#(quotes[0])"}"#), authorization))
        #expect(!text.contains("CANARY") && text.contains("name"))
    }

    @Test func whatQuotesNothingStaysAsItIs() {
        let body = #"{ "detail" : "as it came",  "errorCode":"X" }"#
        for (authorization, _) in Self.kinds {
            #expect(Self.text(Self.cleaned(Self.answer(400, body), authorization)) == body)
            #expect(Self.text(Self.cleaned(Self.answer(200, body), authorization)) == body)
            // Of another request nothing is known.
            let other = Self.answer(400, #"{"detail":"\#(Self.token)"}"#)
            #expect(Self.text(Self.cleaned(other, authorization, from: RequestID(8))).contains(Self.token))
        }
    }
}
