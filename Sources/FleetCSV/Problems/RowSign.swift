/// What a row of the wrong length seems to be.
package enum RowSign: Hashable, Sendable {
    case comment
    /// psql's `(2 rows)`.
    case footer
    /// Ctrl-Z, the end of a file in DOS.
    case endMark
    case blank(Unicode.Scalar)
    case smartQuote(Unicode.Scalar)
    /// The header of a second file that was appended, perhaps with other columns.
    case header
    /// One field between quotes that holds the file's own separator.
    case quotedRow
    /// One field, and this in it where a separator should be.
    case separator(Unicode.Scalar)
    /// All cells too many are empty.
    case emptyCells
    /// A number that was cut at its thousands marks.
    case thousands

    /// What to do about it.
    static func advice(_ sign: RowSign?, isLong: Bool) -> String {
        switch sign {
        case .comment?: "a fleet CSV has no comments, so take the line out"
        case .footer?:
            "it looks like psql's row count, so take the line out (psql: --csv with \\pset footer off)"
        case .endMark?: "it is Ctrl-Z, the end mark of DOS, so take the line out"
        case .blank(let scalar)?:
            "the line holds only \(OddCharacter.name(scalar)), so empty it or take it out"
        case .smartQuote(let scalar)?:
            "\(OddCharacter.name(scalar)) holds no field together, so use plain double quotes (\")"
        case .header?:
            "it looks like the header of another file, so take the line out and line its columns up"
        case .quotedRow?:
            "the whole row stands between quotes, so take them off (and double no quotes inside it)"
        case .separator(let scalar)?:
            "\(OddCharacter.name(scalar)) is not this file's separator, so use one for all rows"
        case .emptyCells?: "the cells too many are empty, so take the separators at the row's end out"
        case .thousands?:
            "it looks like an id that a spreadsheet made a number with thousands marks; its digits are lost, so take "
                + "the sheet anew and import the column as text"
        case nil where isLong:
            "put a value that holds the separator between double quotes, or take the cells too many out"
        case nil: "fill the row up, an empty cell for each column without a value"
        }
    }
}
