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
        var request = request
        let body = try await request.collectBody(upTo: Self.mostBytes)
        guard let parts = MultipartRelated.parts([UInt8](body.readableBytesView), contentType: contentType),
            !parts.isEmpty
        else { throw Fault.badRequest("The parts of the body can't be told apart; check its boundary.") }
        var kept: [Attributes] = []
        var failed: [Attributes] = []
        for part in parts {
            switch try await clinic.receive(part.bytes, study: context.parameters.get("study"), by: actor) {
            case .kept(let sopClass, let sopInstance, let study, let series):
                var item = Attributes()
                item.set(.referencedClass, "UI", sopClass)
                item.set(.referencedInstance, "UI", sopInstance)
                item.set(
                    .retrieveURL, "UR",
                    "\(clinic.settings.publicURL)/dicomweb/studies/\(study)/series/\(series)/instances/\(sopInstance)")
                kept.append(item)
            case .refused(let sopClass, let sopInstance, let reason):
                var item = Attributes()
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
