// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Crypto
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Scheduling
import Storage

/// The fixed booking interface for programs (`openapi.json`).
struct BookingAPI {
    let clinic: Clinic
    let limits: RateLimits
    private let description: ByteBuffer

    init(clinic: Clinic, limits: RateLimits) throws {
        self.clinic = clinic
        self.limits = limits
        guard let file = Bundle.module.url(forResource: "Assets/openapi", withExtension: "json") else {
            throw MissingTemplate(name: "openapi.json")
        }
        description = ByteBuffer(bytes: try Data(contentsOf: file))
    }

    func add(to router: Router<WebContext>) {
        let api = router.group("api/v1")
        api.get("services", use: services)
        api.get("services/:slug/slots", use: slots)
        api.post("bookings", use: book)
        api.get("openapi.json") { [description] _, _ in
            Response.bytes(description, contentType: "application/json")
        }
    }

    @Sendable func services(_ request: Request, context: WebContext) async throws -> Response {
        struct Price: Encodable {
            let amount: Int64
            let currency: String
        }
        struct Item: Encodable {
            let id: String
            let slug: String
            let name: String
            let durationMinutes: Int
            let modality: String
            let price: Price
        }
        struct Answer: Encodable { let services: [Item] }
        let services = try await clinic.store.read { [clinic] in try clinic.services.all(in: $0) }
        return .json(
            Answer(
                services: services.map {
                    Item(
                        id: $0.id.description, slug: $0.slug, name: $0.name, durationMinutes: $0.durationMinutes,
                        modality: $0.modality.rawValue,
                        price: Price(amount: $0.price.minorUnits, currency: $0.price.currency))
                }))
    }

    @Sendable func slots(_ request: Request, context: WebContext) async throws -> Response {
        let slug = context.parameters.get("slug") ?? ""
        var faults: [Fault.Field] = []
        func date(_ name: String) -> CivilDate? {
            guard let text = request.uri.queryParameters[name[...]].map(String.init) else {
                faults.append(.init(name: name, detail: "\(name) is missing; give a date as YYYY-MM-DD."))
                return nil
            }
            guard let date = CivilDate(iso: text) else {
                faults.append(.init(name: name, detail: "\(name) is no date of the form YYYY-MM-DD."))
                return nil
            }
            return date
        }
        let from = date("from")
        let to = date("to")
        guard let from, let to else { throw Fault.invalid(faults) }
        let clinician = request.uri.queryParameters["clinician"].map { DiaryResource.ID(String($0)) }
        let list = try await clinic.store.read { [clinic] in
            try clinic.slots.slots(service: slug, from: from, to: to, clinician: clinician, in: $0)
        }
        return .bytes(ByteBuffer(bytes: list.json), contentType: "application/json")
    }

    @Sendable func book(_ request: Request, context: WebContext) async throws -> Response {
        try limits.check(.booking, request, context)
        guard let key = request.headers[.idempotencyKey]?.trimmingCharacters(in: .whitespaces), !key.isEmpty,
            key.utf8.count <= 255
        else {
            throw Fault.badRequest(
                "Send an Idempotency-Key header of 1 to 255 characters: a new random text for each booking you mean.")
        }
        var request = request
        let body = Data(try await request.collectBody(upTo: 64 << 10).readableBytesView)
        let booking = try await read(body)
        let digest = SHA256.hash(data: body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let answer = try await clinic.book(
            service: booking.service, start: booking.start, clinician: booking.clinician.map { DiaryResource.ID($0) },
            contact: ContactDetails(
                name: booking.name, email: booking.email, phone: booking.phone,
                language: Catalogue.current.language),
            idempotencyKey: "api:\(key)", requestSHA256: digest, answer: Self.answer)
        return Response(
            status: .init(code: answer.status),
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: answer.body)))
    }

    private func read(_ body: Data) async throws -> BookingRequest {
        do {
            return try BookingRequest(json: body)
        } catch .unreadable {
            throw Fault.badRequest("The body is no JSON object of the described form.")
        } catch .faults(var faults, let service) {
            if let service,
                try await clinic.store.read({ [clinic] in try clinic.services.find(slug: service, in: $0) }) == nil
            {
                faults.append(.init(name: "service", detail: "There is no service called \(service)."))
            }
            throw Fault.invalid(faults)
        }
    }

    private static func answer(_ booked: Bookings.Booked, manageURL: String) throws -> IdempotentAnswers.Answer {
        struct Answer: Encodable {
            let id: String
            let status: String
            let start: String
            let end: String
            let manage: String
        }
        let booking = booked.booking
        func text(_ date: Date) -> String {
            RFC3339.string(
                secondsSince1970: Int(date.timeIntervalSince1970),
                utcOffsetSeconds: booking.timeZone.secondsFromGMT(for: date))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(
            Answer(
                id: booking.id.description, status: booking.state.rawValue, start: text(booking.start),
                end: text(booking.end), manage: manageURL))
        return IdempotentAnswers.Answer(status: 201, body: String(decoding: body, as: UTF8.self))
    }
}
