// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hummingbird

/// The stylesheet, scripts and pictures that ship with the program, under `/assets/…`, with ETag, ranges and a time of
/// caching. Only names that were there at the start are looked up at all: no address reaches anything else on the disk.
struct AssetFolder: RouterMiddleware {
    private let names: Set<String>
    private let files: FileMiddleware<WebContext, LocalFileSystem>

    init() throws {
        guard let folder = Bundle.module.url(forResource: "Assets", withExtension: nil) else {
            throw MissingTemplate(name: "Assets")
        }
        names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
        files = FileMiddleware(
            folder.path, urlBasePath: "/assets",
            cacheControl: .init([
                (.textCss, [.public, .maxAge(3600)]), (.textJavascript, [.public, .maxAge(3600)]),
                (.imageSvg, [.public, .maxAge(86_400)]), (.fontWoff2, [.public, .maxAge(86_400)]),
            ]))
    }

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let prefix = "/assets/"
        guard request.uri.path.hasPrefix(prefix) else { return try await next(request, context) }
        guard names.contains(String(request.uri.path.dropFirst(prefix.count))) else { throw Fault.notFound("file") }
        return try await files.handle(request, context: context, next: next)
    }
}
