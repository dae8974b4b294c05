// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
//
// Fuzz targets, a package of their own so that the product does not build them; Sources/Gait is a link to the real one.
//
//   swift build --package-path Fuzz -c release
//   Fuzz/.build/release/FuzzRecordings -max_total_time=60 -timeout=2 -rss_limit_mb=512 FOLDER_OF_RECORDINGS

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "Fuzz",
    targets: [
        .target(
            name: "Gait", exclude: ["Gait.docc"],
            swiftSettings: settings + [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]),
        .executableTarget(
            name: "FuzzRecordings", dependencies: ["Gait"],
            swiftSettings: settings + [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
    ],
    swiftLanguageModes: [.v6]
)
