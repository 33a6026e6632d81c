import AtrousCore

/// The variants, in order of static preference.
public struct Registry: Sendable {
  public let variants: [any KernelVariant]

  public init(_ variants: [any KernelVariant]) { self.variants = variants }

  /// What this build ships. `reference` is last: it takes everything, is never raced, and runs only when alone.
  public static let standard: [any KernelVariant] =
    families.map { trimming($0) } + [LayoutConverting(ReferenceVariant(), native: .plain)]

  private static func trimming(_ variant: some KernelVariant) -> any KernelVariant { TapTrimming(variant) }

  private static let families: [any KernelVariant] = [
    DepthwiseNCHWVariant(),
    DepthwiseTileVariant(),
    DepthwiseBlockedVariant(),
    LayoutConverting(DepthwiseVariant()),
    LayoutConverting(GroupedVariant()),
    LayoutConverting(StrideFolding()),
    LayoutConverting(WinogradRowsVariant(), native: .channelsFirst),
    LayoutConverting(StrideReducing(ShortPhaseVariant())),
    LayoutConverting(FourierVariant()),
    LayoutConverting(PointwiseVariant()),
    LayoutConverting(DirectNHWCVariant()),
    LayoutConverting(StrideReducing(PhaseDirectVariant())),
    LayoutConverting(DirectBlockedVariant(), native: .blocked),
    LayoutConverting(DirectNCHWVariant(), native: .channelsFirst),
    LayoutConverting(Im2colGEMMVariant(), native: .channelsFirst),
    LayoutConverting(TapwiseGEMMVariant()),
    LayoutConverting(IndirectGEMMVariant()),
    LayoutConverting(DirectScalarVariant(), native: .plain),
  ]

  public static let shared = Registry(standard)

  public subscript(id: VariantID) -> (any KernelVariant)? { variants.first { $0.id == id } }

  /// The variants that take part in races: all but the reference.
  public var racing: [any KernelVariant] { variants.filter { $0.id != "reference" } }
}
