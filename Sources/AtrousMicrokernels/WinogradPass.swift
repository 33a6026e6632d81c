// Winograd's minimal filtering, F(m,r): m outputs y of r taps w from a patch x of α = m + r − 1 pixels with α products,
// y = Aᵀ [ (G w) ⊙ (Bᵀ x) ]; in two dimensions y = Aᵀ [ (G w Gᵀ) ⊙ (Bᵀ x B) ] A, one pass along each axis. Along an
// axis of one tap all three are the identity, and there is no pass.
// (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; by Cook and Toom's interpolation.)
//
// Points 0, ∞, 1, −1, 2, −2, ½, −½, ¾, −¾: a patch of α pixels takes the first α; none has 9. With M(x) = Π (x − a) over its finite
// points:
//   G   row a: g(a)·[1, a, a², …];                   row ∞: [0, …, 0, 1];   r columns
//   Bᵀ  row a: M(x) / (x − a) / (N(a)·g(a));         row ∞: M(x), both as coefficients of x⁰, x¹, …
//   Aᵀ  column a: [1, a, a², …];                     column ∞: [0, …, 0, 1];   m rows
// where N(a) = Π (a − b) over the other finite points b, and g(a) = 1 / N(a) of α = 8: −2/9 for ±1, 1/90 for ±2, 32/45
// for ±½, and 1 for 0 (its −1 stands in Bᵀ); of α = 10, 32768/17325, for ±¾. So G's rows do not depend on m: one set of transformed weights serves all
// sizes, a smaller patch reading its first α rows and columns. What is left in Bᵀ is the product of (a − b) over the
// points b that α = 8 has more: dyadic, so every coefficient of Bᵀ and Aᵀ is exact. (α = 10 has more than 8, and divides by it.) Bᵀ depends on α alone: F(4,2),
// F(3,3) and F(2,4) share it, and differ in how many rows Aᵀ has, ∞ going to the last.
//
// A patch's loops take the fields of their pass into locals first: stores may alias it, so they would be read again for every
// line, which is often one vector (16→16 32×32 d2 12.9 → 12.1 µs on a Zen 5 core).
//
// Register budget of a pass: α values and as many results; α = 8 holds 8 + 6 with the common halves, and its
// coefficients come from memory.

import CAtrousMicrokernel

typealias WinogradPass = atrous_winograd_pass

extension WinogradPass {
  @inline(__always) func live(_ x: Floats, _ element: Int) -> Vector {
    element >= begin && element < end ? load(x + (element &* fromElement)) : .zero
  }
}

/// Row `row` of y, `step` from the one before; the last of the `outputs` rows has the product at ∞ in addition.
@inline(__always) func put(
  _ value: Vector, _ y: MutableFloats, _ step: Int, row: Int, of outputs: Int, _ infinity: Vector
) {
  if row >= outputs { return }
  store(row == outputs &- 1 ? value + infinity : value, y + (row &* step))
}

/// a + c · x by C's builtin: `multiplyAdd` comes back by halves of a vector where two of them share c.
@inline(__always) func axpy(_ a: Vector, _ c: Float, _ x: Vector) -> Vector {
  #if ATROUS_SEPARATE_MULTIPLY_ADD
    multiplyAdd(a, Vector(repeating: c), x)
  #elseif ATROUS_LANES_16
    atrous_multiply_add_16(a, Vector(repeating: c), x)
  #else
    atrous_multiply_add_8(a, Vector(repeating: c), x)
  #endif
}

@inline(__always) func transformInput(_ algorithm: Int32, _ pass: WinogradPass) {
  switch Int(algorithm) {
  case ATROUS_AXIS_PATCH_3: winogradInput3(pass)
  case ATROUS_AXIS_PATCH_4: winogradInput4(pass)
  case ATROUS_AXIS_PATCH_5: winogradInput5(pass)
  case ATROUS_AXIS_PATCH_6: winogradInput6(pass)
  case ATROUS_AXIS_PATCH_7: winogradInput7(pass)
  case ATROUS_AXIS_PATCH_8: winogradInput8(pass)
  case ATROUS_AXIS_PATCH_10: winogradInput10(pass)
  default: shortInput(Int(algorithm), pass)
  }
}

/// Only a patch's transform asks for `outputs`; a short phase has as many as its algorithm.
@inline(__always) func transformOutput(_ algorithm: Int32, _ outputs: Int, _ pass: WinogradPass) {
  switch Int(algorithm) {
  case ATROUS_AXIS_PATCH_3: winogradOutput3(outputs, pass)
  case ATROUS_AXIS_PATCH_4: winogradOutput4(outputs, pass)
  case ATROUS_AXIS_PATCH_5: winogradOutput5(outputs, pass)
  case ATROUS_AXIS_PATCH_6: winogradOutput6(outputs, pass)
  case ATROUS_AXIS_PATCH_7: winogradOutput7(outputs, pass)
  case ATROUS_AXIS_PATCH_8: winogradOutput8(outputs, pass)
  case ATROUS_AXIS_PATCH_10: winogradOutput10(outputs, pass)
  default: shortOutput(Int(algorithm), pass)
  }
}
