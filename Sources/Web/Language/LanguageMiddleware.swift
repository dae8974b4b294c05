// SPDX-License-Identifier: Apache-2.0

import Clinic
import Content
import Foundation
import HTTPTypes
import Hummingbird

/// Chooses the language of an answer: what the reader chose (`?language=es`, kept in a cookie), else what the browser asks for.
/// The desk works in English.
struct LanguageMiddleware: RouterMiddleware {
    static let cookieName = "fascia_language"
    let catalogues: Catalogues
    let secure: Bool

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard catalogues.all.count > 1, !["/desk", "/staff", "/api/", "/assets/"].contains(where: path.hasPrefix) else {
            return try await next(request, context)
        }
        let chosen = request.uri.queryParameters["language"].flatMap { catalogues.find(String($0)) }
        let kept = request.cookies[Self.cookieName].flatMap { catalogues.find($0.value) }
        let catalogue = chosen ?? kept ?? catalogues.best(for: request.headers[.acceptLanguage] ?? "")
        var response = try await Catalogue.$current.withValue(catalogue) { try await next(request, context) }
        response.headers[.contentLanguage] = catalogue.language
        response.headers[.vary] = "Accept-Language, Cookie"
        // The widget works without any cookie; its language stands in its address.
        if let chosen, !path.hasPrefix("/widget") {
            response.setCookie(
                Cookie(
                    name: Self.cookieName, value: chosen.language, maxAge: 365 * 86_400, path: "/", secure: secure,
                    httpOnly: true, sameSite: .lax))
        }
        return response
    }
}
