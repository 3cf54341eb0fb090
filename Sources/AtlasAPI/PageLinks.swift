/// What a page of a list says of the pages around it, however its links are spelled: `links` of Atlas, `_links` of HAL,
/// an object with a member for each relation, or a `Link` header (RFC 8288).
struct PageLinks {
    /// nil: there are none that could tell.
    private(set) var hasNext: Bool?

    init(_ body: JSONValue) {
        for name in ["links", "_links"] {
            switch body[name] {
            case .array(let links)?: for link in links { add(Self.relations(link["rel"])) }
            case .object(let links)?:
                // A relation without an address is none; an object of one link names its relation.
                let named = links["rel"].map(Self.relations) ?? []
                add(
                    named
                        + links.filter { $0.value != .null && $0.key != "rel" && $0.key != "href" }.map(\.key)
                )
            default: break
            }
        }
    }

    /// The relations of `Link` headers: `<https://x/?page=2>; rel="next last"; title=…, <…>; rel=prev`.
    static func relations(inHeaders values: [String]) -> [String] {
        values.flatMap { value in
            value.matches(of: /(?i:;\s*rel\*?)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))/).flatMap { match in
                words(String(match.1 ?? match.2 ?? match.3 ?? ""))
            }
        }
    }

    private static func relations(_ value: JSONValue?) -> [String] {
        switch value {
        case .string(let text)?: words(text)
        case .array(let texts)?: texts.flatMap { words($0.string ?? "") }
        default: []
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split { $0.isWhitespace || $0 == "," }.map(String.init)
    }

    private mutating func add(_ relations: [String]) {
        guard !relations.isEmpty else { return }
        hasNext = hasNext == true || relations.contains(where: Self.isNext)
    }

    /// In any case, and as the end of an address, such as IANA's of the relation.
    private static func isNext(_ relation: String) -> Bool {
        relation.lowercased().split { "/#:".contains($0) }.last == "next"
    }
}

extension HTTPAnswer {
    /// The body of a page, with the links of its header among its own.
    func withLinks(_ body: JSONValue) -> JSONValue {
        let relations = PageLinks.relations(inHeaders: headers.all("Link"))
        guard !relations.isEmpty, case .object(var members) = body else { return body }
        let own = members["_links"] == nil ? "_links" : "links"
        let links = relations.map { JSONValue.object(["rel": .string($0)]) }
        switch members[own] {
        case .array(let others)?: members[own] = .array(others + links)
        case nil, .null?: members[own] = .array(links)
        default: return body
        }
        return .object(members)
    }
}
