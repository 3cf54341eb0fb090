import CCurl

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The process's one libcurl: set up at first use, never torn down.
///
/// `curl_global_cleanup` is not called: OpenSSL's exit handlers clean up, and a second cleanup may race them.
enum CurlLibrary {
    /// Checks the library that was loaded, which may be older than the header that was compiled against.
    static func prepare() throws(CurlTransportError) {
        guard isInitialised else { throw .initialisation(function: "curl_global_init") }
        guard let version = ccurl_version()?.pointee else {
            throw .initialisation(function: "curl_version_info")
        }
        try check(version: version.version_num, features: Int(version.features))
    }

    /// - Parameters:
    ///   - version: `0xXXYYZZ`, as in `curl_version_info_data.version_num`.
    ///   - features: `CURL_VERSION_*` bits.
    static func check(version: UInt32, features: Int) throws(CurlTransportError) {
        guard version >= ccurl_oldest_version else {
            throw .libraryTooOld(found: text(version), oldest: text(ccurl_oldest_version))
        }
        guard features & ccurl_feature_ssl != 0 else { throw .libraryLacks(feature: "TLS") }
        // Without it a name server that does not answer blocks the whole loop.
        guard features & ccurl_feature_asynchronous_names != 0 else {
            throw .libraryLacks(feature: "AsynchDNS")
        }
    }

    private static func text(_ version: UInt32) -> String {
        "\(version >> 16 & 0xFF).\(version >> 8 & 0xFF).\(version & 0xFF)"
    }

    /// Runs once per process, since a static is initialised once.
    private static let isInitialised: Bool = {
        // Writing to a dead connection raises it, and CURLOPT_NOSIGNAL keeps libcurl from ignoring it.
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(ccurl_global_default) == CURLE_OK
    }()
}
