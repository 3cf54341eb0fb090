import AtlasAPI
import CCurl

/// What is known about a transfer at its end, and what that says about the server's state.
struct TransferEnd {
    var code: CURLcode
    /// Status of an answer to the request as a whole, never of an earlier challenge; 0 for none.
    var status: Int
    /// CURLINFO_HTTP_CONNECTCODE: the proxy's answer to CONNECT, 0 without a proxy.
    var proxyStatus = 0
    /// Messages that were let out to the server (`Transfer.beginLeg`); 0: no connection came up, proxy and TLS
    /// included. libcurl's own counts begin anew when it tries once more, which must not hide a first message.
    var messages = 0
    var reachedLimit: Transfer.Limit?
    /// CURLOPT_ERRORBUFFER; may be empty.
    var message = ""
}

extension TransferEnd {
    /// How a transfer ended; `answered` leaves out what the answer held.
    enum Verdict: Equatable {
        case answered
        case notSent(TransportFailure)
        case sentNoAnswer(TransportFailure)
    }

    var verdict: Verdict {
        if isAnswered { return .answered }
        let failure = TransportFailure(kind, sentence)
        // Whoever is in doubt says "sent": looking costs a GET, and a second PATCH may cost more.
        return messages == 0 ? .notSent(failure) : .sentNoAnswer(failure)
    }

    private var isAnswered: Bool {
        guard reachedLimit == nil, status >= 200 else { return false }
        // A digest server answered the request with 401 and `stale=true`, and libcurl wanted to send it again
        // with the new nonce, which `beginLeg` did not allow. The 401 is the answer.
        return code == CURLE_OK || (status == 401 && code == CURLE_ABORTED_BY_CALLBACK)
    }

    /// libcurl has a limit of its own for one line of headers or trailers (100 KiB in 7.88), reached before the
    /// line comes to the callback, and calls it lack of memory.
    private var isLineTooLong: Bool {
        guard messages > 0 else { return false }
        return code == CURLE_OUT_OF_MEMORY || message.hasPrefix("Out of memory in chunked-encoding")
    }

    private var kind: TransportFailure.Kind {
        if reachedLimit != nil || isLineTooLong { return .tooLarge }
        if messages == 0 {
            if (400..<500).contains(proxyStatus) { return .proxy }
            if proxyStatus >= 300 { return .connect }
        }
        return Self.kinds[code.rawValue] ?? .other
    }

    private static let kinds: [UInt32: TransportFailure.Kind] = {
        let codes: [(TransportFailure.Kind, [CURLcode])] = [
            (.resolve, [CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY]),
            (.connect, [CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY]),
            (.timeout, [CURLE_OPERATION_TIMEDOUT]),
            (
                .tls,
                [
                    CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
                    CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
                    CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
                    CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED,
                ]
            ),
            (
                .reset,
                [
                    CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                    CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND, CURLE_ABORTED_BY_CALLBACK,
                ]
            ),
        ]
        return codes.reduce(into: [:]) { table, entry in
            for code in entry.1 { table[code.rawValue] = entry.0 }
        }
    }()

    /// One line, at most 200 characters.
    private var sentence: String {
        switch reachedLimit {
        case .body(let limit): return "the answer's body is longer than \(limit) bytes"
        case .headers(let limit): return "the answer's headers are longer than \(limit) bytes"
        case nil: break
        }
        if isLineTooLong { return "the answer has a header line that is longer than libcurl takes" }
        if code == CURLE_OK { return "the answer has no final HTTP status" }
        if code == CURLE_ABORTED_BY_CALLBACK {
            return "the connection ended before an answer came, and the request is not sent twice"
        }
        let generic = String(cString: curl_easy_strerror(code))
        // libcurl quotes a proxy variable it can't parse, and that may hold a user and a password.
        let isSafe = !message.isEmpty && !message.contains("@") && !message.contains("proxy syntax")
        let text = isSafe ? message : generic
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(200).filter { $0.value >= 0x20 }))
    }
}

extension Transfer {
    /// The reply to hand to the caller.
    func reply(_ end: TransferEnd) -> Reply {
        switch end.verdict {
        case .notSent(let failure): return .notSent(failure)
        case .sentNoAnswer(let failure): return .sentNoAnswer(failure)
        case .answered:
            return .answered(
                HTTPAnswer(status: status, headers: headers, body: answer, isStaleChallenge: isStaleChallenge)
            )
        }
    }

    /// The first 401 on a warm handle, or one that says itself that only the nonce is old.
    private var isStaleChallenge: Bool {
        isDigest && status == 401 && (saysStale || (isWarmDigest && challenges == 1))
    }
}
