// SPDX-License-Identifier: Apache-2.0

/// A picture of real numbers with a border that repeats its edge, so that windows may look over it.
///
/// The memory is its own, allocated and freed with it; kernels get pointers into it after their windows were checked to lie inside the
/// border. It is written by the thread that prepares a frame, before others read it.
@safe final class Plane {
    /// How far a window may look over the edge.
    static let border = 24

    let width: Int, height: Int
    /// From one row to the next.
    let stride: Int
    private let storage: UnsafeMutablePointer<Float>
    private let capacity: Int
    /// The top-left pixel.
    let origin: UnsafeMutablePointer<Float>

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        stride = (width + 2 * Self.border + 7) / 8 * 8 + 8
        capacity = stride * (height + 2 * Self.border) + 32
        unsafe storage = .allocate(capacity: capacity)
        unsafe storage.initialize(repeating: 0, count: capacity)
        unsafe origin = storage + Self.border * stride + Self.border
    }

    deinit {
        unsafe storage.deallocate()
    }

    /// Repeats the edge over the border.
    func extend() {
        let border = Self.border
        for row in 0..<height {
            let line = unsafe origin + row * stride
            let first = unsafe line[0], last = unsafe line[width - 1]
            for offset in 1...border {
                unsafe line[-offset] = first
                unsafe line[width - 1 + offset] = last
            }
        }
        let whole = width + 2 * border
        let top = unsafe origin - border
        let bottom = unsafe top + (height - 1) * stride
        for offset in 1...border {
            unsafe (top - offset * stride).update(from: top, count: whole)
            unsafe (bottom + offset * stride).update(from: bottom, count: whole)
        }
    }
}
