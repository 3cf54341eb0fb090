import CCurl

/// The functions libcurl calls while a transfer runs; each forwards to the `Transfer` behind the pointer.
///
/// They capture nothing, do not throw and do not call libcurl (`CURLM_RECURSIVE_API_CALL`).
enum CurlCallbacks {
    typealias Callback =
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int

    typealias BeforeRequest =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?, Int32, Int32
        ) -> Int32

    /// CURLOPT_WRITEFUNCTION: any result but the count given ends the transfer with `CURLE_WRITE_ERROR`.
    static let body: Callback = { bytes, size, count, context in
        guard let context else { return 0 }
        let length = size * count
        return transfer(context).takeBody(UnsafeRawBufferPointer(start: bytes, count: length)) ? length : 0
    }

    /// CURLOPT_HEADERFUNCTION: one line per call; results as for the body.
    static let header: Callback = { bytes, size, count, context in
        guard let context else { return 0 }
        let length = size * count
        return transfer(context).takeHeader(UnsafeRawBufferPointer(start: bytes, count: length)) ? length : 0
    }

    /// CURLOPT_PREREQFUNCTION (since 7.80.0): the connection is up and nothing of this leg has been sent.
    static let beforeRequest: BeforeRequest = { context, _, _, _, _ in
        guard let context else { return CURL_PREREQFUNC_ABORT }
        return transfer(context).beginLeg() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// Takes no reference: the transport holds one for as long as the handle is in the multi handle.
    static func context(of transfer: Transfer) -> UnsafeMutableRawPointer {
        Unmanaged.passUnretained(transfer).toOpaque()
    }

    private static func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }
}
