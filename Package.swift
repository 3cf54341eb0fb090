// swift-tools-version: 6.1
import PackageDescription

/// Settings of every Swift target: imports are explicit and internal. That a warning is an error says `scripts/build`,
/// since the next compiler's first new warning must not stop those who only want the program.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

// Arrows point down only. SQL lives in JobStore, curl in CurlTransport, decisions in MigrationCore.
let package = Package(
    name: "keyshift",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "keyshift", targets: ["keyshift"]),
        .executable(name: "keyshift-simulator", targets: ["keyshift-simulator"]),
    ],
    // Exact: the lock file is not kept here, and a program with such power over keys is built from what was tested.
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),

        .systemLibrary(name: "CProcess"),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),

        .target(name: "AtlasAPI", swiftSettings: strict),
        .target(name: "FleetCSV", dependencies: ["AtlasAPI"], swiftSettings: strict),
        .target(name: "TargetFiles", dependencies: ["FleetCSV", "AtlasAPI", yams], swiftSettings: strict),
        .target(
            name: "MigrationCore", dependencies: ["TargetFiles", "FleetCSV", "AtlasAPI", crypto],
            swiftSettings: strict),
        .target(
            name: "JobStore",
            dependencies: ["MigrationCore", "TargetFiles", "FleetCSV", "AtlasAPI", grdb, "CSQLite"],
            swiftSettings: strict),
        // Read over every byte that comes in: the seeds and tests would take three times as long without -O.
        .target(
            name: "SecretSearch", dependencies: ["FleetCSV", "AtlasAPI"],
            swiftSettings: strict + [.unsafeFlags(["-O"])]),
        .target(name: "CurlTransport", dependencies: ["AtlasAPI", "CCurl"], swiftSettings: strict),
        .target(
            name: "JobRunner",
            dependencies: [
                "MigrationCore", "TargetFiles", "FleetCSV", "AtlasAPI", "JobStore", "SecretSearch",
            ],
            swiftSettings: strict),
        .target(
            name: "Reporting", dependencies: ["MigrationCore", "TargetFiles", "FleetCSV", "AtlasAPI"],
            swiftSettings: strict),
        .target(
            name: "KeyshiftCommands",
            dependencies: [
                "JobRunner", "Reporting", "CurlTransport", "MigrationCore", "TargetFiles", "FleetCSV",
                "AtlasAPI", "JobStore", "CProcess", argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(name: "keyshift", dependencies: ["KeyshiftCommands"], swiftSettings: strict),

        .target(name: "AtlasSimulation", dependencies: ["AtlasAPI", crypto], swiftSettings: strict),
        .executableTarget(
            name: "keyshift-simulator",
            dependencies: [
                "AtlasSimulation", "AtlasAPI", argumentParser,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),

        .target(
            name: "RunSimulation",
            dependencies: [
                "JobRunner", "JobStore", "Reporting", "MigrationCore", "TargetFiles", "FleetCSV", "AtlasAPI",
                "AtlasSimulation",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "keyshift-seeds", dependencies: ["RunSimulation", "AtlasAPI", argumentParser],
            swiftSettings: strict),

        .testTarget(
            name: "AtlasSimulationTests", dependencies: ["AtlasSimulation", "AtlasAPI"], swiftSettings: strict
        ),
        .testTarget(
            name: "CurlTransportTests", dependencies: ["CurlTransport", "AtlasAPI", "CCurl", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RunSimulationTests",
            dependencies: [
                "RunSimulation", "Reporting", "MigrationCore", "TargetFiles", "AtlasAPI", "AtlasSimulation",
            ],
            swiftSettings: strict),
        // What the tests of several targets need: seeded inputs, places, programs.
        .target(
            name: "TestSupport", dependencies: ["AtlasAPI"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "FleetCSVTests", dependencies: ["FleetCSV", "AtlasAPI", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TargetFilesTests",
            dependencies: ["TargetFiles", "FleetCSV", "AtlasAPI", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "MigrationCoreTests",
            dependencies: ["MigrationCore", "TargetFiles", "AtlasAPI", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ReportingTests", dependencies: ["Reporting", "MigrationCore", "FleetCSV", "AtlasAPI"],
            swiftSettings: strict),
        .testTarget(
            name: "JobStoreTests",
            dependencies: ["JobStore", "MigrationCore", "TargetFiles", "FleetCSV", "AtlasAPI", grdb],
            swiftSettings: strict),
        .testTarget(
            name: "JobRunnerTests",
            dependencies: [
                "JobRunner", "JobStore", "SecretSearch", "MigrationCore", "TargetFiles", "FleetCSV",
                "AtlasAPI",
            ],
            swiftSettings: strict),
        // Whole commands without a process, against the simulated Atlas.
        .testTarget(
            name: "KeyshiftCommandsTests",
            dependencies: [
                "KeyshiftCommands", "RunSimulation", "AtlasSimulation", "CurlTransport", "JobRunner",
                "JobStore", "Reporting", "MigrationCore", "TargetFiles", "FleetCSV", "AtlasAPI",
                argumentParser,
            ],
            swiftSettings: strict),
        .testTarget(name: "AtlasAPITests", dependencies: ["AtlasAPI", "TestSupport"], swiftSettings: strict),
        // Runs the two programs, which it depends on so that they are built.
        .testTarget(
            name: "EndToEndTests", dependencies: ["keyshift", "keyshift-simulator", grdb],
            swiftSettings: strict),
        // Runs what README.md and plans/ say with the two programs, and holds the pages against the code.
        .testTarget(
            name: "DocsTests",
            dependencies: [
                "keyshift", "keyshift-simulator", "KeyshiftCommands", "Reporting", "MigrationCore",
                "TargetFiles", "FleetCSV", "AtlasAPI", argumentParser, grdb,
            ],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
