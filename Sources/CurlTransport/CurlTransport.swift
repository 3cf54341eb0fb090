package import AtlasAPI
import CCurl

/// Carries requests out through one libcurl multi handle, on the caller's thread and only inside its calls.
///
/// Not `Sendable`, and must not be: libcurl's handles belong to one thread at a time. A PATCH or POST leaves
/// at most once as a whole, whatever happens to connections and streams (see `Transfer.beginLeg`). Redirects are
/// answers and never followed, cookies are not kept, TLS is always verified.
///
/// With digest a request on a fresh handle costs two requests on the wire, and on a warm one costs one.
package final class CurlTransport: Transport {
    private let configuration: Configuration
    private let base: BaseAddress
    private var multi: UnsafeMutableRawPointer?
    private var pool = HandlePool()
    /// Requests in flight by their `CURL *`; what keeps both alive while libcurl holds pointers to them.
    private var inFlight: [UnsafeMutableRawPointer: Flight] = [:]
    /// How often in a row a request met a nonce that had ended. After two it gets a new handle, whose 401 means what it
    /// says: after a long pause the nonces of all handles have ended, and it would meet one after another.
    private var stale: [String: Int] = [:]
    /// Ends known without libcurl, for the next `wait`.
    private var ended: [TransportEvent] = []
    private var watched: WatchedDescriptors

    private struct Flight {
        let handle: EasyHandle
        let transfer: Transfer
    }

    /// - Throws: `CurlTransportError`. Roots that are none are found at the first connection (`.notSent(.tls)`).
    package init(configuration: Configuration) throws(CurlTransportError) {
        base = try BaseAddress(configuration.baseAddress)
        self.configuration = configuration
        watched = WatchedDescriptors(configuration.watchedDescriptors)
        guard let multi = curl_multi_init() else { throw .initialisation(function: "curl_multi_init") }
        let connections = max(1, configuration.connections)
        for option in [CURLMOPT_MAX_HOST_CONNECTIONS, CURLMOPT_MAXCONNECTS] {
            let code = ccurl_multi_set_long(multi, option, connections)
            guard code == CURLM_OK else {
                curl_multi_cleanup(multi)
                throw .option(number: option.rawValue, code: UInt32(bitPattern: code.rawValue))
            }
        }
        self.multi = multi
    }

    deinit { close() }

    package func start(_ requests: [(id: RequestID, request: HTTPRequest)]) {
        for (id, request) in requests {
            do {
                try begin(id, request)
            } catch let flaw as RequestFlaw {
                ended.append(.ended(id, .notSent(TransportFailure(.other, flaw.rawValue))))
            } catch {
                ended.append(.ended(id, .notSent(TransportFailure(.other, "libcurl refused the request"))))
            }
        }
    }

    package func wait(until deadline: Instant?) -> [TransportEvent] {
        while true {
            perform()
            // curl_multi_poll would sleep although finished transfers wait to be read, so those come first.
            var events = takeEnded()
            if watched.isReadable() { events.append(.interrupted) }
            guard events.isEmpty else { return events }
            guard let slice = slice(until: deadline) else { return [] }
            guard let multi, watched.wait(with: multi, milliseconds: slice) else {
                // Out of memory, or closed: no busy loop either way.
                if watched.isReadable(within: min(slice, 10)) { return [.interrupted] }
                continue
            }
        }
    }

    /// Ends everything; requests still open end without a reply. Called by `deinit`; may be called before.
    package func close() {
        guard let multi else { return }
        // The order is libcurl's: remove, clean up the easy handles, then the multi handle.
        for pointer in inFlight.keys { curl_multi_remove_handle(multi, pointer) }
        inFlight.removeAll()
        pool.removeAll()
        curl_multi_cleanup(multi)
        self.multi = nil
    }
}

extension CurlTransport {
    private func begin(_ id: RequestID, _ request: HTTPRequest) throws {
        try RequestFlaw.check(request)
        guard let multi else { throw CurlTransportError.initialisation(function: "curl_multi_init") }
        // Nearly always empty, and then no name is put together.
        let isTired = !stale.isEmpty && stale[Self.name(request.method, request.path), default: 0] >= 2
        let warm = isTired ? nil : pool.take(for: request.authorization)
        let handle = try warm ?? newHandle(for: request.authorization)
        let transfer = Transfer(
            id: id, request: request, isWarm: handle.hasNonce, bodyLimit: configuration.bodyLimit,
            headerLimit: configuration.headerLimit)
        try handle.prepare(request, transfer, at: base)
        let code = curl_multi_add_handle(multi, handle.pointer)
        guard code == CURLM_OK else {
            throw CurlTransportError.option(number: 0, code: UInt32(bitPattern: code.rawValue))
        }
        inFlight[handle.pointer] = Flight(handle: handle, transfer: transfer)
    }

