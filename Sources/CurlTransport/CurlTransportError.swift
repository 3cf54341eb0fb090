/// Why no transport could be made; nothing has been sent.
///
/// Failures of single requests are `Reply` values and never thrown.
package enum CurlTransportError: Error, Equatable {
    /// What is wrong with a base address.
    package enum AddressFlaw: String, Sendable {
        /// libcurl can't parse it.
        case malformed
        /// Neither `https` nor `http`.
        case scheme
        /// `http` to a host that is not this machine: credentials would travel in the clear.
        case plainRemote
        /// It holds a user, a password, a query or a fragment.
        case extraParts
    }

    case badAddress(AddressFlaw)
    /// The libcurl found at run time; `oldest` is the first version that will do.
    case libraryTooOld(found: String, oldest: String)
    /// Built without TLS, or without a resolver that honours time-outs.
    case libraryLacks(feature: String)
    /// `curl_global_init`, `curl_multi_init` or `curl_easy_init` failed, mostly for want of memory.
    case initialisation(function: String)
    /// libcurl refused an option; its number and the `CURLcode` or `CURLMcode`.
    case option(number: UInt32, code: UInt32)
}
