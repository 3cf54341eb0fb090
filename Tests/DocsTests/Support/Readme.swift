import Foundation

/// The commands of README.md by section: the `$ ` lines of its console blocks, indented ones included.
struct Readme {
    struct Section {
        var title: String
        var commands: [String] = []
    }

    let text: String

    init() throws { text = try ThisPackage.text("README.md") }

    var sections: [Section] {
        var sections = [Section(title: "")]
        var isConsole = false
        for line in text.components(separatedBy: "\n") {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if trimmed.hasPrefix("```") {
                isConsole = trimmed == "```console"
            } else if line.hasPrefix("## ") {
                sections.append(Section(title: String(line.dropFirst(3))))
            } else if isConsole, trimmed.hasPrefix("$ ") {
                sections[sections.count - 1].commands.append(String(trimmed.dropFirst(2)))
            }
        }
        return sections
    }

    /// The text between two marks, each on a line of its own.
    func block(_ first: String, _ last: String) -> String? {
        guard let start = text.range(of: first + "\n"),
            let end = text.range(of: last, range: start.upperBound..<text.endIndex)
        else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }
}
