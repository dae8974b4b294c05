// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import Testing

@testable import Telehealth

@Suite struct RoomTests {
    @Test("the door opens 30 minutes before and closes six hours after the end, to the second")
    func door() throws {
        let visit = VideoHouse.made("v", for: Patient.ID("p"), after: 0)
        #expect(throws: TelehealthError.early(opensAt: visit.opensAt)) {
            try visit.checkDoor(at: visit.start.addingTimeInterval(-1801))
        }
        try visit.checkDoor(at: visit.start.addingTimeInterval(-1800))
        try visit.checkDoor(at: visit.end.addingTimeInterval(6 * 3600 - 1))
        #expect(throws: TelehealthError.over) { try visit.checkDoor(at: visit.end.addingTimeInterval(6 * 3600)) }
    }

    @Test("a link is kept only as its hash, opens one party's seat, and several links open the same one")
    func links() async throws {
        try await VideoHouse.withEach { house in
            let (first, second) = try await house.store.write { transaction in
                (
                    try JoinLinks().make(for: house.visit, at: VideoHouse.now, in: transaction),
                    try JoinLinks().make(for: house.visit, at: VideoHouse.now, in: transaction)
                )
            }
            #expect(first != second && first.text.count >= 43)
            try await house.store.read { transaction in
                #expect(try JoinLinks().find(first, in: transaction) == JoinLinks().find(second, in: transaction))
                #expect(throws: TelehealthError.unknownLink) { try JoinLinks().find(Secret("x"), in: transaction) }
                let kept = try transaction.rows("SELECT secret_sha256 FROM join_link").map {
                    try $0.get("secret_sha256", as: String.self)
                }
                #expect(!kept.contains(first.text) && kept.contains(first.sha256))
            }
        }
    }

    @Test("nobody is let in without a consent, which is kept word for word")
    func consent() async throws {
        try await VideoHouse.withEach { house in
            let seat = try await house.opened()
            try await house.store.write {
                _ = try house.rooms.join(house.visit, name: "T", by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
            }
            await #expect(throws: TelehealthError.noConsent) {
                try await house.store.write {
                    try house.rooms.admit(
                        seat.party, to: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
                }
            }
            var incomplete = VideoHouse.form
            incomplete.place = ""
            let wrong = incomplete
            await #expect(throws: TelehealthError.consentIncomplete) {
                try await house.store.write {
                    try house.rooms.arrive(seat, agreeing: wrong, at: VideoHouse.now, in: $0)
                }
            }
            try await house.store.write {
                try house.rooms.arrive(seat, agreeing: VideoHouse.form, at: VideoHouse.now, in: $0)
                try house.rooms.admit(seat.party, to: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
            }
            try await house.store.read { transaction in
                let kept = try #require(try house.rooms.consent(of: seat.party, in: transaction))
                #expect(kept.form == VideoHouse.form && kept.agreedAt == VideoHouse.now)
                #expect(try house.rooms.party(seat.party, in: transaction).state == .admitted)
            }
        }
    }

    @Test("only who may hold calls lets in, invites, sends out and ends")
    func roles() async throws {
        try await VideoHouse.withEach { house in
            let seat = try await house.arrived()
            for actor in [VideoHouse.desk, .visitor, .patient(house.patient)] {
                await #expect(throws: TelehealthError.notPermitted) {
                    try await house.store.write {
                        try house.rooms.admit(seat.party, to: "visit-1", by: actor, at: VideoHouse.now, in: $0)
                    }
                }
                await #expect(throws: TelehealthError.notPermitted) {
                    try await house.store.write {
                        _ = try house.rooms.join(house.visit, name: "x", by: actor, at: VideoHouse.now, in: $0)
                    }
                }
                await #expect(throws: TelehealthError.notPermitted) {
                    try await house.store.write {
                        _ = try house.rooms.invite(name: "x", to: "visit-1", by: actor, at: VideoHouse.now, in: $0)
                    }
                }
                await #expect(throws: TelehealthError.notPermitted) {
                    try await house.store.write {
                        try house.rooms.close("visit-1", outcome: .held, by: actor, at: VideoHouse.now, in: $0)
                    }
                }
            }
        }
    }

    @Test("three are the most; a guest who is sent out has no link any more")
    func guests() async throws {
        try await VideoHouse.withEach { house in
            _ = try await house.begun()
            func guest(_ name: String) async throws -> (Secret, JoinLinks.Seat) {
                try await house.store.write { transaction in
                    let link = try house.rooms.invite(
                        name: name, to: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, in: transaction)
                    let seat = try JoinLinks().find(link, in: transaction)
                    try house.rooms.arrive(seat, agreeing: VideoHouse.form, at: VideoHouse.now, in: transaction)
                    return (link, seat)
                }
            }
            let (link, third) = try await guest("Interpreter")
            let (_, fourth) = try await guest("Parent")
            try await house.store.write {
                try house.rooms.admit(third.party, to: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
            }
            await #expect(throws: TelehealthError.full) {
                try await house.store.write {
                    try house.rooms.admit(
                        fourth.party, to: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
                }
            }
            try await house.store.write {
                try house.rooms.remove(
                    third.party, from: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
                try house.rooms.admit(fourth.party, to: "visit-1", by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
            }
            await #expect(throws: TelehealthError.unknownLink) {
                try await house.store.read { _ = try JoinLinks().find(link, in: $0) }
            }
            await #expect(throws: TelehealthError.notAdmitted) {
                try await house.post(chat("still here", "1"), from: third)
            }
        }
    }

    @Test("the place in the queue counts those with earlier visits who wait before the same door")
    func queue() async throws {
        try await VideoHouse.withEach { house in
            let early = VideoHouse.made("visit-0", for: house.patient, after: 300)
            let otherDoor = VideoVisit(
                id: "visit-x", patient: house.patient, patientName: "X", host: "host-2", start: early.start,
                end: early.end)
            let mine = try await house.arrived()
            func place() async throws -> Int? {
                try await house.store.read {
                    try house.rooms.sight(of: mine, after: 0, at: VideoHouse.now, in: $0).place
                }
            }
            #expect(try await place() == 1)
            _ = try await house.arrived(otherDoor)
            #expect(try await place() == 1)
            let first = try await house.arrived(early)
            #expect(try await place() == 2)
            let before = try await house.store.read { try house.rooms.find("visit-1", in: $0)?.revision } ?? 0
            try await house.store.write { try house.rooms.leave(first, at: VideoHouse.now, in: $0) }
            #expect(try await place() == 1)
            let after = try await house.store.read { try house.rooms.find("visit-1", in: $0)?.revision } ?? 0
            #expect(after > before, "whoever waits learns that they have moved up")
        }
    }

    @Test("the end closes the links' room for everybody and forgets network addresses, not what was said")
    func end() async throws {
        try await VideoHouse.withEach { house in
            let (patient, _) = try await house.begun()
            try await house.post(
                chat("kept", "1"),
                SignalDraft(
                    client: "2",
                    content: .candidate(
                        .init(
                            page: "a", toPage: "b", candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host", sdpMid: "0",
                            sdpMLineIndex: 0, usernameFragment: nil))),
                from: patient)
            try await house.store.write {
                try house.rooms.close("visit-1", outcome: .held, by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
                try Signals().forgetNetwork(of: "visit-1", in: $0)
            }
            await #expect(throws: TelehealthError.over) { try await house.post(chat("late", "3"), from: patient) }
            await #expect(throws: TelehealthError.over) { _ = try await house.opened() }
            let left = try await house.store.read {
                try $0.rows("SELECT body FROM video_signal").map { try $0.get("body", as: String.self) }
            }
            #expect(left == [#"{"text":"kept"}"#])
        }
    }

    @Test("a page that fell silent with its server is forgotten, and the room is told")
    func silence() async throws {
        try await VideoHouse.withEach { house in
            let (patient, _) = try await house.begun()
            let revision = try await house.store.read { try house.rooms.lastRevision(in: $0) }
            let later = VideoHouse.now.addingTimeInterval(46)
            #expect(try await house.store.read { try house.rooms.hasSilent(at: later, in: $0) })
            try await house.store.write {
                try house.rooms.touch([patient.party], at: later, in: $0)
                try house.rooms.forgetSilent(at: later, in: $0)
            }
            try await house.store.read { transaction in
                let parties = try house.rooms.parties(of: "visit-1", in: transaction)
                #expect(parties.filter { $0.isHere(at: later) }.map(\.role) == [.patient])
                #expect(try house.rooms.changed(after: revision, in: transaction).map(\.visit) == ["visit-1"])
                #expect(try !house.rooms.hasSilent(at: later, in: transaction))
            }
        }
    }
}
