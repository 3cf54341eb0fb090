import Foundation
import Testing

/// Goal: the architecture page has every target of the package, and no other. Method: the names in the manifest and in
/// the page's table.
@Suite struct ArchitectureTests {
    @Test func theTargetsAreThoseOfTheManifest() throws {
        let manifest = try ThisPackage.text("Package.swift")
        let declared = manifest.matches(of: /\.(?:target|executableTarget)\(\s*name: "([\w-]+)"/).map {
            String($0.1)
        }
        let page = try ThisPackage.text("\(Page.folder)/Architecture.md")
        let section = try #require(page.split(separator: "\n## ").first { $0.hasPrefix("Targets\n") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let named = rows.flatMap { row in
            (row.split(separator: "|").first ?? "").matches(of: /`([\w-]+)`/).map { String($0.1) }
        }
        #expect(
            declared.count > 10 && Set(declared) == Set(named) && named.count == declared.count,
            "\(declared) \(named)")
    }

    /// "Arrows point down only": what is above is never imported by what is below.
    @Test func theOrderOfThePageIsThatOfTheImports() throws {
        let page = try ThisPackage.text("\(Page.folder)/Architecture.md")
        let section = try #require(page.split(separator: "\n## ").first { $0.hasPrefix("Targets\n") })
        let names = section.matches(of: /\n\| `([\w-]+)`/).map { String($0.1) }
        let product = names.prefix { $0 != "AtlasSimulation" }
        #expect(product.first == "keyshift" && product.last == "AtlasAPI")
        for (index, name) in product.enumerated() {
            let sources = try ThisPackage.files().filter {
                $0.hasPrefix("Sources/\(name)/") && $0.hasSuffix(".swift")
            }
            #expect(!sources.isEmpty)
            for source in sources {
                let imports = try ThisPackage.text(source).matches(
                    of: /(?m)^(?:package |public )?import (\w+)/)
                for imported in imports.map({ String($0.1) }) where product.prefix(index).contains(imported) {
                    Issue.record("\(source) imports \(imported), which is above it")
                }
            }
        }
    }
}
