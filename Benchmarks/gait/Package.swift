// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
//
// Times the room Gait without processes and JSON. A package of its own over the same sources (by a link), so that it builds in seconds and
// the product does not carry it.

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "gait-benchmarks",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "Gait", exclude: ["Gait.docc"], swiftSettings: settings + [.strictMemorySafety()]),
        .executableTarget(name: "gait-speed", dependencies: ["Gait"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
