// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import Storage

/// The owner writes the site: pages, services, articles, cases and clinicians, in every language.
struct ContentController {
    let site: Site
    private static let headings: [(ContentPlace.Folder, String, Bool)] = [
        (.pages, "Pages", false), (.services, "Services", false), (.articles, "Articles", true),
        (.cases, "Cases", true),
        (.clinicians, "Clinicians", true),
    ]

    func add(to router: Router<WebContext>) {
        router.get("/desk/clinic/content", use: list)
        router.get("/desk/clinic/content/:folder/:slug", use: edit)
        router.post("/desk/clinic/content/:folder/:slug", use: save)
    }

    private static func url(_ place: ContentPlace) -> String {
        "/desk/clinic/content/\(place.folder.rawValue)/\(place.slug)?language=\(place.language)"
    }

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageContent, context)
        let library = site.clinic.library
        let services = try await site.clinic.store.read { [site] in try site.clinic.services.all(in: $0) }
        let languages = library.catalogues.all
        return try site.answer(
            ContentListPage(
                frame: site.deskFrame("Texts of the site", context, place: .deskClinic),
                message: request.uri.queryParameters["said"] == "saved" ? "Published." : nil,
                groups: Self.headings.map { folder, heading, canAdd in
                    let known = library.places.filter { $0.folder == folder }
                    // Each service and page can be worded in each language, also where nobody has yet.
                    var slugs = Set(known.map(\.slug))
                    if folder == .services { slugs.formUnion(services.map(\.slug)) }
                    let rows = slugs.sorted().flatMap { slug in
                        languages.map { language -> ContentListPage.Row in
                            let place = ContentPlace(folder: folder, slug: slug, language: language.language)
                            let state =
                                library.source(of: place) == nil
                                ? "not written" : library.isEdited(place) ? "your words" : "as it came"
                            return .init(url: Self.url(place), title: slug, detail: "\(language.name), \(state)")
                        }
                    }
                    return .init(
                        heading: heading, rows: rows,
                        addURL: canAdd ? "/desk/clinic/content/\(folder.rawValue)/new" : nil)
                }))
    }

    private func place(_ request: Request, _ context: WebContext, slug: String? = nil) throws -> ContentPlace {
        guard let folder = ContentPlace.Folder(rawValue: context.parameters.get("folder") ?? "") else {
            throw Fault.notFound("text")
        }
        let language = site.clinic.library.catalogues[
            request.uri.queryParameters["language"].map(String.init) ?? "en"]
        return ContentPlace(
            folder: folder, slug: slug ?? context.parameters.get("slug") ?? "", language: language.language)
    }

    private static let template = """
        ---
        title: A title
        summary: What it says, in a sentence or two.
        date: 2026-01-31
        author: Your name
        ---
        Begin here. Markdown: ## for a heading, ** around bold words, - for a list.
        """

    private func page(
        _ place: ContentPlace, _ context: WebContext, message: String? = nil
    ) async throws -> ContentEditPage {
        let zone = try await site.clinic.timeZone()
        if place.slug == "new" {
            return ContentEditPage(
                frame: site.deskFrame("A new text", context, place: .deskClinic), heading: "A new text",
                action: Self.url(place), slug: FieldValue(), text: FieldValue(value: Self.template))
        }
        let view = try await site.clinic.content(at: place)
        let english = ContentPlace(folder: place.folder, slug: place.slug, language: "en")
        // Who translates begins with the English text.
        let source = view.source.isEmpty ? site.clinic.library.source(of: english) ?? Self.template : view.source
        let language = site.clinic.library.catalogues[place.language].name
        return ContentEditPage(
            frame: site.deskFrame(place.slug, context, place: .deskClinic), heading: "\(place.slug), \(language)",
            message: message, action: Self.url(place), text: FieldValue(value: source),
            resetLabel: view.isEdited ? (view.isShipped ? "Put the old text back" : "Take it down") : nil,
            history: view.history.map {
                .init(writtenAt: Words.moment($0.writtenAt, in: zone), writtenBy: $0.writtenBy, words: $0.text)
            }, hasHistory: !view.history.isEmpty)
    }

    @Sendable func edit(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageContent, context)
        let said = request.uri.queryParameters["said"].map(String.init)
        return try site.answer(
            try await page(
                try place(request, context), context,
                message: said == "saved" ? "Published." : said == "reset" ? "It is as it was." : nil))
    }

    @Sendable func save(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageContent, context)
        let form = try await Form(request, context)
        var place = try place(request, context)
        let name = context.session?.name ?? "token"
        if form["step"] == "reset" {
            try await site.clinic.publish(nil, at: place, by: actor, named: name)
            let isGone = site.clinic.library.source(of: place) == nil
            return .seeOther(isGone ? "/desk/clinic/content" : Self.url(place) + "&said=reset")
        }
        var page = try await page(place, context)
        page.text.value = form.exactly("text").replacing("\r\n", with: "\n")
        if page.slug != nil {
            place = try self.place(request, context, slug: form["slug"])
            page.slug = FieldValue(
                value: form["slug"],
                error: !place.isAddress || place.slug == "new"
                    ? "Use small letters, digits and hyphens, such as running-again."
                    : site.clinic.library.source(of: place) != nil ? "There is a text with this address already." : nil)
        }
        do {
            let document = try site.clinic.preview(page.text.value, at: place)
            (page.previewTitle, page.previewHTML) = (document.title, document.html)
        } catch let fault as Document.Malformed {
            page.text.error = fault.description
        }
        page.errorSummary = ErrorSummary(fields: ["slug": page.slug ?? FieldValue(), "text": page.text])
        guard page.errorSummary == nil else { return try site.answer(page, status: .unprocessableContent) }
        guard form["step"] == "save" else { return try site.answer(page) }
        try await site.clinic.publish(page.text.value, at: place, by: actor, named: name)
        return .seeOther(Self.url(place) + "&said=saved")
    }
}
