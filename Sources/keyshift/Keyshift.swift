import KeyshiftCommands

@main
struct Main {
    static func main() { Keyshift.start() }
}
