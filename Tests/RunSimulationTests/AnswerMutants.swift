import AtlasAPI
import MigrationCore
import RunSimulation

/// Mistakes about what servers say: whose answer it is, and how long to wait.
extension Mutant {
    static let answers = [
        Mutant("takes a sign-in page for a state", "by a gateway's answer") {
            $0.transport = { transport in
                foreign(transport) { answer, request in
                    guard answer.headers["Content-Type"]?.hasPrefix("text/html") == true, answer.isSuccess,
                        request.path.hasSuffix("/encryptionAtRest")
                    else { return nil }
                    let off = Provider.allCases.map { "\"\($0.rawValue)\":{\"enabled\":false}" }
                    return (["Content-Type": Endpoint.identity.mediaType], "{\(off.joined(separator: ","))}")
                }
            }
        },
        Mutant("takes a gateway's 404 for Atlas's", "is planned as blocked by a gateway's answer") {
            $0.transport = { coded($0, "GROUP_NOT_FOUND") }
        },
        Mutant("lets a gateway end an outage", "a gateway's answer ended an outage") {
            $0.transport = { coded($0, "ACCESS_FORBIDDEN") }
        },
        Mutant("never asks the probe", "no probe had failed three times") {
            $0.transport = { probeless($0) }
        },
        Mutant("forgets what a server asked for", "before the time that the server gave") {
            $0.journal = { withoutHolds($0) }
        },
        Mutant("a file that forgets what a server asked for", "the holds in the job file") {
            $0.file = { withoutHolds($0) }
        },
        Mutant("asks again when it likes", "before the time that the server gave") {
            $0.transport = { transport in
                BrokenTransport.events(transport) { event, _ in
                    guard case .ended(let id, .answered(let answer)) = event,
                        answer.headers["Retry-After"] != nil
                    else { return .pass(event) }
                    let kept = answer.headers.fields.filter { $0.name != "Retry-After" }
                    var hasty = answer
                    hasty.headers = HTTPHeaders(kept)
                    hasty.body = Array(#"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET"}"#.utf8)
                    return .pass(.ended(id, .answered(hasty)))
                }
            }
        },
        Mutant("sleeps as long as a server says", "sleeps for") {
            $0.settings = { settings in
                var settings = settings
                settings.outagePatience = .seconds(3_600_000)
                return settings
            }
        },
        Mutant("waits in silence", "without a word") {
            $0.turn = { turn in
                var turn = turn
                turn.waiting = nil
                return turn
            }
        },
    ]

    /// Every probe but the first is taken to have failed, as if nobody had asked.
    @Sendable private static func probeless(_ inner: any Transport) -> any Transport {
        var probes = 0
        return BrokenTransport.events(inner) { event, request in
            guard case .ended(let id, .answered(let answer)) = event, answer.isSuccess,
                request?.path == Endpoint.identity.path
            else { return .pass(event) }
            probes += 1
            guard probes > 1 else { return .pass(event) }
            return .pass(.ended(id, .sentNoAnswer(TransportFailure(.timeout, "nobody asked"))))
        }
    }

    @Sendable private static func withoutHolds(_ inner: any Journal) -> any Journal {
        BrokenJournal(inner) { $0.filter { if case .run(.held) = $0 { false } else { true } } }
    }

    /// Gives the gateway's own refusals a code of Atlas's.
    @Sendable private static func coded(_ inner: any Transport, _ code: String) -> any Transport {
        foreign(inner) { answer, _ in
            answer.headers.all("Server").contains("gateway")
                ? (["X-Error-Code": code], #"{"error":\#(answer.status),"errorCode":"\#(code)"}"#) : nil
        }
    }

    /// Replaces headers and body of the answers that `change` picks.
    @Sendable private static func foreign(
        _ inner: any Transport,
        _ change: @escaping @Sendable (HTTPAnswer, HTTPRequest) -> (headers: [String: String], body: String)?
    ) -> any Transport {
        BrokenTransport.events(inner) { event, request in
            guard case .ended(let id, .answered(let answer)) = event, let request,
                let (headers, body) = change(answer, request)
            else { return .pass(event) }
            var other = answer
            other.headers = HTTPHeaders(headers.map { (name: $0.key, value: $0.value) })
            other.body = Array(body.utf8)
            return .pass(.ended(id, .answered(other)))
        }
    }
}
