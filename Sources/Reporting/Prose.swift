/// Text for people, made of our own words and of what somebody else chose: names, paths, details, arguments.
///
/// What is written in the literal is ours, line breaks included. What is interpolated is quoted: it can't end a line
/// and begin one that looks like ours, nor do anything else to a terminal. To let its lines stand it takes a word:
/// `\(lines: text)`, for text that was put together line by line.
package struct Prose: ExpressibleByStringInterpolation, CustomStringConvertible, Hashable, Sendable {
    package private(set) var text: String

    package init(stringLiteral text: String) { self.text = text }

    package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    package var description: String { text }

    package static func + (left: Prose, right: Prose) -> Prose {
        var sum = left
        sum.text += right.text
        return sum
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        package mutating func appendInterpolation(_ prose: Prose) { text += prose.text }

        package mutating func appendInterpolation(lines: String) { text += TerminalText.lines(lines) }

        package mutating func appendInterpolation<Value>(_ value: Value) {
            text += TerminalText.safe(String(describing: value))
        }
    }
}

extension Sequence<Prose> {
    package func joined(separator: Prose) -> Prose {
        Prose(stringLiteral: map(\.text).joined(separator: separator.text))
    }
}
