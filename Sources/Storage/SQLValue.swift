// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A value as both database engines hold it.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A Swift value that can be bound to a statement and read back from a row.
package protocol Bindable: Sendable {
    var sqlValue: SQLValue { get }
    static func decode(_ value: SQLValue) -> Self?
}

extension SQLValue: Bindable {
    package var sqlValue: SQLValue { self }
    package static func decode(_ value: SQLValue) -> SQLValue? { value }
}

extension String: Bindable {
    package var sqlValue: SQLValue { .text(self) }
    package static func decode(_ value: SQLValue) -> String? {
        if case .text(let text) = value { text } else { nil }
    }
}

extension Int64: Bindable {
    package var sqlValue: SQLValue { .integer(self) }
    package static func decode(_ value: SQLValue) -> Int64? {
        if case .integer(let integer) = value { integer } else { nil }
    }
}

extension Int: Bindable {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
    package static func decode(_ value: SQLValue) -> Int? { Int64.decode(value).flatMap(Int.init(exactly:)) }
}

extension Double: Bindable {
    package var sqlValue: SQLValue { .real(self) }
    package static func decode(_ value: SQLValue) -> Double? {
        switch value {
        case .real(let real): real
        case .integer(let integer): Double(integer)
        default: nil
        }
    }
}

extension Bool: Bindable {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    package static func decode(_ value: SQLValue) -> Bool? { Int64.decode(value).map { $0 != 0 } }
}

extension Array: Bindable where Element == UInt8 {
    package var sqlValue: SQLValue { .blob(self) }
    package static func decode(_ value: SQLValue) -> [UInt8]? {
        if case .blob(let bytes) = value { bytes } else { nil }
    }
}

extension Data: Bindable {
    package var sqlValue: SQLValue { .blob([UInt8](self)) }
    package static func decode(_ value: SQLValue) -> Data? { [UInt8].decode(value).map { Data($0) } }
}

/// An instant is stored as whole microseconds since 1970 UTC, exactly.
extension Date: Bindable {
    package var sqlValue: SQLValue { .integer(microsecondsSince1970) }
    package static func decode(_ value: SQLValue) -> Date? {
        Int64.decode(value).map { Date(microsecondsSince1970: $0) }
    }

    package var microsecondsSince1970: Int64 { Int64((timeIntervalSince1970 * 1_000_000).rounded()) }
    package init(microsecondsSince1970 microseconds: Int64) {
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    package var sqlValue: SQLValue { self?.sqlValue ?? .null }
    package static func decode(_ value: SQLValue) -> Wrapped?? {
        if case .null = value { return .some(nil) }
        guard let wrapped = Wrapped.decode(value) else { return nil }
        return .some(wrapped)
    }
}

/// A string enum is stored as its raw value: `extension Status: Bindable {}` is all that it needs.
extension Bindable where Self: RawRepresentable, RawValue == String {
    package var sqlValue: SQLValue { .text(rawValue) }
    package static func decode(_ value: SQLValue) -> Self? { String.decode(value).flatMap(Self.init(rawValue:)) }
}
