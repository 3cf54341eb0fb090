import AtlasAPI
import CurlTransport

/// The clock of these tests; it starts with them.
enum TestClock {
    private static let zero = ContinuousClock.now

    static func instant() -> Instant {
        Instant(nanoseconds: zero.duration(to: ContinuousClock.now).nanoseconds)
    }
}

extension CurlTransport.Configuration {
    init(
        baseAddress: String, connections: Int = 8, requestTimeout: Duration = .seconds(120),
        connectTimeout: Duration = .seconds(20), roots: CurlTransport.Roots? = nil,
        watchedDescriptors: [Int32] = [], bodyLimit: Int = 4 << 20, headerLimit: Int = 64 << 10,
        trace: ((TransferTrace) -> Void)? = nil
    ) {
        self.init(
            baseAddress: baseAddress, connections: connections, requestTimeout: requestTimeout,
            connectTimeout: connectTimeout, roots: roots, watchedDescriptors: watchedDescriptors,
            userAgent: "keyshift", bodyLimit: bodyLimit, headerLimit: headerLimit, trace: trace,
            clock: TestClock.instant)
    }
}
