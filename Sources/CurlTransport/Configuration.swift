package import AtlasAPI

extension CurlTransport {
    /// Certificates in PEM form, and the file that they were read from.
    package struct Roots: Sendable {
        /// Opened again only by a libcurl whose TLS library takes no certificates out of memory.
        package var path: String
        package var certificates: [UInt8]

        package init(path: String, certificates: [UInt8]) {
            self.path = path
            self.certificates = certificates
        }
    }

    /// Where to send requests, and the limits of one transport.
    package struct Configuration {
        /// `https://host[:port]`; `http` only to this machine. No user, query or fragment.
        package var baseAddress: String
        /// Most connections at a time; further requests wait for one, and their time-out runs meanwhile.
        package var connections: Int
        /// From start to the last byte of the answer. No low-speed limit: a PATCH may be silent long.
        package var requestTimeout: Duration
        /// Name resolution, TCP and TLS together.
        package var connectTimeout: Duration
        /// The roots to trust in place of the system's. Verification can't be turned off.
        package var roots: Roots?
        /// Descriptors that end a `wait` when readable, as `.interrupted`; whoever owns them reads them.
        package var watchedDescriptors: [Int32]
        package var userAgent: String
        /// Bytes of an answer's body after decompression.
        package var bodyLimit: Int
        /// Bytes of all header lines of a request's answers, challenges and 1xx included.
        package var headerLimit: Int
        /// Whether `trace` gets the server's certificates, which costs time in each handshake.
        package var tellsCertificates = false
        /// Called once per request at its end.
        package var trace: ((TransferTrace) -> Void)?
        /// The clock of `wait(until:)`.
        package var clock: () -> Instant

        package init(
            baseAddress: String, connections: Int, requestTimeout: Duration, connectTimeout: Duration,
            roots: Roots? = nil, watchedDescriptors: [Int32] = [], userAgent: String,
            bodyLimit: Int = 4 << 20, headerLimit: Int = 64 << 10,
            trace: ((TransferTrace) -> Void)? = nil, clock: @escaping () -> Instant
        ) {
            self.baseAddress = baseAddress
            self.connections = connections
            self.requestTimeout = requestTimeout
            self.connectTimeout = connectTimeout
            self.roots = roots
            self.watchedDescriptors = watchedDescriptors
            self.userAgent = userAgent
            self.bodyLimit = bodyLimit
            self.headerLimit = headerLimit
            self.trace = trace
            self.clock = clock
        }
    }
}
