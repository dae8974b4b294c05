// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// The one place where errors become answers.
struct FaultMiddleware: RouterMiddleware {
    let site: Site

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let fault as Fault {
            return try answer(fault, to: request, context: context)
        } catch let explained as any Explained {
            return try answer(explained.fault, to: request, context: context)
        } catch let error as any HTTPResponseError {
            let fault: Fault =
                switch error.status {
                case .notFound: .notFound()
                case .contentTooLarge:
                    Fault(
                        status: .contentTooLarge, kind: "too-large", title: "That is too large",
                        detail: "Send less at a time.")
                case .methodNotAllowed:
                    Fault(
                        status: .methodNotAllowed, kind: "method-not-allowed", title: "That can't be done here",
                        detail: "This address takes other methods only.")
                default:
                    Fault(
                        status: error.status, kind: "bad-request", title: "That request can't be answered",
                        detail: "Something in it has the wrong form.")
                }
            return try answer(fault, to: request, context: context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // The error text may carry what a person typed, so only its type goes to the log.
            context.logger.error(
                "A request failed.",
                metadata: ["error": "\(type(of: error))", "path": "\(context.endpointPath ?? "?")"])
            context.logger.debug("The failed request's error.", metadata: ["detail": "\(error)"])
            let fault = Fault(
                status: .internalServerError, kind: "internal", title: "Something went wrong on our side",
                detail: "Nothing that was confirmed to you is lost. Please try again; if it happens again, tell us "
                    + "this number: \(context.id)")
            return try answer(fault, to: request, context: context)
        }
    }

    private func answer(_ fault: Fault, to request: Request, context: WebContext) throws -> Response {
        var response =
            request.wantsProblemDetails
            ? problem(fault, request: request) : try page(fault, request: request, context: context)
        if let allow = fault.allow { response.headers[.allow] = allow }
        if let seconds = fault.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    private func page(_ fault: Fault, request: Request, context: WebContext) throws -> Response {
        if fault.kind == Fault.signInNeeded.kind, request.method == .get {
            let staff = request.uri.path.hasPrefix("/desk")
            return .redirect(to: staff ? "/staff/sign-in" : "/sign-in")
        }
        if fault.kind == Fault.secondKeyNeeded.kind, request.method == .get { return .redirect(to: "/staff/code") }
        return try site.fault(fault, reference: context.id, context: context)
    }

    /// RFC 9457 problem details.
    private func problem(_ fault: Fault, request: Request) -> Response {
        struct Problem: Encodable {
            struct Item: Encodable {
                let field: String
                let detail: String
            }
            let type: String
            let title: String
            let status: Int
            let detail: String
            let instance: String
            let errors: [Item]?
        }
        let problem = Problem(
            type: "/problems/\(fault.kind)", title: fault.title, status: fault.status.code, detail: fault.detail,
            instance: request.uri.path,
            errors: fault.fields.isEmpty ? nil : fault.fields.map { .init(field: $0.name, detail: $0.detail) })
        return .json(problem, status: fault.status, contentType: "application/problem+json")
    }
}

/// A typed error of a room below, told to the person who meets it. The conformances stand in `Explanations.swift`.
protocol Explained: Error {
    var fault: Fault { get }
}

extension Fault: Explained {
    var fault: Fault { self }
    /// What a form says beside the one field that it is about.
    var advice: String { fields.first?.detail ?? detail }
}

extension Request {
    /// Programs get problem details, people get pages.
    var wantsProblemDetails: Bool {
        let path = uri.path
        if path.hasPrefix("/api/") || path.hasPrefix("/webhooks/") || path.hasPrefix("/dicomweb") { return true }
        let accept = headers[.accept] ?? ""
        return accept.contains("json") && !accept.contains("text/html")
    }
}
