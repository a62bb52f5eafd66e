// swift-tools-version: 6.3

import PackageDescription

/// One list of settings for every target of ours: Swift 6 language mode comes with the tools
/// version, warnings are errors, imports say what they need.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")

let package = Package(
  name: "belepo",
  products: [
    .executable(name: "belepo", targets: ["belepo"])
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0",
      traits: [.defaults, "YAML"]),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(
      url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // What an insurer and its customers talk about. Decides, never acts.
    .target(name: "Domain", swiftSettings: strict),

    // Tools with one purpose each.
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .target(name: "Cryptography", dependencies: ["CSodium"], swiftSettings: strict),
    .target(name: "Persistence", swiftSettings: strict),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(
      name: "PersistenceSQLite",
      dependencies: [
        "Persistence", "CSQLite", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "PersistencePostgres", dependencies: ["Persistence", "Threads", "CLibpq"],
      swiftSettings: strict),
    .systemLibrary(
      name: "CLibidn2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
    .target(
      name: "InternationalDomains", dependencies: ["Domain", "CLibidn2"], swiftSettings: strict),
    .systemLibrary(
      name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .target(name: "QRCodes", dependencies: ["CQREncode"], swiftSettings: strict),
    .target(
      name: "OneTimePasswords", dependencies: [.product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "Threads", swiftSettings: strict),
    .target(name: "Traces", dependencies: ["Cryptography", "Persistence"], swiftSettings: strict),
    .target(name: "Markup", dependencies: [mustache], swiftSettings: strict),
    .target(
      name: "Prometheus",
      dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
      swiftSettings: strict),
    .target(
      name: "Wording",
      dependencies: ["Domain", "Cryptography", .product(name: "Yams", package: "Yams")],
      resources: [.copy("Texts"), .copy("Brand")],
      swiftSettings: strict),

    // What the product does.
    .target(
      name: "Outbox",
      dependencies: [
        "Domain", "Persistence", "Wording", "Cryptography", "Traces", logging, lifecycle, metrics,
      ],
      swiftSettings: strict),
    .target(
      name: "OutgoingHTTP",
      dependencies: [
        nioCore,
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(
      name: "TraceExport", dependencies: ["OutgoingHTTP", "Traces", logging, lifecycle],
      swiftSettings: strict),
    .target(
      name: "SMSGateways",
      dependencies: [
        "Domain", "Outbox", "OutgoingHTTP",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .systemLibrary(
      name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(
      name: "MailRelay",
      dependencies: ["Domain", "Outbox", "Cryptography", "Threads", "CLibcurl"],
      swiftSettings: strict),
    .target(
      name: "Accounts",
      dependencies: [
        "Domain", "InternationalDomains", "Persistence", "Outbox", "Cryptography", "Wording",
        "OneTimePasswords",
      ],
      resources: [.copy("CommonPasswords")],
      swiftSettings: strict),
    .target(
      name: "RegisterImport",
      dependencies: ["Domain", "InternationalDomains", "Persistence", "Cryptography", "Threads"],
      swiftSettings: strict),
    .target(
      name: "RegisterService",
      dependencies: ["Accounts", "Domain", "Outbox", "OutgoingHTTP", "RegisterImport"],
      swiftSettings: strict),
    .target(
      name: "DatabaseSchema",
      dependencies: ["Accounts", "Outbox", "Persistence", "RegisterImport"],
      swiftSettings: strict),

    .target(
      name: "Letters", dependencies: ["Domain", "Wording", "Markup", mustache],
      resources: [.copy("Templates")],
      swiftSettings: strict),

    // What people see, and the connections that they come by.
    .target(
      name: "WebServer",
      dependencies: [
        hummingbirdCore, httpTypes, nioCore, logging,
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "Pages",
      dependencies: [
        "Domain", "Wording", "Cryptography", "Markup", "Traces", "WebServer", hummingbird,
        httpTypes, nioCore, logging, metrics, mustache,
      ],
      resources: [.copy("Templates"), .copy("Assets")],
      swiftSettings: strict),
    .target(
      name: "CustomerSite",
      dependencies: [
        "Domain", "InternationalDomains", "Accounts", "Outbox", "Pages", "QRCodes", "Traces",
        "WebServer", "Wording", hummingbird, httpTypes, nioCore, logging,
      ],
      resources: [.copy("Templates")],
      swiftSettings: strict),

    .target(
      name: "StaffSite",
      dependencies: [
        "Domain", "Accounts", "Outbox", "Pages", "QRCodes", "Traces", "WebServer", "Wording",
        hummingbird, httpTypes, nioCore,
      ],
      resources: [.copy("Templates"), .copy("Assets")],
      swiftSettings: strict),

    // The program: the only place that knows what is real.
    .executableTarget(
      name: "belepo",
      dependencies: [
        "Domain", "Cryptography", "Persistence", "PersistenceSQLite", "PersistencePostgres",
        "Wording", "Outbox", "SMSGateways", "MailRelay", "Letters", "Prometheus", "Accounts",
        "RegisterImport", "RegisterService", "OutgoingHTTP", "DatabaseSchema", "Pages", "WebServer",
        "CustomerSite", "StaffSite", "TraceExport", "Traces", hummingbird, httpTypes, nioCore,
        logging, lifecycle, metrics,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      resources: [.copy("SampleRegister")],
      swiftSettings: strict),

    // Tests: stories about people, and one that guards the style.
    .target(
      name: "TestSupport",
      dependencies: [
        "Domain", "Cryptography", "Persistence", "PersistenceSQLite", "PersistencePostgres",
        "Wording", "Outbox", "Accounts", "RegisterImport", "DatabaseSchema", "Pages", "WebServer",
        "CustomerSite", "StaffSite", "OneTimePasswords", "Traces", hummingbird, httpTypes, nioCore,
        logging, metrics,
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(name: "DomainTests", dependencies: ["Domain"], swiftSettings: strict),
    .testTarget(
      name: "InternationalDomainsTests", dependencies: ["InternationalDomains", "Domain"],
      swiftSettings: strict),
    .testTarget(name: "QRCodesTests", dependencies: ["QRCodes"], swiftSettings: strict),
    .testTarget(name: "CryptographyTests", dependencies: ["Cryptography"], swiftSettings: strict),
    .testTarget(
      name: "PersistenceTests",
      dependencies: [
        "Cryptography", "Persistence", "PersistenceSQLite", "PersistencePostgres",
        "DatabaseSchema", "TestSupport",
      ],
      exclude: ["schema.sql"],
      swiftSettings: strict),
    .testTarget(
      name: "WordingTests", dependencies: ["Wording", "Domain", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "OutboxTests",
      dependencies: [
        "Outbox", "Wording", "DatabaseSchema", "Cryptography", "Persistence", "TestSupport",
        logging,
        metrics,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SMSGatewaysTests",
      dependencies: ["SMSGateways", "OutgoingHTTP", "Domain", "Outbox", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "MailRelayTests", dependencies: ["MailRelay", "Domain", "Outbox", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "LettersTests",
      dependencies: [
        "Letters", "Cryptography", "Domain", "Outbox", "Wording", "TestSupport", mustache,
      ],
      exclude: ["Snapshots"],
      swiftSettings: strict),
    .testTarget(
      name: "TracesTests",
      dependencies: [
        "Traces", "TraceExport", "Cryptography", "Persistence", "TestSupport", httpTypes, logging,
        lifecycle,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PrometheusTests", dependencies: ["Prometheus", metrics], swiftSettings: strict),
    .testTarget(
      name: "AccountsTests",
      dependencies: [
        "Accounts", "Cryptography", "Domain", "Outbox", "Persistence", "PersistencePostgres",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "RegisterImportTests",
      dependencies: [
        "RegisterImport", "Accounts", "DatabaseSchema", "Domain", "Persistence",
        "PersistenceSQLite", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "RegisterServiceTests",
      dependencies: ["RegisterService", "OutgoingHTTP", "Accounts", "Domain", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CustomerSiteTests",
      dependencies: [
        "CustomerSite", "StaffSite", "Pages", "Markup", "Wording", "Accounts", "Domain", "Outbox",
        "Persistence", "TestSupport", "Traces", "WebServer",
        mustache, hummingbird, httpTypes, nioCore,
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ],
      exclude: ["Snapshots"],
      swiftSettings: strict),
    .testTarget(
      name: "StaffSiteTests",
      dependencies: [
        "StaffSite", "Accounts", "Domain", "OneTimePasswords", "Outbox", "Pages", "Persistence",
        "TestSupport", "Wording", "CustomerSite", httpTypes,
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "BelepoTests",
      dependencies: [
        "belepo", "Accounts", "Cryptography", "Domain", "Outbox", "Pages", "Persistence",
        "PersistenceSQLite", "RegisterImport", "TestSupport", hummingbird, httpTypes, logging,
        lifecycle,
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ],
      swiftSettings: strict),
    .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: strict),
  ]
)
