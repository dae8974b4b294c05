// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hummingbird

/// The fields of a posted form. A field that is missing is empty; white space around a value is not part of it.
struct Form {
    private let fields: [String: String]

    /// A form that nobody has filled in yet.
    static let empty = Form(fields: [:])

    private init(fields: [String: String]) { self.fields = fields }

    init(_ request: Request, _ context: WebContext) async throws {
        do {
            fields = try await URLEncodedFormDecoder().decode([String: String].self, from: request, context: context)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            throw error
        } catch {
            throw Fault.badRequest("The form's fields can't be read. Please go back, reload the page and try again.")
        }
    }

    /// A form with more in it than usual.
    init(_ request: Request, limit: Int) async throws {
        let body = try await request.body.collect(upTo: limit)
        do {
            fields = try URLEncodedFormDecoder().decode([String: String].self, from: String(buffer: body))
        } catch {
            throw Fault.badRequest("The form's fields can't be read. Please go back, reload the page and try again.")
        }
    }

    subscript(name: String) -> String {
        (fields[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A value with its white space, as a password is.
    func exactly(_ name: String) -> String { fields[name] ?? "" }

    /// What follows `prefix` in the names of the ticked boxes that begin with it, in order.
    func ticked(_ prefix: String) -> [String] {
        fields.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    /// A tick box.
    func isTicked(_ name: String) -> Bool { fields[name] != nil }
}
