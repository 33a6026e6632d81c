extension Suites {
  static let segmentation = [
    contextModule, contextModuleLarge, frontEnd, deeplab16, deeplab8, deeplabMobile, dilatedResidual,
  ]

  static let contextModule = Suite(
    "context-module", "Yu and Koltun 2016, Table 1, basic: width 21", chain: true,
    shapes: """
      c21 h64 w64 k21 r3 s3 d1 psame nhwc relu\t1\tlayer1
      c21 h64 w64 k21 r3 s3 d1 psame nhwc relu\t1\tlayer2
      c21 h64 w64 k21 r3 s3 d2 psame nhwc relu\t1\tlayer3
      c21 h64 w64 k21 r3 s3 d4 psame nhwc relu\t1\tlayer4
      c21 h64 w64 k21 r3 s3 d8 psame nhwc relu\t1\tlayer5
      c21 h64 w64 k21 r3 s3 d16 psame nhwc relu\t1\tlayer6
      c21 h64 w64 k21 r3 s3 d1 psame nhwc relu\t1\tlayer7
      c21 h64 w64 k21 r1 s1 nhwc\t1\tlayer8
      """)

  static let contextModuleLarge = Suite(
    "context-module-large", "Yu and Koltun 2016, Table 1, large: widths 42 to 672", chain: true,
    shapes: """
      c21 h64 w64 k42 r3 s3 d1 psame nhwc relu\t1\tlayer1
      c42 h64 w64 k42 r3 s3 d1 psame nhwc relu\t1\tlayer2
      c42 h64 w64 k84 r3 s3 d2 psame nhwc relu\t1\tlayer3
      c84 h64 w64 k168 r3 s3 d4 psame nhwc relu\t1\tlayer4
      c168 h64 w64 k336 r3 s3 d8 psame nhwc relu\t1\tlayer5
      c336 h64 w64 k672 r3 s3 d16 psame nhwc relu\t1\tlayer6
      c672 h64 w64 k672 r3 s3 d1 psame nhwc relu\t1\tlayer7
      c672 h64 w64 k21 r1 s1 nhwc\t1\tlayer8
      """)

  static let frontEnd = Suite(
    "front-end", "Yu and Koltun 2016, the VGG-16 front end, no padding",
    shapes: """
      c512 h66 w66 k512 r3 s3 d2 nhwc\t3\tconv5
      c512 h60 w60 k4096 r7 s7 d4 nhwc\t1\tfc6
      c4096 h36 w36 k4096 r1 s1 nhwc\t1\tfc7
      """)

  static let deeplab16 = Suite(
    "deeplab-os16", "DeepLabv3, ResNet, 513 pixels, output stride 16",
    shapes: """
      c512 h33 w33 k512 r3 s3 d2 psame nhwc
      c2048 h33 w33 k256 r3 s3 d6 psame nhwc\t1\taspp6
      c2048 h33 w33 k256 r3 s3 d12 psame nhwc\t1\taspp12
      c2048 h33 w33 k256 r3 s3 d18 psame nhwc\t1\taspp18
      c2048 h33 w33 k256 r1 s1 nhwc\t1\taspp1
      c1280 h33 w33 k256 r1 s1 nhwc\t1\tproject
      c256 h33 w33 k256 r3 s3 d1 psame nhwc
      """)

  static let deeplab8 = Suite(
    "deeplab-os8", "DeepLabv3, ResNet, 513 pixels, output stride 8",
    shapes: """
      c256 h65 w65 k256 r3 s3 d2 psame nhwc
      c512 h65 w65 k512 r3 s3 d4 psame nhwc
      c2048 h65 w65 k256 r3 s3 d12 psame nhwc\t1\taspp12
      c2048 h65 w65 k256 r3 s3 d24 psame nhwc\t1\taspp24
      c2048 h65 w65 k256 r3 s3 d36 psame nhwc\t1\taspp36
      """)

  static let deeplabMobile = Suite(
    "deeplab-mobile", "DeepLabv3+ with MobileNet-v2 and Xception, depthwise",
    shapes: """
      g960 c960 h33 w33 k960 r3 s3 d2 psame nhwc
      g576 c576 h33 w33 k576 r3 s3 d2 psame nhwc
      g728 c728 h33 w33 k728 r3 s3 d2 psame nhwc
      g1536 c1536 h33 w33 k1536 r3 s3 d2 psame nhwc
      g2048 c2048 h33 w33 k2048 r3 s3 d4 psame nhwc
      g256 c256 h65 w65 k256 r3 s3 d4 psame nhwc
      g2048 c2048 h33 w33 k2048 r3 s3 d6 psame nhwc\t1\taspp6
      g2048 c2048 h33 w33 k2048 r3 s3 d12 psame nhwc\t1\taspp12
      g2048 c2048 h33 w33 k2048 r3 s3 d18 psame nhwc\t1\taspp18
      """)

  static let dilatedResidual = Suite(
    "drn", "dilated residual networks, 224 pixels",
    shapes: """
      c256 h28 w28 k256 r3 s3 d2 psame nhwc
      c512 h28 w28 k512 r3 s3 d4 psame nhwc
      c512 h28 w28 k512 r3 s3 d2 psame nhwc
      c512 h28 w28 k512 r3 s3 d1 psame nhwc
      """)
}
