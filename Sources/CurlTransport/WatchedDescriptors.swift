import CCurl

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Descriptors of others that end a wait when they become readable.
struct WatchedDescriptors {
    /// For `curl_multi_poll`, in the same order.
    private(set) var waiting: [curl_waitfd]
    private var polled: [pollfd]

    init(_ descriptors: [Int32]) {
        waiting = descriptors.map { curl_waitfd(fd: $0, events: Int16(CURL_WAIT_POLLIN), revents: 0) }
        polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    }

    /// Asks the system now, without waiting, for at most `milliseconds`.
    ///
    /// A descriptor that is closed, or whose other end is gone, counts once and is then watched no more: poll
    /// would return at once for it for ever, and curl_multi_poll does not even say so.
    mutating func isReadable(within milliseconds: Int32 = 0) -> Bool {
        guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return false }
        let gone = polled.filter { $0.revents != 0 && $0.revents & Int16(POLLIN) == 0 }.map(\.fd)
        if !gone.isEmpty {
            polled.removeAll { gone.contains($0.fd) }
            waiting.removeAll { gone.contains($0.fd) }
        }
        return true
    }

    /// Waits for the transfers' sockets and these descriptors; false when libcurl can't poll.
    mutating func wait(with multi: UnsafeMutableRawPointer, milliseconds: Int32) -> Bool {
        curl_multi_poll(multi, &waiting, UInt32(waiting.count), milliseconds, nil) == CURLM_OK
    }
}
