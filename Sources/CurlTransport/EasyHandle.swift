import AtlasAPI
import CCurl

/// One `CURL *`: options that hold for its whole life, options of one request, and what is known afterwards.
///
/// Options are set and un-set by hand and never by `curl_easy_reset`: the digest nonce lives in the handle,
/// and with it a request costs one message on the wire in place of two.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    /// Who the handle's digest state belongs to; nil when it never carried digest.
    let digestOwner: HTTPRequest.Authorization?
    /// Holds a nonce from an earlier request.
    var hasNonce = false

    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?

    init(
        _ configuration: CurlTransport.Configuration, _ base: BaseAddress,
        digestOwner: HTTPRequest.Authorization?
    ) throws(CurlTransportError) {
        guard let pointer = curl_easy_init() else { throw .initialisation(function: "curl_easy_init") }
        self.pointer = pointer
        self.digestOwner = digestOwner
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setUp(configuration, base)
    }

    /// The handle must have been removed from the multi handle before.
    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Sets everything that differs between requests, and un-sets what this one does not use.
    func prepare(
        _ request: HTTPRequest, _ transfer: Transfer, at base: BaseAddress
    ) throws(CurlTransportError) {
        errorText[0] = 0
        try set(CURLOPT_URL, base.text + request.path)
        switch request.method {
        case .get: try set(CURLOPT_HTTPGET, 1)
        case .patch, .post: try setBody(request.body)
        }
        try set(CURLOPT_CUSTOMREQUEST, request.method == .patch ? "PATCH" : nil)
        try setHeaders(request)
        try authorize(request.authorization)
        let context = CurlCallbacks.context(of: transfer)
        for option in Self.contextOptions { try set(option, context) }
    }

    /// Lets go of the request: libcurl must not reach the transfer or a bearer token after its end.
    func release() {
        for option in Self.contextOptions { _ = ccurl_set_pointer(pointer, option, nil) }
        _ = ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, nil)
        _ = ccurl_set_string(pointer, CURLOPT_XOAUTH2_BEARER, nil)
        if digestOwner == nil {
            _ = ccurl_set_string(pointer, CURLOPT_USERNAME, nil)
            _ = ccurl_set_string(pointer, CURLOPT_PASSWORD, nil)
        }
        _ = ccurl_set_list(pointer, CURLOPT_HTTPHEADER, nil)
        curl_slist_free_all(headerList)
        headerList = nil
    }

    /// libcurl's own sentence about the last failure; may be empty.
    var errorMessage: String { String(cString: errorText) }

    func number(_ info: CURLINFO) -> Int { ccurl_info_long(pointer, info) }
    func microseconds(_ info: CURLINFO) -> Int64 { Int64(ccurl_info_offset(pointer, info)) }

    /// Subject, issuer and end of each certificate of the chain.
    var certificates: [String] {
        guard let chain = ccurl_certificates(pointer)?.pointee, let lists = chain.certinfo else { return [] }
        return (0..<Int(chain.num_of_certs)).map { index in
            var parts: [String] = []
            var entry = lists[index]
            while let item = entry?.pointee {
                let line = String(cString: item.data)
                if let name = ["Subject:", "Issuer:", "Expire date:"].first(where: { line.hasPrefix($0) }) {
                    parts.append("\(name.lowercased()) \(line.dropFirst(name.count))")
                }
                entry = item.next
            }
            return parts.joined(separator: ", ")
        }
    }

    /// The version that the answer came in.
    var httpVersion: String? {
        switch number(CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): "HTTP/1.0"
        case Int(CURL_HTTP_VERSION_1_1): "HTTP/1.1"
        case Int(CURL_HTTP_VERSION_2_0): "HTTP/2"
        default: nil
        }
    }

    private static let contextOptions = [
        CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA,
    ]

    /// Makes the request a POST with these bytes, which libcurl copies; that it is not sent twice is `beginLeg`'s task.
    ///
    /// Not by a read callback: with it libcurl 7.88 never ends the first, bodiless message of digest over HTTP/2.
    private func setBody(_ body: [UInt8]) throws(CurlTransportError) {
        try check(
            ccurl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)),
            CURLOPT_POSTFIELDSIZE_LARGE)
        let code = body.withUnsafeBytes {
            ccurl_set_pointer(
                pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
        try check(code, CURLOPT_COPYPOSTFIELDS)
    }

    private func setHeaders(_ request: HTTPRequest) throws(CurlTransportError) {
        curl_slist_free_all(headerList)
        headerList = nil
        // Atlas gains nothing from `Expect: 100-continue`, which costs a round trip or a second of waiting.
        var lines = ["Expect:"]
        for header in request.headers {
            // "Name:" means "leave this header out" to libcurl; the semicolon is its way to an empty value.
            lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else {
                throw .initialisation(function: "curl_slist_append")
            }
            headerList = longer
        }
        try check(ccurl_set_list(pointer, CURLOPT_HTTPHEADER, headerList), CURLOPT_HTTPHEADER)
    }

    private func authorize(_ authorization: HTTPRequest.Authorization) throws(CurlTransportError) {
        var user: String?
        var password: Secret?
        var bearer: Secret?
        let scheme: Int
        switch authorization {
        case .basic(let name, let secret): (user, password, scheme) = (name, secret, ccurl_auth_basic)
        // Only DIGEST, not ANY: with ANY libcurl sends the body before it knows the challenge.
        case .digest(let name, let secret): (user, password, scheme) = (name, secret, ccurl_auth_digest)
        case .bearer(let token): (bearer, scheme) = (token, ccurl_auth_bearer)
        }
        try set(CURLOPT_HTTPAUTH, scheme)
        // Set apart, since CURLOPT_USERPWD would split a user name at its first colon.
        try set(CURLOPT_USERNAME, user)
        try set(CURLOPT_PASSWORD, password?.reveal())
        try set(CURLOPT_XOAUTH2_BEARER, bearer?.reveal())
    }
}

