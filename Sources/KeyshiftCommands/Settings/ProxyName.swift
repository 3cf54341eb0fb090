import AtlasAPI
import Foundation

/// The proxy that the environment names, without its user and password.
enum ProxyName {
    private static let variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]

    /// What stands between the user and the host in the variables, as it is and as it is sent.
    static func passwords(_ environment: [String: String]) -> [Secret] {
        variables.compactMap { environment[$0] }.flatMap { value -> [Secret] in
            guard let end = value.lastIndex(of: "@") else { return [] }
            let user = value[..<end].split(separator: "//").last ?? ""
            guard let colon = user.firstIndex(of: ":") else { return [] }
            let password = String(user[user.index(after: colon)...])
            return [Secret(password)] + (password.removingPercentEncoding.map { [Secret($0)] } ?? [])
        }
    }

    /// nil: none. Plain http is for this machine and never goes through one.
    static func of(_ address: String, _ environment: [String: String]) -> String? {
        guard address.hasPrefix("https:") else { return nil }
        guard let value = variables.compactMap({ environment[$0] }).first, !value.isEmpty else { return nil }
        let authority = value.split(separator: "@").last.map(String.init) ?? ""
        let place = authority.firstRange(of: "://").map { String(authority[$0.upperBound...]) } ?? authority
        // Anything else may hold a password that was meant for another place.
        guard place.wholeMatch(of: /([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?\/?/) != nil else {
            return "(its value is not user:password@host:port and is not shown)"
        }
        return place
    }
}
