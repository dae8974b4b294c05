// SPDX-License-Identifier: Apache-2.0

import Accounts
import Archive
import Clinic
import DICOM
import Foundation
import HTTPTypes
import Hummingbird
import Imaging
import NIOCore
import Storage

/// DICOMweb (PS3.18): QIDO-RS, WADO-RS and STOW-RS over the clinic's archive, for who may see loops.
struct DICOMwebController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    func add(to router: Router<WebContext>) {
        let web = router.group("dicomweb")
        web.get("studies") { try await search(.studies, $0, $1) }
        web.get("series") { try await search(.series, $0, $1) }
        web.get("instances") { try await search(.instances, $0, $1) }
        web.get("studies/:study/series") { try await search(.series, $0, $1) }
        web.get("studies/:study/instances") { try await search(.instances, $0, $1) }
        web.get("studies/:study/series/:series/instances") { try await search(.instances, $0, $1) }
        for path in [
            "studies/:study", "studies/:study/series/:series", "studies/:study/series/:series/instances/:instance",
        ] {
            web.get("\(path)", use: retrieve)
            web.get("\(path)/metadata", use: metadata)
            web.get("\(path)/thumbnail", use: thumbnail)
        }
        let instance = "studies/:study/series/:series/instances/:instance"
        web.get("\(instance)/rendered", use: rendered)
        web.get("\(instance)/frames/:frames", use: frames)
        web.get("\(instance)/frames/:frames/rendered", use: rendered)
        web.get("\(instance)/frames/:frames/thumbnail", use: thumbnail)
        let stow = DICOMwebStore(clinic: clinic)
        web.post("studies", use: stow.store)
        web.post("studies/:study", use: stow.store)
    }

    // MARK: QIDO-RS

    private func search(_ level: Clinic.Level, _ request: Request, _ context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeLoops, context)
        let query = try DICOMwebQuery(request.uri.queryParameters.map { (String($0.key), String($0.value)) })
        let rows = try await clinic.search(
            level, keys: query.keys, study: context.parameters.get("study"), series: context.parameters.get("series"),
            by: actor)
        let page = try rows.dropFirst(query.offset).prefix(query.limit).map { row in
            var attributes = row.attributes
            if query.includesAll || !query.included.isEmpty {
                let all = try row.object.index().attributes
                let tags = query.includesAll && level == .instances ? Array(all.elements.keys) : query.included
                for tag in tags where !attributes.contains(tag) && tag != .pixelData { attributes[tag] = all[tag] }
            }
            attributes.set(.retrieveURL, "UR", url(row.object, level))
            return attributes
        }
        if page.isEmpty { return Response(status: .noContent, headers: [.cacheControl: "no-store"]) }
        return .json(page, contentType: "application/dicom+json")
    }

    private func url(_ object: StoredObject, _ level: Clinic.Level) -> String {
        var url = "\(clinic.settings.publicURL)/dicomweb/studies/\(object.study)"
        if level != .studies { url += "/series/\(object.series)" }
        if level == .instances { url += "/instances/\(object.sopInstance)" }
        return url
    }

    // MARK: WADO-RS

    private func objects(_ context: WebContext) async throws -> [StoredObject] {
        let actor = try await site.staff(.seeLoops, context)
        return try await clinic.objects(
            study: context.parameters.get("study") ?? "", series: context.parameters.get("series"),
            instance: context.parameters.get("instance"), by: actor)
    }

    /// Objects as they were stored. One instance may also be had as it is, without parts.
    @Sendable func retrieve(_ request: Request, context: WebContext) async throws -> Response {
        let objects = try await objects(context)
        let accept = request.headers[.accept] ?? "*/*"
        if context.parameters.get("instance") != nil, objects.count == 1, accept.hasPrefix("application/dicom"),
            !accept.contains("json")
        {
            return .streamed(byteCount: Int(objects[0].file.byteCount), contentType: "application/dicom") { write in
                try await clinic.read(0..<objects[0].file.byteCount, of: objects[0]) {
                    try await write(ByteBuffer(bytes: $0))
                }
            }
        }
        let parts = try objects.map { object in
            MultipartRelated.Part(
                contentType: "application/dicom; transfer-syntax=\(try object.index().transferSyntax)", object: object,
                ranges: [0..<object.file.byteCount])
        }
        return MultipartRelated.response(parts, type: "application/dicom", of: clinic)
    }

    @Sendable func metadata(_ request: Request, context: WebContext) async throws -> Response {
        let all = try await objects(context).map { object in
            var attributes = try object.index().attributes
            if attributes.contains(.pixelData) {
                attributes[.pixelData] = .init(
                    attributes[.pixelData]?.vr ?? "OW", [], bulkURI: "\(url(object, .instances))/frames/1")
            }
            return attributes
        }
        return .json(all, contentType: "application/dicom+json")
    }

    /// The stored bytes of frames, compressed as the machine did it.
    @Sendable func frames(_ request: Request, context: WebContext) async throws -> Response {
        guard let object = try await objects(context).first else { throw ArchiveError.unknownObject }
        let numbers = try frameNumbers(context)
        let syntax = try object.index().transferSyntax
        let type = Self.mediaType(syntax)
        let parts = try numbers.map { number in
            MultipartRelated.Part(
                contentType: "\(type); transfer-syntax=\(syntax)", object: object,
                ranges: try clinic.ranges(ofFrame: number, of: object))
        }
        return MultipartRelated.response(parts, type: type, of: clinic)
    }

    private static func mediaType(_ syntax: String) -> String {
        switch syntax.split(separator: ".").suffix(2).joined(separator: ".") {
        case "4.50", "4.51", "4.57", "4.70": "image/jpeg"
        case "4.80", "4.81": "image/jls"
        case "4.90", "4.91": "image/jp2"
        case "2.5": "image/dicom-rle"
        default: "application/octet-stream"
        }
    }

    private func frameNumbers(_ context: WebContext) throws -> [Int] {
        let words = (context.parameters.get("frames") ?? "1").removingPercentEncoding?.split(separator: ",") ?? []
        let numbers = words.compactMap { Int($0) }
        guard !numbers.isEmpty, numbers.count == words.count, numbers.count <= 1000, numbers.allSatisfy({ $0 >= 1 })
        else { throw Fault.badRequest("Frames are numbers from 1, with commas between them.") }
        return numbers
    }

    @Sendable func rendered(_ request: Request, context: WebContext) async throws -> Response {
        guard let object = try await objects(context).first else { throw ArchiveError.unknownObject }
        let number = try frameNumbers(context)[0]
        let accept = request.headers[.accept] ?? "*/*"
        // What browsers can show is not decoded only to be encoded again: as it is stored, it is there at once.
        if ["image/jpeg", "image/*", "*/*"].contains(where: accept.contains), try object.index().hasBrowserPictures {
            let ranges = try clinic.ranges(ofFrame: number, of: object)
            return .streamed(byteCount: ranges.reduce(0) { $0 + $1.count }, contentType: "image/jpeg") { write in
                for range in ranges {
                    try await clinic.read(range, of: object) { try await write(ByteBuffer(bytes: $0)) }
                }
            }
        }
        let frame = try await clinic.display(number, of: object)
        guard let image = ColourImage(width: frame.width, height: frame.height, pixels: frame.pixels) else {
            throw ArchiveError.noPictures
        }
        return .bytes(ByteBuffer(bytes: try PNG.encode(image)), contentType: "image/png")
    }

    /// A small picture: of the middle frame where none is named.
    @Sendable func thumbnail(_ request: Request, context: WebContext) async throws -> Response {
        let objects = try await objects(context)
        guard let object = objects.first(where: { (try? $0.index().pictures?.isFilm) == false }) else {
            throw ArchiveError.noPictures
        }
        let count = try object.index().pictures?.frames ?? 1
        let number = context.parameters.get("frames") == nil ? (count + 1) / 2 : try frameNumbers(context)[0]
        let frame = try await clinic.display(number, of: object)
        let step = max(1, (max(frame.width, frame.height) + 127) / 128)
        let (width, height) = (max(1, frame.width / step), max(1, frame.height / step))
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<3 {
                    var sum = 0
                    for dy in 0..<step {
                        for dx in 0..<step {
                            sum += Int(frame.pixels[3 * ((y * step + dy) * frame.width + x * step + dx) + channel])
                        }
                    }
                    pixels[3 * (y * width + x) + channel] = UInt8(sum / (step * step))
                }
            }
        }
        guard let image = ColourImage(width: width, height: height, pixels: pixels) else {
            throw ArchiveError.noPictures
        }
        return .bytes(ByteBuffer(bytes: try PNG.encode(image)), contentType: "image/png")
    }
}

extension ArchiveError: Explained {
    var fault: Fault {
        switch self {
        case .notPermitted: .notAllowed
        case .unknownObject, .unknownStudy, .noSuchFrame, .noPictures: .notFound("object")
        case .filedAlready: .conflict("filed", "That is done already", explanation)
        }
    }
}

extension HelperFailure: Explained {
    var fault: Fault {
        Fault(
            status: .unprocessableContent, kind: "undecodable", title: "The object can't be shown", detail: description)
    }
}
