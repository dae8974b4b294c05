// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import Testing

@testable import Telehealth

@Suite struct SignalTests {
    private func draft(_ json: String) throws -> SignalDraft {
        try JSONDecoder().decode(SignalDraft.self, from: Data(json.utf8))
    }

    @Test("messages come in order, once, however often they are sent")
    func onceInOrder() async throws {
        try await VideoHouse.withEach { house in
            let (patient, clinician) = try await house.begun()
            try await house.post(chat("one", "a"), chat("two", "b"), from: patient)
            try await house.post(chat("two", "b"), chat("three", "c"), from: patient)
            try await house.post(chat("other's own b", "b"), from: clinician)
            let all = try await house.heard(by: clinician)
            #expect(all.map(\.body) == ["one", "two", "three", "other's own b"].map { #"{"text":"\#($0)"}"# })
            #expect(all.map(\.number) == [1, 2, 3, 4])
            #expect(try await house.heard(by: clinician, after: 2).map(\.number) == [3, 4])
        }
    }

    @Test("only who was let into this room and has not left is heard; who waits hears nothing but notices")
    func whoIsHeard() async throws {
        try await VideoHouse.withEach { house in
            let waiting = try await house.arrived()
            await #expect(throws: TelehealthError.notAdmitted) {
                try await house.post(chat("let me in", "1"), from: waiting)
            }
            let own = try await house.store.write {
                try house.rooms.join(house.visit, name: "T", by: VideoHouse.clinician, at: VideoHouse.now, in: $0)
            }
            let clinician = JoinLinks.Seat(visit: "visit-1", party: own.id)
            try await house.post(chat("between us", "1"), from: clinician)
            try await house.store.write {
                try Signals().say(
                    .notice, body: ["text": "soon"], to: waiting.party, in: "visit-1", key: "n", at: VideoHouse.now,
                    transaction: $0)
            }
            #expect(try await house.heard(by: waiting).map(\.kind) == [.notice])
            // A seat of another room does not open this one.
            let other = try await house.arrived(VideoHouse.made("visit-2", for: house.patient, after: 900))
            let forged = JoinLinks.Seat(visit: "visit-1", party: other.party)
            await #expect(throws: TelehealthError.notAdmitted) { try await house.post(chat("x", "1"), from: forged) }
            await #expect(throws: TelehealthError.unknownLink) { _ = try await house.heard(by: forged) }
            await #expect(throws: TelehealthError.unknownParty) {
                try await house.post(
                    SignalDraft(client: "2", recipient: other.party, content: .chat(.init(text: "x"))), from: clinician)
            }
        }
    }

    @Test("what is meant for one is not heard by another")
    func recipients() async throws {
        try await VideoHouse.withEach { house in
            let (patient, clinician) = try await house.begun()
            try await house.post(
                SignalDraft(client: "1", recipient: clinician.party, content: .hello(.init(page: "p"))), from: patient)
            #expect(try await house.heard(by: clinician).count == 1)
            #expect(try await house.heard(by: patient).isEmpty)
        }
    }

    @Test(
        "forged or malformed messages are refused",
        arguments: [
            #"{"id":"1","kind":"notice","body":{"text":"I am the clinic"}}"#,
            #"{"id":"1","kind":"pain","body":{"level":3}}"#,
            #"{"id":"1","kind":"shutdown","body":{}}"#, #"{"id":"1","kind":"chat","body":{}}"#,
            #"{"kind":"chat","body":{"text":"x"}}"#,
            #"{"id":"1","kind":"description","body":{"page":"a","toPage":"b","type":"bogus","sdp":""}}"#,
            #"{"id":"1","kind":"media","body":{"microphone":1,"camera":true,"screen":false}}"#, "[]", "7",
        ])
    func forged(_ json: String) { #expect(throws: DecodingError.self) { try draft(json) } }

    @Test("lengths are bounded, and what no field names is dropped")
    func bounds() throws {
        func fault(_ content: SignalContent) -> Bool { content.fault != nil }
        #expect(fault(.chat(.init(text: " \n"))) && fault(.chat(.init(text: String(repeating: "x", count: 2001)))))
        #expect(!fault(.chat(.init(text: String(repeating: "x", count: 2000)))))
        #expect(fault(.hello(.init(page: ""))) && fault(.hello(.init(page: String(repeating: "x", count: 65)))))
        func description(_ length: Int) -> SignalContent {
            .description(.init(page: "a", toPage: "b", type: .offer, sdp: String(repeating: "x", count: length)))
        }
        #expect(!fault(description(32_000)) && fault(description(32_001)))
        let sent = try draft(#"{"id":"1","kind":"chat","body":{"text":"x","admin":true,"number":99}}"#)
        #expect(try sent.content.body() == #"{"text":"x"}"#)
    }

    @Test("a thousand random orders of sending again leave each message once, in its sender's order", arguments: 0..<20)
    func shuffled(_ seed: UInt64) async throws {
        try await VideoHouse.withEach { house in
            let (patient, clinician) = try await house.begun()
            var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
            func random(_ bound: Int) -> Int {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return Int(state % UInt64(bound))
            }
            var next = [0, 0]
            for _ in 0..<50 {
                let who = random(2)
                // A batch that begins somewhere in what was sent before, as after a lost answer, and goes on.
                let from = max(0, next[who] - random(3))
                let to = next[who] + 1 + random(2)
                next[who] = to
                let drafts = (from..<to).map { chat("\(who):\($0)", "\($0)") }
                _ = try await house.store.write {
                    try Signals().post(drafts, from: who == 0 ? patient : clinician, at: VideoHouse.now, in: $0)
                }
            }
            let heard = try await house.heard(by: clinician).map(\.body)
            #expect(Set(heard).count == heard.count && heard.count == next[0] + next[1])
            for who in 0..<2 {
                let own = heard.filter { $0.contains("\"\(who):") }
                #expect(own == (0..<next[who]).map { #"{"text":"\#(who):\#($0)"}"# })
            }
        }
    }

    @Test("sending again is answered while another hears each once: the board wakes once for each revision")
    func board() async {
        let board = RoomBoard()
        let one = board.listen(to: "a")
        let two = board.listen(to: "b")
        let every = board.listen(to: RoomBoard.everyRoom)
        board.wake("a", revision: 5)
        board.wake("a", revision: 5)
        board.wake("a", revision: 4)
        #expect(
            board.version(of: "a") == 1 && board.version(of: "b") == 0 && board.version(of: RoomBoard.everyRoom) >= 1)
        board.beat()
        #expect(board.version(of: "a") == 1, "a sign of life is no news")
        board.wakeAll()
        #expect(board.version(of: "a") == 2 && board.version(of: "b") == 1, "nobody knows which changed: all look")
        var beats = one.beats.makeAsyncIterator()
        #expect(await beats.next() != nil)
        for listener in [one, two, every] { _ = board.end(listener) }
        #expect(board.isEmpty)
    }

    @Test("a party is gone with its last page only")
    func presence() {
        let board = RoomBoard()
        let seat = JoinLinks.Seat(visit: "v", party: VideoParty.ID("p"))
        let (first, second) = (board.listen(to: "v", from: seat), board.listen(to: "v", from: seat))
        #expect(board.present == [seat.party])
        #expect(!board.end(first))
        #expect(board.end(second) && board.present.isEmpty)
    }

    @Test("who opens a window too many loses the oldest, and nobody else's")
    func flood() async {
        let board = RoomBoard()
        let other = board.listen(to: "v", from: JoinLinks.Seat(visit: "v", party: VideoParty.ID("q")))
        let seat = JoinLinks.Seat(visit: "v", party: VideoParty.ID("p"))
        let all = (0...RoomBoard.mostPages).map { _ in board.listen(to: "v", from: seat) }
        var beats = all[0].beats.makeAsyncIterator()
        #expect(await beats.next() == nil, "its stream has ended")
        #expect(!board.end(all[0]) && Set(board.present) == [seat.party, VideoParty.ID("q")])
        for listener in all[1..<RoomBoard.mostPages] { #expect(!board.end(listener)) }
        #expect(board.end(all[RoomBoard.mostPages]) && board.end(other) && board.isEmpty)
    }
}
