/// Any JSON value; the API's answers are read through it so that an odd field never breaks the rest.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var number: Double? { if case .number(let value) = self { value } else { nil } }
    package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    package var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
    /// The number as an integer, when it is one and fits.
    package var integer: Int? { number.flatMap { Int(exactly: $0) } }
}

extension JSONValue {
    /// How many arrays and objects may stand within each other; the API's answers nest five deep.
    package static let depthLimit = 64

    /// Reads one JSON text (RFC 8259); nil when the bytes are not JSON, nest beyond `depthLimit` or name a member
    /// of an object twice.
    package init?(parsing bytes: [UInt8]) {
        guard let value = JSONParser.value(of: bytes) else { return nil }
        self = value
    }

    /// The value as JSON with sorted keys: the same value gives the same bytes, which digests rely on.
    ///
    /// Numbers must be finite: JSON has no others.
    package func canonicalText() -> String { String(decoding: canonicalBytes(), as: UTF8.self) }

    /// The same as UTF-8.
    package func canonicalBytes() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// A JSON text with other strings as the values at some places, each given by the names that lead there; every
    /// other byte stays.
    ///
    /// The text must be JSON, and at each place must stand a string.
    package static func text(_ text: String, with strings: [[String]: String]) -> [UInt8] {
        var bytes = Array(text.utf8)
        guard let places = JSONParser.strings(of: bytes) else { preconditionFailure("the text is not JSON") }
        let changes = strings.map { path, string in
            guard let place = places[path] else { preconditionFailure("no string stands at \(path)") }
            return (place, JSONValue.string(string).canonicalBytes())
        }
        // From the end, so that the places before stay right.
        for (place, string) in changes.sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) {
            bytes.replaceSubrange(place, with: string)
        }
        return bytes
    }
}
