/// Finds what someone probably meant.
package enum NearestName {
    /// The known name that is nearest to `name`, if it is near enough to be worth a hint.
    package static func of(_ name: String, among known: [String]) -> String? {
        let given = Array(name.lowercased().unicodeScalars)
        // Nothing that long is a typing error, and the comparison is quadratic.
        guard !given.isEmpty, given.count <= 64 else { return nil }
        let reach = max(1, given.count / 3)
        let ranked = known.map { ($0, distance(given, Array($0.lowercased().unicodeScalars.prefix(65)))) }
        return ranked.filter { $0.1 <= reach }.min { $0.1 < $1.1 }?.0
    }

    /// The end of a sentence: ` (did you mean x?)`, or nothing.
    package static func hint(_ name: String?) -> String {
        name.map { " (did you mean \(Excerpt.of($0))?)" } ?? ""
    }

    /// Levenshtein's distance, with a swap of neighbours as one step.
    private static func distance(_ left: [UnicodeScalar], _ right: [UnicodeScalar]) -> Int {
        var rows = [Array(0...right.count)]
        for i in 0..<left.count {
            var row = [i + 1]
            for j in 0..<right.count {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