    private func newHandle(for authorization: HTTPRequest.Authorization) throws -> EasyHandle {
        if case .digest = authorization {
            return try EasyHandle(configuration, base, digestOwner: authorization)
        }
        return try EasyHandle(configuration, base, digestOwner: nil)
    }

    private func perform() {
        guard let multi else { return }
        var running: Int32 = 0
        let code = curl_multi_perform(multi, &running)
        guard code != CURLM_OK else { return }
        // Out of memory or a broken handle: nothing in flight would ever end.
        for flight in Array(inFlight.values) { finish(flight, CURLE_OUT_OF_MEMORY) }
    }

    private func takeEnded() -> [TransportEvent] {
        if let multi {
            var code = CURLE_OK
            while let pointer = ccurl_next_finished(multi, &code) {
                if let flight = inFlight[pointer] { finish(flight, code) }
            }
        }
        defer { ended.removeAll() }
        return ended
    }

    /// The only way out of `inFlight` for a request that ends while the transport is open.
    private func finish(_ flight: Flight, _ code: CURLcode) {
        let (handle, transfer) = (flight.handle, flight.transfer)
        let end = TransferEnd(
            code: code, status: transfer.status, proxyStatus: handle.number(CURLINFO_HTTP_CONNECTCODE),
            messages: transfer.legs, reachedLimit: transfer.reachedLimit, message: handle.errorMessage)
        let reply = bounded(transfer.reply(end), transfer)
        report(reply, flight)
        curl_multi_remove_handle(multi, handle.pointer)
        inFlight[handle.pointer] = nil
        handle.release()
        handle.hasNonce = handle.hasNonce || transfer.hasNonce
        // After a 401 the nonce in the handle is of unknown worth, and after a failure so is the rest of its
        // state; the next request gets a new handle. This also tells an expired nonce from a wrong key.
        if code == CURLE_OK && transfer.status != 401 { pool.put(handle) }
        ended.append(.ended(transfer.id, reply))
    }

    /// A server that calls every nonce stale must not keep a caller asking: after `staleLimit` in a row of the same
    /// method and path a 401 is what it says. The one place that counts them.
    private func bounded(_ reply: Reply, _ transfer: Transfer) -> Reply {
        guard transfer.isDigest else { return reply }
        let name = Self.name(transfer.method, transfer.path)
        guard case .answered(var answer) = reply, answer.isStaleChallenge else {
            stale[name] = nil
            return reply
        }
        let count = stale[name, default: 0] + 1
        stale[name] = count <= Self.staleLimit ? count : nil
        answer.isStaleChallenge = count <= Self.staleLimit
        return .answered(answer)
    }

    /// Two warm handles and a fresh one.
    private static let staleLimit = 3

    private static func name(_ method: HTTPRequest.Method, _ path: String) -> String { "\(method) \(path)" }

    private func report(_ reply: Reply, _ flight: Flight) {
        guard let trace = configuration.trace else { return }
        var (status, failure): (Int?, TransportFailure.Kind?)
        switch reply {
        case .answered(let answer): status = answer.status
        case .notSent(let reason), .sentNoAnswer(let reason): failure = reason.kind
        }
        trace(
            TransferTrace(
                id: flight.transfer.id, method: flight.transfer.method, path: flight.transfer.path,
                status: status, failure: failure,
                duration: .microseconds(flight.handle.microseconds(CURLINFO_TOTAL_TIME_T)),
                reusedConnection: flight.handle.number(CURLINFO_NUM_CONNECTS) == 0,
                usedProxy: flight.handle.number(CURLINFO_HTTP_CONNECTCODE) != 0,
                httpVersion: flight.handle.httpVersion,
                certificates: configuration.tellsCertificates ? flight.handle.certificates : [],
                messages: flight.transfer.legs))
    }

    /// Milliseconds to sleep, rounded up, at most `longestSleep`; nil when the deadline has come.
    private func slice(until deadline: Instant?) -> Int32? {
        guard let deadline else { return Self.longestSleep }
        let left = deadline - configuration.clock()
        return left <= .zero ? nil : Int32(min(left.curlMilliseconds, Int(Self.longestSleep)))
    }

    /// libcurl 7.88 may keep bytes that TLS has read ahead and not ask to be called for them (seen with HTTP/2 headers
    /// over the limit); this is what such an answer can cost the requests beside it.
    private static let longestSleep: Int32 = 100
}
