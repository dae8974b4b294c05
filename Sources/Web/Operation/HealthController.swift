// SPDX-License-Identifier: Apache-2.0

import Clinic
import Foundation
import Hummingbird
import NIOCore
import Storage

/// What a supervisor and a monitoring system ask. No page, no patient data.
struct HealthController {
    let clinic: Clinic
    let telemetry: Telemetry

    func add(to router: Router<WebContext>) {
        router.get("/healthz") { _, _ in Response.bytes(ByteBuffer(string: "ok\n"), contentType: "text/plain") }
        router.get("/readyz", use: ready)
        router.get("/metrics", use: metrics)
    }

    /// Ready once the database answers.
    @Sendable func ready(_ request: Request, context: WebContext) async throws -> Response {
        do {
            _ = try await clinic.store.read { try Jobs.summary(in: $0).waiting }
            return .bytes(ByteBuffer(string: "ready\n"), contentType: "text/plain")
        } catch {
            return .bytes(
                ByteBuffer(string: "the database does not answer\n"), contentType: "text/plain",
                status: .serviceUnavailable)
        }
    }

    @Sendable func metrics(_ request: Request, context: WebContext) async throws -> Response {
        let jobs = try await clinic.store.read { try Jobs.summary(in: $0) }
        let text = telemetry.prometheusText(gauges: [
            ("fascia_jobs_waiting", "Jobs that wait or run.", Double(jobs.waiting)),
            ("fascia_jobs_given_up", "Jobs that were given up; see fascia doctor.", Double(jobs.givenUp.count)),
        ])
        return .bytes(ByteBuffer(string: text), contentType: "text/plain; version=0.0.4; charset=utf-8")
    }
}
