// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Synchronization

/// Counts answers and their durations by route, for `/metrics`. Routes are patterns, so no identifier gets in.
final class Telemetry: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private struct Series {
        var count = 0
        var seconds = 0.0
        var buckets = [Int](repeating: 0, count: Telemetry.bounds.count)
    }

    /// Upper bounds of the histogram's buckets, in seconds.
    private static let bounds = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
    private let series = Mutex<[Key: Series]>([:])

    func record(method: String, route: String, status: Int, duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        series.withLock { series in
            let key = Key(method: method, route: route, status: status)
            series[key, default: Series()].count += 1
            series[key, default: Series()].seconds += seconds
            if let bucket = Self.bounds.firstIndex(where: { seconds <= $0 }) {
                series[key, default: Series()].buckets[bucket] += 1
            }
        }
    }

    /// Prometheus text exposition format, version 0.0.4.
    func prometheusText(gauges: [(name: String, help: String, value: Double)]) -> String {
        var text = ""
        for gauge in gauges {
            text += "# HELP \(gauge.name) \(gauge.help)\n# TYPE \(gauge.name) gauge\n\(gauge.name) \(gauge.value)\n"
        }
        let name = "fascia_http_request_duration_seconds"
        text += "# HELP \(name) How long answers took.\n# TYPE \(name) histogram\n"
        let copy = series.withLock { $0 }
        for (key, series) in copy.sorted(by: { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }) {
            let labels = "method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\""
            var sum = 0
            for (bound, count) in zip(Self.bounds, series.buckets) {
                sum += count
                text += "\(name)_bucket{\(labels),le=\"\(bound)\"} \(sum)\n"
            }
            text += "\(name)_bucket{\(labels),le=\"+Inf\"} \(series.count)\n"
            text += "\(name)_sum{\(labels)} \(series.seconds)\n\(name)_count{\(labels)} \(series.count)\n"
        }
        return text
    }
}

struct TelemetryMiddleware: RouterMiddleware {
    let telemetry: Telemetry

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        telemetry.record(
            method: request.method.rawValue, route: context.endpointPath ?? "none", status: response.status.code,
            duration: ContinuousClock.now - start)
        return response
    }
}