extension EasyHandle {
    /// Options that hold for the handle's life.
    private func setUp(
        _ configuration: CurlTransport.Configuration, _ base: BaseAddress
    ) throws(CurlTransportError) {
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1),
            (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_UNRESTRICTED_AUTH, 0),
            (CURLOPT_NETRC, 0),
            (CURLOPT_DISALLOW_USERNAME_IN_URL, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.curlMilliseconds),
            (CURLOPT_TIMEOUT_MS, configuration.requestTimeout.curlMilliseconds),
            (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)),
            // The first burst waits to learn whether one connection can carry it all (HTTP/2).
            (CURLOPT_PIPEWAIT, 1),
            // A PATCH may be silent for a minute; keep-alive probes hold the path through gateways open.
            (CURLOPT_TCP_KEEPALIVE, 1),
            (CURLOPT_TCP_KEEPIDLE, 30),
            (CURLOPT_TCP_KEEPINTVL, 15),
            // Atlas's headers stay out of a proxy's CONNECT, and the proxy's answer out of the callbacks.
            (CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE)),
            (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
            (CURLOPT_CERTINFO, configuration.tellsCertificates ? 1 : 0),
        ]
        for (option, value) in numbers { try set(option, value) }
        try set(CURLOPT_PROTOCOLS_STR, base.scheme)
        try set(CURLOPT_ACCEPT_ENCODING, "")
        try set(CURLOPT_USERAGENT, configuration.userAgent)
        // Proxies come from the usual variables, but never for plain http, which is for this machine only.
        if base.isPlain { try set(CURLOPT_PROXY, "") }
        if let roots = configuration.roots {
            try trust(roots)
            // Else the system's folder of roots, which is built into libcurl, counts beside it.
            try set(CURLOPT_CAPATH, nil as String?)
            try set(CURLOPT_PROXY_CAPATH, nil as String?)
        }
        try set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        try set(CURLOPT_WRITEFUNCTION, CurlCallbacks.body)
        try set(CURLOPT_HEADERFUNCTION, CurlCallbacks.header)
        try check(
            ccurl_set_before_request(pointer, CurlCallbacks.beforeRequest), CURLOPT_PREREQFUNCTION)
    }

    /// What was read and looked at is what counts, whatever has the file's name by now.
    private func trust(_ roots: CurlTransport.Roots) throws(CurlTransportError) {
        for (fromMemory, fromFile) in [
            (CURLOPT_CAINFO_BLOB, CURLOPT_CAINFO), (CURLOPT_PROXY_CAINFO_BLOB, CURLOPT_PROXY_CAINFO),
        ] {
            let code = roots.certificates.withUnsafeBytes {
                ccurl_set_copy(pointer, fromMemory, $0.baseAddress, $0.count)
            }
            if code == CURLE_OK {
                // Else the file that is built into libcurl counts beside it in some versions.
                try set(fromFile, nil as String?)
            } else if [CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN].contains(code) {
                try set(fromFile, roots.path)
            } else {
                try check(code, fromMemory)
            }
        }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(CurlTransportError) {
        try check(ccurl_set_long(pointer, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: String?) throws(CurlTransportError) {
        try check(ccurl_set_string(pointer, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) throws(CurlTransportError) {
        try check(ccurl_set_pointer(pointer, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: CurlCallbacks.Callback) throws(CurlTransportError) {
        try check(ccurl_set_callback(pointer, option, value), option)
    }

    private func check(_ code: CURLcode, _ option: CURLoption) throws(CurlTransportError) {
        guard code == CURLE_OK else { throw .option(number: option.rawValue, code: code.rawValue) }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up; at least 1, since 0 means "no limit" or "the default" to libcurl.
    var curlMilliseconds: Int {
        // Compared as durations first, since the nanoseconds of centuries do not fit.
        guard self < .milliseconds(Int32.max) else { return Int(Int32.max) }
        guard self > .zero else { return 1 }
        return Int((nanoseconds + 999_999) / 1_000_000)
    }
}
