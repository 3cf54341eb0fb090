/// Whether bytes, fed in pieces, are lines of `EventLog`: each a flat JSON object that begins with the time and has a
/// number `schema` and a text `event`. A line may break off, as a kill or a full disk leaves one, when it begins like
/// an event; but not all may. Keeps a name of a member and no more.
struct EventLines {
    private enum State {
        /// In what every line begins with: so many bytes of it were met.
        case opening(Int)
        case time
        /// After a value.
        case value
        case nameQuote
        case name
        case colon
        case valueStart
        case text(isEscaped: Bool)
        case number
        /// In `null`, `true` or `false`: what is to come of it.
        case word(ArraySlice<UInt8>)
        case closed
    }

    private static let opening = Array("{\"at\":\"".utf8)
    private static let words = ["null", "true", "false"].map { Array($0.utf8)[...] }
    private static let nameLimit = 64
    private static let lineFeed = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")

    private var state = State.opening(0)
    private var name: [UInt8] = []
    private var (hasSchema, hasEvent) = (false, false)
    private var (whole, broken) = (0, 0)

    /// Whether the last line has no end.
    var endsInsideLine: Bool { if case .opening(0) = state { false } else { true } }

    /// After all bytes: a file that holds nothing but a first line in the making is one of a run that was killed early.
    var areEvents: Bool {
        switch state {
        case .opening: whole > 0
        case .closed: hasSchema && hasEvent
        default: whole > 0 || broken == 0
        }
    }

    /// False: they are something else, whatever may follow.
    mutating func feed(_ bytes: [UInt8]) -> Bool { bytes.allSatisfy { take($0) } }

    private mutating func take(_ byte: UInt8) -> Bool {
        if byte == Self.lineFeed { return endLine() }
        switch state {
        case .opening(let count):
            guard byte == Self.opening[count] else { return false }
            state = count + 1 < Self.opening.count ? .opening(count + 1) : .time
        case .time:
            if byte == Self.quote { state = .value } else { return Self.isOfTime(byte) }
        case .value, .number: return endValue(byte)
        case .nameQuote:
            guard byte == Self.quote else { return false }
            (name, state) = ([], .name)
        case .name:
            if byte == Self.quote {
                state = .colon
            } else {
                guard name.count < Self.nameLimit, byte &- 0x61 < 26 || byte == UInt8(ascii: "_") else {
                    return false
                }
                name.append(byte)
            }
        case .colon:
            guard byte == UInt8(ascii: ":") else { return false }
            state = .valueStart
        case .valueStart: return beginValue(byte)
        case .text(isEscaped: true): state = .text(isEscaped: false)
        case .text:
            guard byte >= 0x20 else { return false }
            state = byte == Self.quote ? .value : .text(isEscaped: byte == UInt8(ascii: "\\"))
        case .word(let rest):
            guard byte == rest.first else { return false }
            state = rest.count > 1 ? .word(rest.dropFirst()) : .value
        case .closed: return false
        }
        return true
    }

    private mutating func endLine() -> Bool {
        switch state {
        case .opening(0): return false
        case .closed:
            guard hasSchema, hasEvent else { return false }
            whole += 1
        default: broken += 1
        }
        (state, hasSchema, hasEvent) = (.opening(0), false, false)
        return true
    }

    private mutating func beginValue(_ byte: UInt8) -> Bool {
        if byte == Self.quote {
            hasEvent = hasEvent || name == Array("event".utf8)
            state = .text(isEscaped: false)
        } else if Self.isOfNumber(byte) {
            hasSchema = hasSchema || name == Array("schema".utf8)
            state = .number
        } else if let word = Self.words.first(where: { $0.first == byte }) {
            state = .word(word.dropFirst())
        } else {
            return false
        }
        return true
    }

    private mutating func endValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","): state = .nameQuote
        case UInt8(ascii: "}"): state = .closed
        default:
            guard case .number = state else { return false }
            return Self.isOfNumber(byte) || byte | 0x20 == UInt8(ascii: "e") || byte == UInt8(ascii: "+")
        }
        return true
    }

    /// `2026-11-25T21:16:40.123Z`
    private static func isOfTime(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || "TZ:.-".utf8.contains(byte)
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || "-.".utf8.contains(byte) }
}
