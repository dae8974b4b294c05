// SPDX-License-Identifier: Apache-2.0

import Scheduling
import Testing

@Suite("Hours as people write them")
struct HoursTextTests {
    @Test(
        "what is read is written the same",
        arguments: [
            "", "08:00-12:00", "08:00-12:00, 13:00-18:00", "00:00-24:00", "00:00-00:30, 23:30-24:00",
        ])
    func roundTrip(text: String) throws {
        #expect(HoursText.text(try HoursText.intervals(text)) == text)
    }

    @Test(
        "people write in many ways",
        arguments: [("8-12", "08:00-12:00"), (" 8:30 – 12 ; 13-18,", "08:30-12:00, 13:00-18:00")])
    func loose(text: String, meant: String) throws {
        #expect(HoursText.text(try HoursText.intervals(text)) == meant)
    }

    @Test(
        "what makes no sense is named",
        arguments: [
            "later", "8", "12-8", "8-8", "25-26", "8:60-9", "8-24:01", "8-12, 11-13", "8-12-13", "-8-12", "8--12",
            "+8-9:5:1",
        ])
    func wrong(text: String) {
        #expect(throws: HoursText.Fault.self) { try HoursText.intervals(text) }
    }

    @Test("exceptions: a date, then closed or hours; the last line of a date counts")
    func exceptions() throws {
        let read = try HoursText.exceptions("2026-12-24 09:00-12:00\n2026-12-25 closed\r\n\n2026-12-26\n")
        #expect(HoursText.text(read) == "2026-12-24 09:00-12:00\n2026-12-25 closed\n2026-12-26 closed")
        #expect(throws: HoursText.Fault.self) { try HoursText.exceptions("24.12.2026 closed") }
        #expect(throws: HoursText.Fault.self) { try HoursText.exceptions("2026-02-30 closed") }
        #expect(throws: HoursText.Fault.self) { try HoursText.exceptions("2026-12-24 shut") }
    }
}
