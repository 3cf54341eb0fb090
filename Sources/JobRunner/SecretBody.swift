package import AtlasAPI

/// Puts secrets into a body just before it is sent; the result goes to the socket and nowhere else.
package enum SecretBody {
    /// The body to send, and the secrets in it: the text as it is but for the references.
    ///
    /// The body is a plan's, and so JSON.
    package static func fill(
        _ body: String, from source: any SecretSource
    ) throws -> (bytes: [UInt8], secrets: [Secret]) {
        guard let value = JSONValue(parsing: Array(body.utf8)) else {
            preconditionFailure("a plan's body is JSON")
        }
        var secrets: [Secret] = []
        var texts: [[String]: String] = [:]
        for provider in Provider.allCases {
            for field in provider.fields where field.isSecret {
                guard let reference = value[provider.rawValue]?[field.name]?.string else { continue }
                let secret = try source.read(reference)
                secrets.append(secret)
                texts[[provider.rawValue, field.name]] = secret.reveal()
            }
        }
        return (JSONValue.text(body, with: texts), secrets)
    }
}
