/// What the words of the page mean.
enum ReadingSection {
  static let section = Page.Section(
    id: "reading", title: "How to read it",
    notes: [
      "A problem's text: n images, c channels, k filters, g groups, h × w input, r × s taps, st stride, d dilation "
        + "(1 is dense), p padding, then the layout and the epilogue.",
      "A candidate's text: the variant, the instruction set, its tile sizes.",
      "Nominal counts all taps, as other libraries quote it; useful counts only taps that meet data.",
      "Times are medians of all samples of one run with the 95 % interval of the median; below six samples there is none, "
        + "and their number stands instead.",
      "The untuned default is what the library runs without any measurement.",
      "Kernels without a transform multiply each tap by itself; winograd, short-phase and fourier do not.",
    ])
}
