import AtlasAPI
import CCurl
import Testing

@testable import CurlTransport

/// The pure table: what libcurl says at the end, and what that means.
struct ReplyMappingTests {
    private static func sent(_ code: CURLcode, status: Int = 0) -> TransferEnd {
        TransferEnd(code: code, status: status, messages: 1)
    }

    @Test func answers() {
        #expect(Self.sent(CURLE_OK, status: 200).verdict == .answered)
        #expect(Self.sent(CURLE_OK, status: 503).verdict == .answered)
        #expect(Self.sent(CURLE_ABORTED_BY_CALLBACK, status: 401).verdict == .answered)
    }

    @Test(arguments: [
        (CURLE_GOT_NOTHING, 0, TransportFailure.Kind.reset), (CURLE_RECV_ERROR, 200, .reset),
        (CURLE_SEND_ERROR, 0, .reset), (CURLE_PARTIAL_FILE, 200, .reset), (CURLE_HTTP2, 0, .reset),
        (CURLE_HTTP2_STREAM, 200, .reset), (CURLE_SEND_FAIL_REWIND, 0, .reset),
        (CURLE_SEND_FAIL_REWIND, 200, .reset), (CURLE_ABORTED_BY_CALLBACK, 0, .reset),
        (CURLE_OPERATION_TIMEDOUT, 200, .timeout),
        (CURLE_BAD_CONTENT_ENCODING, 200, .other), (CURLE_OK, 0, .other), (CURLE_OK, 100, .other),
        (CURLE_COULDNT_CONNECT, 401, .connect), (CURLE_UNSUPPORTED_PROTOCOL, 0, .other),
    ])
    func maybeActedOn(_ code: CURLcode, _ status: Int, _ kind: TransportFailure.Kind) {
        guard case .sentNoAnswer(let failure) = Self.sent(code, status: status).verdict else {
            Issue.record("expected sentNoAnswer")
            return
        }
        #expect(failure.kind == kind)
        #expect(!failure.message.isEmpty)
    }

    @Test(arguments: [
        (CURLE_COULDNT_RESOLVE_HOST, TransportFailure.Kind.resolve), (CURLE_COULDNT_RESOLVE_PROXY, .resolve),
        (CURLE_COULDNT_CONNECT, .connect), (CURLE_SSL_CONNECT_ERROR, .tls),
        (CURLE_PEER_FAILED_VERIFICATION, .tls), (CURLE_SSL_CACERT_BADFILE, .tls),
        (CURLE_OPERATION_TIMEDOUT, .timeout), (CURLE_OUT_OF_MEMORY, .other),
    ])
    func neverSent(_ code: CURLcode, _ kind: TransportFailure.Kind) {
        guard case .notSent(let failure) = TransferEnd(code: code, status: 0).verdict else {
            Issue.record("expected notSent")
            return
        }
        #expect(failure.kind == kind)
    }

    @Test func proxyThatRefuses() {
        var end = TransferEnd(code: CURLE_RECV_ERROR, status: 0, proxyStatus: 407)
        end.message = "Received HTTP code 407 from proxy after CONNECT"
        #expect(
            end.verdict
                == .notSent(TransportFailure(.proxy, "Received HTTP code 407 from proxy after CONNECT")))
    }

    @Test func messagesHoldNoCredentialsAndNoControls() {
        var end = Self.sent(CURLE_COULDNT_RESOLVE_PROXY)
        for text in [
            "Unsupported proxy syntax in 'http://u:p@h'", "Unsupported proxy syntax in 'u:p:q'", "u@h",
        ] {
            end.message = text
            guard case .sentNoAnswer(let failure) = end.verdict else { continue }
            #expect(!failure.message.contains("u:p") && !failure.message.contains("@"))
        }
        end.message = "a\u{1B}[31mb\r\n" + String(repeating: "x", count: 300)
        guard case .sentNoAnswer(let failure) = end.verdict else { return }
        #expect(failure.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(failure.message.count <= 200)
    }

    @Test func limits() {
        var end = Self.sent(CURLE_WRITE_ERROR, status: 200)
        end.reachedLimit = .body(4096)
        #expect(
            end.verdict
                == .sentNoAnswer(TransportFailure(.tooLarge, "the answer's body is longer than 4096 bytes")))
    }
}
