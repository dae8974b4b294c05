// SPDX-License-Identifier: Apache-2.0

/// The staff's calendar. The page brings the frame; `calendar.js` asks for what is on it and keeps it current.
struct CalendarPage: PageValue {
    static let template = "calendar"

    var frame: Frame
    /// YYYY-MM-DD
    var date: String
    /// Set for who may hold visits by video.
    var calls: String?
    /// "day" or "week"
    var views: [Choice]
    /// "clinician", "room" or "device"
    var kinds: [Choice]
    /// Without JavaScript: the day as a list.
    var listURL: String
}
