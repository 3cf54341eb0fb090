/// Which keyshift this is, as `version` prints it and as Atlas's logs see it.
enum ProgramVersion {
    static let text = "0.1.0"
}
