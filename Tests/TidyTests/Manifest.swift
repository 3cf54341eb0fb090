import Foundation

/// The arrows between targets as Package.swift draws them. The compiler follows them transitively, and SwiftPM's own check
/// does too: it lets JobRunner import GRDB, which is two arrows away. Here only what a target declares counts.
struct Manifest {
    /// Each target with the modules that it declares, packages' products among them; system libraries have none.
    private(set) var targets: [String: Set<String>] = [:]

    /// Modules of the toolchain and the system; every other one must be declared.
    static let ofTheSystem: Set<String> = [
        "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "PackageDescription",
        "Synchronization", "Testing",
    ]

    init(_ text: String) {
        let code = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(
            separator: "\n")
        var products: [Substring: String] = [:]
        for match in code.matches(of: /let (\w+) = Target\.Dependency\.product\(\s*name: "(\w+)"/) {
            products[match.1] = String(match.2)
        }
        let starts = code.ranges(of: /\.(?:target|executableTarget|testTarget|systemLibrary)\(/)
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1].lowerBound : code.endIndex
            let declaration = code[start.upperBound..<end]
            guard let name = declaration.firstMatch(of: /name: "([\w-]+)"/)?.1 else { continue }
            let list = declaration.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
            targets[String(name)] = Self.modules(list, products)
        }
    }

    private static func modules(_ list: Substring, _ products: [Substring: String]) -> Set<String> {
        var names = Set(list.matches(of: /\.product\(name: "(\w+)"/).map { String($0.1) })
        let rest = list.replacing(/\.product\([^)]*\)/, with: "")
        names.formUnion(rest.matches(of: /"([\w-]+)"/).map { String($0.1) })
        names.formUnion(rest.matches(of: /\b\w+\b/).compactMap { products[$0.0] })
        return names
    }
}
