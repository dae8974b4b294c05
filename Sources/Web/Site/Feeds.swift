// SPDX-License-Identifier: Apache-2.0

import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import NIOCore
import Storage

/// What programs read of the public pages: the feed of articles (Atom, RFC 4287), the site map (sitemaps.org), and what robots
/// should leave alone.
struct Feeds {
    let site: Site
    private var origin: String { site.clinic.settings.publicURL }

    func add(to router: Router<WebContext>) {
        router.get("/articles/feed.atom", use: atom)
        router.get("/sitemap.xml", use: map)
        router.get("/robots.txt", use: robots)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// Articles and cases, the newest first, with their paths.
    private var texts: [(text: Document, path: String)] {
        let library = site.clinic.library
        return
            (library.articles.map { ($0, "/articles/\($0.slug)") } + library.cases.map { ($0, "/cases/\($0.slug)") })
            .sorted { $0.0["date"] > $1.0["date"] }
    }

    @Sendable func atom(_ request: Request, context: WebContext) async throws -> Response {
        let updated = texts.first?.text["date"] ?? "2026-01-01"
        var feed = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="\(Catalogue.current.language)">
            <title>\(Self.escaped(site.clinic.details.name))</title>
            <id>\(origin)/articles</id>
            <link href="\(origin)/articles"/>
            <link rel="self" href="\(origin)/articles/feed.atom"/>
            <updated>\(updated)T00:00:00Z</updated>

            """
        for (text, path) in texts {
            feed += """
                <entry>
                <title>\(Self.escaped(text.title))</title>
                <id>\(origin)\(path)</id>
                <link href="\(origin)\(path)"/>
                <updated>\(text["date"])T00:00:00Z</updated>
                <author><name>\(Self.escaped(text["author"]))</name></author>
                <summary>\(Self.escaped(text["summary"]))</summary>
                <content type="html">\(Self.escaped(text.html))</content>
                </entry>

                """
        }
        return .bytes(ByteBuffer(string: feed + "</feed>\n"), contentType: "application/atom+xml; charset=utf-8")
    }

    @Sendable func map(_ request: Request, context: WebContext) async throws -> Response {
        let clinic = site.clinic
        let services = try await clinic.store.read { try clinic.services.all(in: $0) }
        var places: [(path: String, changed: String?)] =
            ["/", "/services", "/clinicians", "/articles", "/contact", "/packages"].map { ($0, nil) }
            + services.map { ("/services/\($0.slug)", nil) }
        places += texts.map { ($0.path, $0.text["date"]) }
        let languages = clinic.library.catalogues.all.map(\.language)
        let urls = places.map { place in
            let address = origin + place.path
            let others =
                languages.count < 2
                ? []
                : [("x-default", address)] + languages.map { ($0, "\(address)?language=\($0)") }
            return "<url><loc>\(address)</loc>" + (place.changed.map { "<lastmod>\($0)</lastmod>" } ?? "")
                + others.map { "<xhtml:link rel=\"alternate\" hreflang=\"\($0.0)\" href=\"\($0.1)\"/>" }.joined()
                + "</url>\n"
        }
        return .bytes(
            ByteBuffer(
                string: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                    + "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""
                    + " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n\(urls.joined())</urlset>\n"),
            contentType: "application/xml; charset=utf-8")
    }

    @Sendable func robots(_ request: Request, context: WebContext) async throws -> Response {
        let closed = ["/desk", "/staff", "/portal", "/orders", "/bookings", "/practice", "/api"]
        let text =
            "User-agent: *\n" + closed.map { "Disallow: \($0)\n" }.joined() + "\nSitemap: \(origin)/sitemap.xml\n"
        return .bytes(ByteBuffer(string: text), contentType: "text/plain; charset=utf-8")
    }
}
