import Foundation
import Reporting

/// How text for programs (CSV, JSON, scripts) is written: as it is, but cleaned for a terminal, whatever name a
/// terminal was opened by.
enum TextForm {
    case asIs
    case cleaned

    init(of descriptor: Int32) { self = isatty(descriptor) == 1 ? .cleaned : .asIs }

    func written(_ text: String) -> String { self == .cleaned ? TerminalText.lines(text) : text }
}
