/// The Markdown report as a Mustache template over `ReportView`.
let markdownTemplate = """
  {{% CONTENT_TYPE: TEXT}}
  # What was tuned

  {{#answer}}
  {{.}}
  {{/answer}}

  {{#groups}}
  ## Winners with {{conditions}}

  Medians of all samples with the 95 % interval of the median, in the unit before the brackets; below six samples there
  is none, and their number stands instead. Ties are other candidates within 5 % of the winner. "Over default" is the time of the untuned default over the winner's.

  | problem | winner | ties | time | GFLOP/s nominal | useful | % of peak nominal | useful | bound, GFLOP/s | % of it | GB/s | over default | max error | workspace | packed weights | both over the tensors |
  |:--|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
  {{#rows}}
  | `{{problem}}` | {{winner}} | {{ties}} | {{time}} | {{nominal}} | {{useful}} | {{nominalShare}} | {{usefulShare}} | {{bound}} | {{boundShare}} | {{bandwidth}} | {{gain}} | {{error}} | {{workspace}} | {{weights}} | {{ofTensors}} |
  {{/rows}}

  {{#hasPassedOver}}
  Faster, but not winners:
  {{#passedOver}}
  - {{.}}
  {{/passedOver}}

  {{/hasPassedOver}}
  ### Problems by variants

  The best candidate of each variant: nominal GFLOP/s, and of the peak. – where the variant refuses; those far behind
  were given too few samples to be compared.

  | problem |{{matrix.header}}
  |:--|{{matrix.rule}}
  {{#matrix.rows}}
  | `{{problem}}` |{{cells}}
  {{/matrix.rows}}

  {{#hasRegrets}}
  ### Expected regret of each rung

  Each problem left out in turn: how much longer than its best candidate takes what the lookup would choose without its own
  measurements. A choice that was not measured is unknown, and in no figure; `atrous tune --strategy leave-one-out` measures
  those of the nearest problem and of the cost model.

  | rung | problems | unknown | median | geometric mean | worst |
  |:--|--:|--:|--:|--:|:--|
  {{#regrets}}
  | {{rung}} | {{problems}} | {{unknown}} | {{median}} | {{mean}} | {{worst}} |
  {{/regrets}}

  {{/hasRegrets}}
  {{/groups}}
  {{#machines}}
  ## Machine `{{key}}`

  As the machine itself claims, unchecked:

  | fact | value |
  |:--|:--|
  {{#facts}}
  | {{name}} | {{value}} |
  {{/facts}}

  {{#hasPeaks}}
  Measured, the median with its 95 % interval:

  | instruction set | threads | FMA peak, GFLOP/s | run |
  |:--|--:|--:|:--|
  {{/hasPeaks}}
  {{#peaks}}
  | {{isa}} | {{threads}} | {{value}} | `{{run}}` |
  {{/peaks}}
  {{^hasPeaks}}
  No run has measured the FMA peak.
  {{/hasPeaks}}

  Runs:
  {{#runs}}
  - {{.}}
  {{/runs}}
  {{#warnings}}
  - Not at rest when measured: {{.}}
  {{/warnings}}

  {{/machines}}
  ## Variants side by side

  The best candidate of each variant, and why others do not apply.

  {{#problems}}
  ### `{{problem}}`

  With {{conditions}}. Tried: {{outcomes}}.

  {{#hasRows}}
  | candidate | time | to the best | GFLOP/s nominal | useful | samples | max error | workspace | packed weights |
  |:--|--:|--:|--:|--:|--:|--:|--:|--:|
  {{#rows}}
  | `{{candidate}}` | {{time}} | {{behind}} | {{nominal}} | {{useful}} | {{samples}} | {{error}} | {{workspace}} | {{weights}} |
  {{/rows}}

  {{/hasRows}}
  {{#hasRefusals}}
  Refused:
  {{#refusals}}
  - {{.}}
  {{/refusals}}

  {{/hasRefusals}}
  {{/problems}}
  ## Coverage

  {{#isCovered}}
  Every problem of the database has a winner under all its conditions.
  {{/isCovered}}
  {{#uncovered}}
  - `{{problem}}`, with {{conditions}}: {{reason}}
  {{/uncovered}}

  ## How to read it

  - *Nominal* counts all taps, as other libraries quote it, so a fast algorithm may pass the peak; *useful* counts only
    taps that touch data.
  - The peak is the FMA rate that the same run measured with the same instruction set and threads.
  - The *bound* is what the peak allows the algorithm here that needs the fewest multiplications, in nominal GFLOP/s, each
    multiplication an FMA; transforms and memory come on top. *GB/s* counts the bytes that must move, every tensor once.
  - *Max error* is max|y − ref| / max|ref| against a Float64 reference; the divisor is taken before the activation.
  - A winner's workspace and packed weights stay within four times the bytes of input, output and weights, unless it is 1.5
    times as fast as the best that stays there; its error stays under 2e-5 wherever that takes less than 5 % longer.
  - The untuned default is what the library runs without any measurement.

  """
