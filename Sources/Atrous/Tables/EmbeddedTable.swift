// Made by `atrous export --format swift`; do not edit.
// swift-format-ignore-file

/// A dispatch table as text: read it with `Table(text:)`.
let embeddedTable = """
  atrous-table 1\tatrous 0.1.0 2058f3b62d86361d
  machine\t0\tm1 x86_64 amd 25.1.1 v3 l1d:32K/8 l2:512K/8 l3:32M/16\t2
  c128 h38 w38 k128 r3 s3 d3 p3 nhwc\t0\t1\twinograd avx2 th5 tw4 tb36 mr6 nv2\t1\t2067987.0\t2014497.0\t2804859.0
  c128 h64 w128 k128 r3 s1 dh8 ph8 nhwc\t0\t1\tdirect-nhwc avx2 mr6 nv2 kc0 pb0\t1\t8869837.5\t8771518.0\t9182869.0
  c128 h65 w65 k256 r3 s3 st2 d2 p2 nhwc\t0\t1\tdirect-nhwc avx2 mr6 nv2 kc0 pb0\t1\t6779993.5\t6749135.0\t6827412.0
  c16 h32 w32 k16 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw4 tb0 mr6 nv2\t1\t35083.5\t34725.0\t35837.0
  c2048 h33 w33 k256 r3 s3 d18 p18 nhwc\t0\t1\tshort-phase avx2 sb96 cb256 mr6 nv2\t1\t30263458.0\t30115891.0\t30327538.0
  c21 h64 w64 k21 r3 s3 d8 p8 nhwc\t0\t1\twinograd avx2 th4 tw4 tb36 mr4 nv3\t1\t209128.0\t206087.0\t214382.0
  c512 h33 w33 k512 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw6 tb0 mr6 nv2\t1\t14819544.0\t14527942.0\t14959921.0
  c64 h96 w128 k64 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw6 tb36 mr6 nv2\t1\t4131863.0\t4101340.0\t4226526.0
  c64 w16000 k128 s2 d64 pl64 nhwc\t0\t1\tdirect-nhwc avx2 mr6 nv2 kc0 pb0\t1\t6310287.5\t6209754.0\t6796855.0
  g960 c960 h33 w33 k960 r3 s3 d2 p2 nhwc\t0\t1\tdepthwise avx2 ph1\t1\t548238.0\t524443.0\t565821.0

  """
