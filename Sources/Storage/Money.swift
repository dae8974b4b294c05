// SPDX-License-Identifier: Apache-2.0

/// An amount in the minor unit of its currency (cents), so that nothing is ever rounded.
package struct Money: Hashable, Sendable, Codable {
    package var minorUnits: Int64
    /// ISO 4217, upper case.
    package var currency: String

    package init(minorUnits: Int64, currency: String) {
        self.minorUnits = minorUnits
        self.currency = currency.uppercased()
    }

    /// Minor units per unit: 100, but 1 or 1000 for the currencies that ISO 4217 lists so.
    package var minorUnitsPerUnit: Int64 {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF": 1
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 1000
        default: 100
        }
    }

    /// "$280.00", "EUR 95.50", "JPY 12000".
    package var formatted: String {
        let symbol = ["USD": "$", "EUR": "€", "GBP": "£"][currency] ?? currency + " "
        return (minorUnits < 0 ? "−" : "") + symbol + magnitudeText
    }

    /// "280.00", with a hyphen where it is negative: for other programs.
    package var decimalText: String { (minorUnits < 0 ? "-" : "") + magnitudeText }

    private var magnitudeText: String {
        let magnitude = minorUnits.magnitude
        let divisor = UInt64(minorUnitsPerUnit)
        guard divisor > 1 else { return String(magnitude) }
        let fraction = String(magnitude % divisor)
        return "\(magnitude / divisor)."
            + String(repeating: "0", count: (divisor == 1000 ? 3 : 2) - fraction.count) + fraction
    }
}
