// Z[f] = Σ_e z[e] e^(−2πi·ef/N), N a power of two, and its inverse times N: radix 2, in place, one complex number a pair of
// vectors. Decimation in frequency forward leaves Z in bit-reversed order, decimation in time backward begins there
// (Cooley and Tukey 1965; Gentleman and Sande 1966), so nothing is ever reordered.
// Register budget: two complex numbers, a twiddle, a product: 8. The innermost loop runs over the lines, which share a
// twiddle.

import CAtrousMicrokernel

/// Forward along one axis: element e of line l is at data + (e·element + l·line), in floats; `twiddles` are N/2 pairs.
@inline(never) func fourierForward(
  _ data: MutableFloats, _ count: Int, _ element: Int, _ lines: Int, _ line: Int, _ twiddles: Floats
) {
  var half = count / 2
  while half > 0 {
    let step = count / (2 &* half)
    var j = 0
    while j < half {
      let real = Vector(repeating: twiddles[2 &* j &* step])
      let imaginary = Vector(repeating: twiddles[2 &* j &* step &+ 1])
      var first = j
      while first < count {
        var a = data + first &* element
        var l = 0
        while l < lines {
          let b = a + half &* element
          let (aReal, aImaginary) = (load(a), load(a + lanes))
          let (bReal, bImaginary) = (load(b), load(b + lanes))
          let (dReal, dImaginary) = (aReal - bReal, aImaginary - bImaginary)
          store(aReal + bReal, a)
          store(aImaginary + bImaginary, a + lanes)
          store(multiplyAdd(dReal * real, -dImaginary, imaginary), b)
          store(multiplyAdd(dReal * imaginary, dImaginary, real), b + lanes)
          a += line
          l &+= 1
        }
        first &+= 2 &* half
      }
      j &+= 1
    }
    half /= 2
  }
}

/// Backward along one axis, without the division by N.
@inline(never) func fourierBackward(
  _ data: MutableFloats, _ count: Int, _ element: Int, _ lines: Int, _ line: Int, _ twiddles: Floats
) {
  var half = 1
  while half < count {
    let step = count / (2 &* half)
    var j = 0
    while j < half {
      let real = Vector(repeating: twiddles[2 &* j &* step])
      let imaginary = Vector(repeating: twiddles[2 &* j &* step &+ 1])
      var first = j
      while first < count {
        var a = data + first &* element
        var l = 0
        while l < lines {
          let b = a + half &* element
          let (aReal, aImaginary) = (load(a), load(a + lanes))
          let (bReal, bImaginary) = (load(b), load(b + lanes))
          let turnedReal = multiplyAdd(bReal * real, bImaginary, imaginary)
          let turnedImaginary = multiplyAdd(bImaginary * real, -bReal, imaginary)
          store(aReal + turnedReal, a)
          store(aImaginary + turnedImaginary, a + lanes)
          store(aReal - turnedReal, b)
          store(aImaginary - turnedImaginary, b + lanes)
          a += line
          l &+= 1
        }
        first &+= 2 &* half
      }
      j &+= 1
    }
    half &*= 2
  }
}
