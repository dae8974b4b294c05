// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import DICOM
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// STOW-RS: programs send objects.
struct DICOMwebStore {
    let clinic: Clinic
    private static let mostBytes = 512 << 20

    @Sendable func store(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try context.staff(.sendObjects)
        let contentType = request.headers[.contentType] ?? ""
        guard contentType.lowercased().hasPrefix("multipart/related") else {
            throw Fault(
                status: .unsupportedMediaType, kind: "media-type", title: "That kind of body is not taken",
                detail: "Send multipart/related with parts of application/dicom.")
        }
        guard var reader = MultipartReader(contentType: contentType) else { throw Self.damaged }
        var arriving = try clinic.arriving(by: actor)
        do {
            var count = 0
            for try await buffer in request.body {
                count += buffer.readableBytes
                guard count <= Self.mostBytes else { throw Self.tooLarge }
                for event in try reader.take(buffer.readableBytesView) {
                    switch event {
                    case .partBegins: arriving.begin()
                    case .bytes(let bytes): await arriving.take(bytes)
                    case .partEnds: break
                    }
                }
            }
            guard reader.isOver, !arriving.isEmpty else { throw Self.damaged }
            return answer(to: try await clinic.receive(arriving, study: context.parameters.get("study"), by: actor))
        } catch {
            // What was taken already is among the uploads no more.
            await arriving.discard()
            throw error is MultipartReader.Damage ? Self.damaged : error
        }
    }

    private static var damaged: Fault {
        .badRequest("The parts of the body can't be told apart; check its boundary.")
    }

    private static var tooLarge: Fault {
        Fault(
            status: .contentTooLarge, kind: "too-large", title: "That is too large at once",
            detail: "A message may have 512 MB. Send its objects in several.")
    }

    private func answer(to sent: [Clinic.Sent]) -> Response {
        var kept: [Attributes] = []
        var failed: [Attributes] = []
        for one in sent {
            var item = Attributes()
            switch one {
            case .kept(let sopClass, let sopInstance, let study, let series):
                item.set(.referencedClass, "UI", sopClass)
                item.set(.referencedInstance, "UI", sopInstance)
                item.set(
                    .retrieveURL, "UR",
                    "\(clinic.settings.publicURL)/dicomweb/studies/\(study)/series/\(series)/instances/\(sopInstance)")
                kept.append(item)
            case .refused(let sopClass, let sopInstance, let reason):
                item.set(.referencedClass, "UI", sopClass)
                item.set(.referencedInstance, "UI", sopInstance)
                item.set(.failureReason, "US", number: Double(reason))
                failed.append(item)
            }
        }
        var answer = Attributes()
        if !kept.isEmpty { answer.set(.referencedInstances, items: kept) }
        if !failed.isEmpty { answer.set(.failedInstances, items: failed) }
        let status: HTTPResponse.Status = failed.isEmpty ? .ok : kept.isEmpty ? .conflict : .accepted
        return .json(answer, status: status, contentType: "application/dicom+json")
    }
}
