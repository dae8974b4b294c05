// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hummingbird

/// The stylesheet, scripts and pictures that ship with the program.
enum AssetFolder {
    /// Serves `/assets/…` with ETag, ranges and a day of caching.
    static func middleware() throws -> some RouterMiddleware<WebContext> {
        guard let folder = Bundle.module.url(forResource: "Assets", withExtension: nil) else {
            throw MissingTemplate(name: "Assets")
        }
        return FileMiddleware<WebContext, LocalFileSystem>(
            folder.path, urlBasePath: "/assets",
            cacheControl: .init([
                (.textCss, [.public, .maxAge(3600)]), (.textJavascript, [.public, .maxAge(3600)]),
                (.imageSvg, [.public, .maxAge(86_400)]), (.fontWoff2, [.public, .maxAge(86_400)]),
            ]))
    }
}
