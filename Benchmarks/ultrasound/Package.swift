// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
//
// Times the room Ultrasound, and tries it many times over, without reading files or writing JSON. A package of its own over the same sources (by a link), so that it builds in
// seconds and the product does not carry it.

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "ultrasound-benchmarks",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "Ultrasound", swiftSettings: settings + [.strictMemorySafety()]),
        .executableTarget(name: "track-speed", dependencies: ["Ultrasound"], swiftSettings: settings),
        .executableTarget(name: "track-trials", dependencies: ["Ultrasound"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
