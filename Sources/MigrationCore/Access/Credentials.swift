package import AtlasAPI

/// What proves who calls; one kind per run.
package enum Credentials: Sendable {
    /// A service account: OAuth 2.0 client credentials.
    case serviceAccount(clientID: String, secret: Secret)
    /// An API key: HTTP digest.
    case apiKey(publicKey: String, privateKey: Secret)
}
