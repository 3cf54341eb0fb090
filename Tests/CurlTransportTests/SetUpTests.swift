import CCurl
import Testing

@testable import CurlTransport

struct SetUpTests {
    @Test(arguments: [
        "https://cloud.mongodb.com", "https://cloud.mongodb.com/", "https://127.0.0.1:8443",
        "http://localhost:9000", "http://127.0.0.1:9000", "http://[::1]:9000",
    ])
    func goodAddress(_ address: String) throws {
        let base = try BaseAddress(address)
        #expect(!base.text.hasSuffix("/"))
        #expect(address.hasPrefix(base.scheme + "://"))
    }

    @Test(arguments: [
        ("", CurlTransportError.AddressFlaw.malformed), ("cloud.mongodb.com", .malformed),
        ("https://", .malformed), ("https://a b", .malformed), ("https://a\r\nb", .malformed),
        ("http://cloud.mongodb.com", .plainRemote), ("http://127.0.0.1.evil.example", .plainRemote),
        ("http://localhost.evil.example", .plainRemote), ("http://10.0.0.1", .plainRemote),
        ("ftp://cloud.mongodb.com", .scheme), ("file:///etc/passwd", .malformed),
        ("https://user:pass@cloud.mongodb.com", .extraParts), ("http://127.0.0.1@evil.example", .extraParts),
        ("https://cloud.mongodb.com/api", .extraParts), ("http://127.0.0.1:8080/api/atlas/", .extraParts),
        ("https://cloud.mongodb.com/?q", .extraParts), ("https://cloud.mongodb.com/#f", .extraParts),
        ("https://cloud.mongodb.com#", .extraParts), ("https://cloud.mongodb.com/#/", .extraParts),
        ("https://cloud.mongodb.com?", .extraParts), ("http://127.0.0.1:1/?", .extraParts),
    ])
    func badAddress(_ address: String, _ flaw: CurlTransportError.AddressFlaw) {
        #expect(throws: CurlTransportError.badAddress(flaw)) { try BaseAddress(address) }
        #expect(throws: CurlTransportError.badAddress(flaw)) {
            try CurlTransport(configuration: .init(baseAddress: address))
        }
    }

    @Test func versionAndFeatures() throws {
        let features = ccurl_feature_ssl | ccurl_feature_asynchronous_names
        try CurlLibrary.check(version: 0x075500, features: features)
        #expect(throws: CurlTransportError.libraryTooOld(found: "7.84.0", oldest: "7.85.0")) {
            try CurlLibrary.check(version: 0x075400, features: features)
        }
        #expect(throws: CurlTransportError.libraryLacks(feature: "TLS")) {
            try CurlLibrary.check(version: 0x080000, features: 0)
        }
        #expect(throws: CurlTransportError.libraryLacks(feature: "AsynchDNS")) {
            try CurlLibrary.check(version: 0x080000, features: ccurl_feature_ssl)
        }
    }

    /// A value of the wrong C type would corrupt memory; the shims look at the option's kind.
    @Test func wrongKindOfOptionIsRefused() throws {
        let easy = try #require(curl_easy_init())
        defer { curl_easy_cleanup(easy) }
        #expect(ccurl_set_long(easy, CURLOPT_URL, 1) == CURLE_BAD_FUNCTION_ARGUMENT)
        #expect(ccurl_set_string(easy, CURLOPT_NOSIGNAL, "x") == CURLE_BAD_FUNCTION_ARGUMENT)
        #expect(ccurl_set_callback(easy, CURLOPT_POSTFIELDSIZE_LARGE, nil) == CURLE_BAD_FUNCTION_ARGUMENT)
        #expect(ccurl_info_long(easy, CURLINFO_TOTAL_TIME_T) == 0)
    }

    @Test(arguments: [
        (Duration.zero, 1), (.nanoseconds(1), 1), (.milliseconds(1), 1), (.nanoseconds(1_000_001), 2),
        (.seconds(60), 60_000), (.seconds(1 << 40), Int(Int32.max)), (.seconds(-5), 1),
    ])
    func milliseconds(_ duration: Duration, _ expected: Int) {
        #expect(duration.curlMilliseconds == expected)
    }
}
