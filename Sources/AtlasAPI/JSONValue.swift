import FoundationEssentials

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

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value):
            if let whole = Int(exactly: value) {
                try container.encode(whole)
            } else {
                try container.encode(value)
            }
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
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
    package func canonicalText() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only NaN and infinities can't be encoded, and neither comes out of JSON or of our schema.
        guard let data = try? encoder.encode(self) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }
}
