// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, warnings are errors, imports say who may see them.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "variometer",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "variometer", targets: ["Variometer"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1",
            traits: ["FullFoundation"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The two top-level folders, each behind its door.
        .target(
            name: "Schema",
            path: "schema",
            exclude: [
                "schema.sql", "observation.schema.json", "report.schema.json",
                "variometer.schema.json", "world.schema.json",
            ],
            sources: ["Schema.swift"],
            resources: [.embedInCode("migrations")],
            swiftSettings: strict),
        .target(
            name: "Dashboards",
            path: "dashboards",
            sources: ["Dashboards.swift"],
            resources: [
                .embedInCode("page/palette.css"), .embedInCode("page/page.css"),
                .embedInCode("page/charts.css"),
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),

        // Deciding: no I/O, no clock, no dice.
        // Optimised in every build: tests run it some million times.
        .target(
            name: "Statistics",
            dependencies: [.product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .target(name: "Model", dependencies: ["Statistics"], swiftSettings: strict),
        .target(
            name: "Planning",
            dependencies: ["Model", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Analysis",
            dependencies: [
                "Model", "Statistics", .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: strict),
        .target(
            name: "Rendering",
            dependencies: ["Model", .product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: strict),

        // Moving: files, sockets, the store.
        .target(
            name: "Configuring",
            dependencies: ["Model", "Planning", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "Probing",
            dependencies: [
                "Model", "CLinux",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Storage",
            dependencies: [
                "Model", "Schema", "CZlib",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "Export",
            dependencies: [
                "Model", "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Web",
            dependencies: [
                "Model", "Dashboards",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Simulator",
            dependencies: [
                "Model",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),

        // Wiring.
        .executableTarget(
            name: "Variometer",
            dependencies: [
                "Statistics", "Model", "Planning", "Analysis", "Rendering", "Configuring",
                "Probing", "Storage", "Export", "Web", "Simulator", "Dashboards",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // Tests, one target a module; TestKit holds what they share.
        .target(
            name: "TestKit", dependencies: ["Model"], path: "Tests/TestKit", swiftSettings: strict),
        // A world, the product's right-hand path and a virtual clock in one process.
        .target(
            name: "WorldRig",
            dependencies: [
                "Model", "Planning", "Simulator", "Storage", "Analysis", "Configuring",
            ],
            path: "Tests/WorldRig", swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Statistics", "Model", "Planning", "Analysis", "Storage", "Simulator", "WorldRig",
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Tests/Benchmarks", swiftSettings: strict),
        test("Statistics"),
        test("Model", "Statistics"),
        test("Planning", "Model"),
        test("Analysis", "Model", "Statistics", "WorldRig"),
        test("Rendering", "Model", "Statistics"),
        test("Configuring", "Model", "Planning"),
        test(
            "Probing", "Model",
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOEmbedded", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOHTTP2", package: "swift-nio-http2"),
            .product(name: "NIOHPACK", package: "swift-nio-http2"),
            .product(name: "NIOSSL", package: "swift-nio-ssl")),
        test(
            "Storage", "Model", "Analysis", "Planning", "Statistics", "Schema",
            .product(name: "GRDB", package: "GRDB.swift")),
        test("Export", "Model", "Schema"),
        test(
            "Web", "Model", .product(name: "Logging", package: "swift-log"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")),
        test("Simulator", "Model"),
        .testTarget(
            name: "VariometerTests",
            dependencies: [
                "Variometer", "TestKit", "Model", "Storage",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Variometer", "TestKit", "Model", "Analysis", "Simulator", "Storage", "Configuring",
                "WorldRig", .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "WorldRig", "Variometer", "TestKit", "Model", "Simulator", "Storage", "Probing",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: ["TestKit"], swiftSettings: strict),
    ]
)

/// Folders of a module's tests that hold no code.
func goldenFolders(of module: String) -> [String] {
    switch module {
    case "Statistics": ["Vectors"]
    case "Model", "Configuring", "Rendering": ["Golden"]
    case "Storage": ["Golden", "Stores"]
    default: []
    }
}

/// The tests of one module.
func test(_ module: String, _ others: Target.Dependency...) -> Target {
    .testTarget(
        name: module + "Tests",
        dependencies: [.target(name: module), "TestKit"] + others,
        // Read by their path in the checkout, so that UPDATE_GOLDEN=1 can write them.
        exclude: goldenFolders(of: module), swiftSettings: strict)
}
