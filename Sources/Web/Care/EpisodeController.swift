// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import Recovery
import Storage

/// Episodes at the desk: the open ones, a patient's, and one of them.
struct EpisodeController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/care", use: list)
        router.get("/desk/patients/:id/care", use: patient)
        router.post("/desk/patients/:id/episodes", use: open)
        router.get("/desk/episodes/:id", use: episode)
        router.post("/desk/episodes/:id/diagnosis", use: diagnose)
        router.post("/desk/episodes/:id/close", use: close)
        router.post("/desk/episodes/:id/results", use: hang)
    }

    private func episodeID(_ context: WebContext) -> Episode.ID { Episode.ID(context.parameters.get("id") ?? "") }
    private func patientID(_ context: WebContext) -> Patient.ID { Patient.ID(context.parameters.get("id") ?? "") }

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        let search = request.uri.queryParameters["q"].map(String.init)?.removingPercentEncoding ?? ""
        let zone = try await site.clinic.timeZone()
        let found = try await site.clinic.careList(search: search, by: actor)
        return try site.answer(
            CarePage(
                frame: site.deskFrame("Care", context, place: .deskCare),
                tasks: try await site.clinic.safetyTasks(by: actor).map {
                    CareWords.task($0, zone: zone)
                }, search: search,
                found: found.patients.map {
                    Entry(
                        title: $0.name, detail: $0.email, url: "/desk/patients/\($0.id)/care", badge: .plain,
                        stateLabel: "Patient")
                },
                isNothingFound: !search.isEmpty && found.patients.isEmpty,
                episodes: found.episodes.reversed().map { CareWords.line($0) }))
    }

    @Sendable func patient(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        return try site.answer(patientPage(try await site.clinic.care(of: patientID(context), by: actor), context))
    }

    private func patientPage(
        _ care: Clinic.PatientCare, _ context: WebContext, typed: Form = .empty, faults: [ErrorSummary.Item] = []
    ) -> PatientCarePage {
        PatientCarePage(
            frame: site.deskFrame("Care of \(care.patient.name)", context, place: .deskCare),
            patientName: care.patient.name, episodes: care.episodes.map { CareWords.line($0, withPatient: false) },
            openAction: "/desk/patients/\(care.patient.id)/episodes", errorSummary: ErrorSummary(faults),
            regions: BodyRegion.allCases.map {
                Choice(value: $0.rawValue, label: $0.name, isChosen: $0.rawValue == typed["region"])
            },
            sides: BodyRegion.Side.allCases.map {
                Choice(value: $0.rawValue, label: $0.rawValue.capitalized, isChosen: $0.rawValue == typed["side"])
            },
            kinds: EpisodeKind.allCases.map {
                Choice(value: $0.rawValue, label: CareWords.name(of: $0), isChosen: $0.rawValue == typed["kind"])
            },
            onset: typed["onset"].isEmpty ? care.today.description : typed["onset"], complaint: typed["complaint"])
    }

    @Sendable func open(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        do {
            guard let region = BodyRegion(rawValue: form["region"]), let kind = EpisodeKind(rawValue: form["kind"])
            else { throw CareError.field("region", "Choose the region and the kind.") }
            guard let onset = Day(iso: form["onset"]) else {
                throw CareError.field("onset", "Give the day on which it began, as 2026-03-31.")
            }
            let episode = try await site.clinic.openEpisode(
                Episode.New(
                    region: region, side: BodyRegion.Side(rawValue: form["side"]) ?? .middle, kind: kind, onset: onset,
                    complaint: form["complaint"]), of: patientID(context), by: actor)
            return .seeOther("/desk/episodes/\(episode.id)")
        } catch CareError.field(let field, let words) {
            let care = try await site.clinic.care(of: patientID(context), by: actor)
            return try site.answer(
                patientPage(care, context, typed: form, faults: [.init(field: field, message: words)]),
                status: .unprocessableContent)
        }
    }

    @Sendable func episode(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        return try site.answer(
            try await EpisodePages(site: site).whole(
                try await site.clinic.episode(episodeID(context), by: actor), actor, context))
    }

    @Sendable func diagnose(_ request: Request, context: WebContext) async throws -> Response {
        try await change(request, context) { form, actor in
            try await site.clinic.diagnose(
                episodeID(context), words: form["diagnosis"],
                status: EpisodeHistory.Diagnosis.Status(rawValue: form["status"]) ?? .provisional, by: actor)
        }
    }

    @Sendable func close(_ request: Request, context: WebContext) async throws -> Response {
        try await change(request, context) { form, actor in
            try await site.clinic.closeEpisode(episodeID(context), why: form["why"], by: actor)
        }
    }

    @Sendable func hang(_ request: Request, context: WebContext) async throws -> Response {
        try await change(request, context) { form, actor in
            try await site.clinic.hang(
                form["source"], onto: episodeID(context),
                opensOnContraction: Answer(rawValue: form["opens"]) ?? .notAsked,
                by: actor)
        }
    }

    /// Does one thing to the episode, and shows it again, with what is wrong where something is.
    private func change(
        _ request: Request, _ context: WebContext, _ body: (Form, Actor) async throws -> Void
    ) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        do {
            try await body(form, actor)
            return .seeOther("/desk/episodes/\(episodeID(context))")
        } catch let error as CareError {
            let faults: [ErrorSummary.Item]
            switch error {
            case .field(let field, let words): faults = [.init(field: field, message: words)]
            case .notSignable(let obstacles):
                faults = obstacles.map { .init(field: "diagnosis", message: $0.words) }
            default: throw error
            }
            let view = try await site.clinic.episode(episodeID(context), by: actor)
            return try site.answer(
                try await EpisodePages(site: site).whole(view, actor, context, faults: faults, typed: form),
                status: .unprocessableContent)
        }
    }
}

extension CareError: Explained {
    var fault: Fault {
        switch self {
        case .notPermitted: .notAllowed
        case .unknownEpisode, .unknownEntry: .notFound("episode")
        case .unknownIntake, .unknownTask, .unknownNote, .unknownSession, .unknownCheckIn: .notFound("page")
        case .expiredCheckIn: .conflict("expired", "This link has ended", description)
        case .alreadySigned: .conflict("signed", "That does not fit what is here", description)
        case .reactionOpen: .conflict("reaction", "A reaction is open", description)
        case .safetyTaskOpen: .conflict("emergency", "Please get help first", description)
        case .closedEpisode: .conflict("closed", "That does not fit what is here", description)
        case .field(let name, let words): .invalid([.init(name: name, detail: words)])
        case .notSignable(let obstacles):
            .invalid(obstacles.map { .init(name: $0.field, detail: $0.words) })
        }
    }
}
