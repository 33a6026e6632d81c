extension Suites {
  static let detection = [switchable, receptiveFieldBlock, crowdCounting]

  static let switchable = Suite(
    "detectors-sac", "switchable atrous convolution, ResNet-50, 800 by 1344: the same weights at two rates",
    shapes: """
      c128 h100 w168 k128 r3 s3 d1 psame nhwc
      c128 h100 w168 k128 r3 s3 d3 psame nhwc
      c256 h50 w84 k256 r3 s3 d1 psame nhwc
      c256 h50 w84 k256 r3 s3 d3 psame nhwc
      c512 h25 w42 k512 r3 s3 d1 psame nhwc
      c512 h25 w42 k512 r3 s3 d3 psame nhwc
      """)

  static let receptiveFieldBlock = Suite(
    "rfb", "receptive-field block, SSD 300",
    shapes: """
      c128 h38 w38 k128 r3 s3 d1 psame nhwc
      c128 h38 w38 k128 r3 s3 d3 psame nhwc
      c128 h38 w38 k128 r3 s3 d5 psame nhwc
      c256 h19 w19 k256 r3 s3 d1 psame nhwc
      c256 h19 w19 k256 r3 s3 d3 psame nhwc
      c256 h19 w19 k256 r3 s3 d5 psame nhwc
      c64 h38 w38 k64 r3 s3 d2 psame nhwc
      """)

  static let crowdCounting = Suite(
    "csrnet", "crowd counting, back end, 768 by 1024",
    shapes: """
      c512 h96 w128 k512 r3 s3 d2 psame nhwc\t3
      c512 h96 w128 k256 r3 s3 d2 psame nhwc
      c256 h96 w128 k128 r3 s3 d2 psame nhwc
      c128 h96 w128 k64 r3 s3 d2 psame nhwc
      c64 h96 w128 k64 r3 s3 d2 psame nhwc
      """)
}
