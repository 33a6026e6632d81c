// The vector everything here is written against. An instruction set differs by its lanes, by whether it multiplies and
// adds in one rounding, and by how many registers hold accumulators; nothing else in this folder knows which one it is.
// Register budget: a kernel's own; see Tile.swift.

#if ATROUS_LANES_16
  typealias Vector = SIMD16<Float>
  typealias Vector64 = SIMD8<Double>
#elseif ATROUS_LANES_8
  typealias Vector = SIMD8<Float>
  typealias Vector64 = SIMD8<Double>
#else
  typealias Vector = SIMD4<Float>
  typealias Vector64 = SIMD8<Double>
#endif

typealias Floats = UnsafePointer<Float>
typealias MutableFloats = UnsafeMutablePointer<Float>

@inline(__always) var lanes: Int { Vector.scalarCount }

@inline(__always) func load(_ pointer: Floats) -> Vector {
  UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
}

@inline(__always) func store(_ value: Vector, _ pointer: MutableFloats) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Vector.self)
}

@inline(__always) func clear(_ to: MutableFloats, _ count: Int) {
  var i = 0
  while i &+ lanes <= count {
    store(.zero, to + i)
    i &+= lanes
  }
  while i < count {
    to[i] = 0
    i &+= 1
  }
}

/// acc + a · b, in one rounding where the instruction set has it. (`addProduct` on x86-64-v2 calls libm's fmaf: 13 × slower.)
@inline(__always) func multiplyAdd(_ acc: Vector, _ a: Vector, _ b: Vector) -> Vector {
  #if ATROUS_SEPARATE_MULTIPLY_ADD
    acc + a * b
  #else
    acc.addingProduct(a, b)
  #endif
}

/// The same of one lane: its bits are the vector's.
@inline(__always) func multiplyAdd(_ acc: Float, _ a: Float, _ b: Float) -> Float {
  #if ATROUS_SEPARATE_MULTIPLY_ADD
    acc + a * b
  #else
    acc.addingProduct(a, b)
  #endif
}

@inline(__always) func multiplyAdd(_ acc: Vector64, _ a: Vector64, _ b: Vector64) -> Vector64 {
  #if ATROUS_SEPARATE_MULTIPLY_ADD
    acc + a * b
  #else
    acc.addingProduct(a, b)
  #endif
}
