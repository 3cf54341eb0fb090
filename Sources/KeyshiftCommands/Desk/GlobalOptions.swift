import ArgumentParser

struct GlobalOptions: ParsableArguments {
    @Flag(help: "Print results and errors only.")
    var quiet = false
    @Flag(help: "Print a line for each request: method, path, status, time; never headers or bodies.")
    var verbose = false
    @Flag(help: "No colour (also: the NO_COLOR variable).")
    var noColor = false
    @Flag(help: "Never ask; refuse what would need an answer (exit 9).")
    var noInput = false
}
