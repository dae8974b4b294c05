// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
//
// Six floors; a room imports from lower floors only. The compiler keeps the walls:
// script/test builds with `--explicit-target-dependency-import-check error`.

import PackageDescription

/// The settings of every room. Floors 1 and 2 add strict memory safety.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")

let package = Package(
    name: "fascia",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "fascia", targets: ["fascia"]),
        .library(name: "Gait", targets: ["Gait"]),
        .library(name: "Recovery", targets: ["Recovery"]),
        .library(name: "Scheduling", targets: ["Scheduling"]),
        .library(name: "Ultrasound", targets: ["Ultrasound"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    ],
    targets: [
        // Floor 6: the command.
        .executableTarget(
            name: "fascia",
            dependencies: [
                "Web", "Clinic", "Accounts", "Care", "Imaging", "Telehealth", "DICOM", "Storage", "Gait", "Recovery",
                "Ultrasound", logging,
                hummingbird, httpClient,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: common),

        // The process that touches what arrives from outside in DICOM; the clinic starts it and never links these libraries.
        // (Not `pkgConfig: "dcmtk"`: Debian's file of that name asks for packages that are not there.)
        .executableTarget(
            name: "fascia-dicom",
            cxxSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))],
            linkerSettings: [
                "dcmnet", "dcmtls", "dcmjpeg", "dcmjpls", "dcmimgle", "dcmdata", "oflog", "ofstd", "jpeg", "openjp2",
                "crypto", "z", "m",
            ].map { .linkedLibrary($0) }),

        // Floor 5: pages, API, live events.
        .target(
            name: "Web",
            dependencies: [
                "Clinic", "Accounts", "Diary", "Payments", "GaitLab", "Imaging", "Telehealth", "Archive", "Care",
                "Content",
                "Messages", "Storage", "DICOM", "Gait", "Recovery", "Scheduling", "Ultrasound", "CZlib", logging,
                hummingbird, crypto,
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.copy("Templates"), .copy("Assets")],
            swiftSettings: common),

        // Floor 4: the journeys that cross features.
        .target(
            name: "Clinic",
            dependencies: [
                "Accounts", "Diary", "Payments", "GaitLab", "Imaging", "Telehealth", "Archive", "Care", "Content",
                "Messages",
                "Storage", "DICOM", "Gait", "Recovery", "Scheduling", "Ultrasound", logging, httpClient, crypto,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: common),

        // Floor 3: the features.
        .target(
            name: "Accounts",
            dependencies: [
                "Storage", crypto, .product(name: "CryptoExtras", package: "swift-crypto"), logging,
            ],
            exclude: ["Accounts.md"], swiftSettings: common),
        .target(
            name: "Diary", dependencies: ["Storage", "Accounts", "Scheduling"],
            exclude: ["Diary.md"], swiftSettings: common),
        .target(
            name: "Payments",
            dependencies: [
                "Storage", "Accounts", crypto, httpClient,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            exclude: ["Payments.md"], swiftSettings: common),
        .target(
            name: "GaitLab", dependencies: ["Storage", "Accounts", "Gait", logging],
            exclude: ["GaitLab.md"], swiftSettings: common),
        // Decodes pictures: optimised also in debug builds, like Ultrasound.
        .target(
            name: "Imaging", dependencies: ["Ultrasound", "Storage", "Accounts", "DICOM", "CZlib", "CChild"],
            exclude: ["Imaging.md"],
            swiftSettings: common + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .target(
            name: "Archive", dependencies: ["DICOM", "Storage", "Accounts"],
            exclude: ["Archive.md"], swiftSettings: common),
        .target(
            name: "Care", dependencies: ["Recovery", "Storage", "Accounts", crypto],
            exclude: ["Care.md"], swiftSettings: common),
        .target(
            name: "Telehealth", dependencies: ["Storage", "Accounts", crypto],
            exclude: ["Telehealth.md"], swiftSettings: common),
        .target(
            name: "Content", dependencies: ["Storage", "CMarkdown"],
            exclude: ["Content.md"], swiftSettings: common),
        .target(
            name: "Messages",
            dependencies: [
                "Storage", "Accounts", "Scheduling", logging, crypto,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            exclude: ["Messages.md"], swiftSettings: common),

        // Floor 2: the outside world.
        .target(
            name: "Storage",
            dependencies: [
                "CPostgreSQL", crypto, logging,
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Storage.md"],
            swiftSettings: common + [.strictMemorySafety()]),
        .systemLibrary(
            name: "CPostgreSQL", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CMarkdown", pkgConfig: "libcmark-gfm",
            providers: [
                .apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"]),
            ]),

        // DICOM objects, the helper's protocol, the connections of machines. It reads what the helper wrote, often.
        .target(
            name: "DICOM", dependencies: ["Ultrasound", "CChild"],
            exclude: ["DICOM.md"],
            swiftSettings: common + [.strictMemorySafety(), .unsafeFlags(["-O"], .when(configuration: .debug))]),

        .systemLibrary(name: "CChild"),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        // Floor 1: pure computation.
        .target(
            name: "Gait",
            swiftSettings: common + [.strictMemorySafety(), .unsafeFlags(["-O"], .when(configuration: .debug))]),
        .target(name: "Recovery", swiftSettings: common + [.strictMemorySafety()]),
        .target(name: "Scheduling", swiftSettings: common + [.strictMemorySafety()]),
        // Its kernels are optimised in debug builds, too: a test on whole loops would take minutes otherwise.
        .target(
            name: "Ultrasound",
            swiftSettings: common + [.strictMemorySafety(), .unsafeFlags(["-O"], .when(configuration: .debug))]),

        // Tests, one room beside each room.
        .target(
            name: "StorageTesting", dependencies: ["Storage"], path: "Tests/StorageTesting", swiftSettings: common),
        .testTarget(
            name: "DiaryTests", dependencies: ["Diary", "Accounts", "Scheduling", "Storage", "StorageTesting"],
            swiftSettings: common),
        .testTarget(name: "RecoveryTests", dependencies: ["Recovery"], swiftSettings: common),
        .testTarget(name: "SchedulingTests", dependencies: ["Scheduling"], swiftSettings: common),
        .testTarget(name: "UltrasoundTests", dependencies: ["Ultrasound"], swiftSettings: common),
        .testTarget(
            name: "ImagingTests",
            dependencies: ["Imaging", "Ultrasound", "Accounts", "Storage", "StorageTesting", "CZlib", logging],
            swiftSettings: common),
        .testTarget(name: "DICOMTests", dependencies: ["DICOM", "Ultrasound"], swiftSettings: common),
        .testTarget(name: "GaitTests", dependencies: ["Gait"], path: "Tests/GaitTests", swiftSettings: common),
        .testTarget(
            name: "GaitLabTests",
            dependencies: ["GaitLab", "Gait", "Accounts", "Storage", "StorageTesting", crypto, logging],
            path: "Tests/GaitLabTests", swiftSettings: common),
        .testTarget(
            name: "TelehealthTests",
            dependencies: ["Telehealth", "Accounts", "Storage", "StorageTesting", crypto],
            swiftSettings: common),
        .testTarget(
            name: "AccountsTests", dependencies: ["Accounts", "Storage", "StorageTesting", crypto],
            swiftSettings: common),
        .testTarget(
            name: "PaymentsTests", dependencies: ["Payments", "Accounts", "Storage", "StorageTesting", crypto],
            swiftSettings: common),
        .testTarget(
            name: "LettersTests",
            dependencies: [
                "Clinic", "Messages", "Diary", "Accounts", "Payments", "Content", "Scheduling", "Storage",
                "StorageTesting",
                logging, crypto,
            ],
            path: "Tests/LettersTests", swiftSettings: common),
        .testTarget(
            name: "CareTests", dependencies: ["Care", "Recovery", "Accounts", "Storage", "StorageTesting"],
            swiftSettings: common),
        .testTarget(
            name: "WebTests",
            dependencies: ["Web", "Clinic", "Care", "Recovery", "Content", "Imaging", "Gait", "GaitLab", "Telehealth"],
            swiftSettings: common),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Storage", "StorageTesting", logging, .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: common),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
