/// The page's look. Figures take their colours from the same custom properties as the text.
let pageStyle = #"""
  :root {
    color-scheme: light dark;
    --paper: #fcfcfb; --raised: #f3f3f0; --ink: #1d2126; --soft: #5b636d; --faint: #8a929b; --rule: #dcdcd6;
    --best: #1f6f8b; --on-best: #ffffff; --plain: #a9b4bd; --peer: #b5651d; --heat: #1f6f8b; --mark: #b03a2e;
    --s0: #1f6f8b; --s1: #b5651d; --s2: #5d7a2c; --s3: #8e4a86; --s4: #4a5fa5; --s5: #8a7a1c;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --paper: #14171a; --raised: #1d2226; --ink: #e4e6e8; --soft: #a4adb6; --faint: #78828c; --rule: #30373d;
      --best: #5fb4d0; --on-best: #08161c; --plain: #56626c; --peer: #e09a55; --heat: #5fb4d0; --mark: #f08a7a;
      --s0: #5fb4d0; --s1: #e09a55; --s2: #a3c46a; --s3: #d194c8; --s4: #93a6ea; --s5: #d3c060;
    }
  }
  * { box-sizing: border-box; }
  html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
  body {
    margin: 0 auto; max-width: 78rem; padding: 2.5rem 1.25rem 5rem; background: var(--paper); color: var(--ink);
    font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
    font-variant-numeric: tabular-nums lining-nums; overflow-wrap: break-word;
  }
  h1, h2 { line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
  h1 { font-size: clamp(1.6rem, 1.2rem + 1.6vw, 2.3rem); margin: 0 0 .5rem; }
  h2 { font-size: 1.35rem; margin: 0 0 .6rem; padding-top: 1.2rem; border-top: 1px solid var(--rule); }
  p { max-width: 44rem; margin: 0 0 .8rem; text-wrap: pretty; }
  main > section { margin-top: 2.6rem; }
  a { color: var(--best); text-underline-offset: .15em; }
  .lead, .conditions, .notes { color: var(--soft); }
  .conditions, .notes { font-size: .85rem; }
  .skip { position: absolute; left: -100vw; }
  .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; z-index: 9; }
  :focus-visible { outline: 2px solid var(--best); outline-offset: 2px; border-radius: 2px; }

  .answer { margin-top: 1.6rem; }
  .claim { font-size: clamp(1.1rem, 1rem + .6vw, 1.35rem); line-height: 1.4; max-width: 48rem; }
  .numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11.5rem), 1fr)); gap: .75rem; margin: 1rem 0; }
  .numbers div { background: var(--raised); border-radius: .5rem; padding: .8rem 1rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
  .numbers dd { margin: 0; font-size: 1.8rem; font-weight: 600; letter-spacing: -.02em; line-height: 1.2; }
  .numbers dt { color: var(--soft); font-size: .85rem; line-height: 1.35; }

  nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; list-style: none; margin: 1.4rem 0 0; padding: 0; font-size: .9rem; }
  nav a { text-decoration: none; }
  nav a:hover { text-decoration: underline; }

  .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1.8rem 1.6rem; margin: 1.2rem 0 1.6rem; }
  .figure { margin: 0; min-width: 0; }
  .wide { grid-column: 1 / -1; }
  figcaption { font-size: .85rem; line-height: 1.4; color: var(--soft); margin-bottom: .6rem; max-width: 44rem; }
  figcaption strong { color: var(--ink); display: block; font-size: .95rem; font-weight: 600; }
  .drawing { max-width: 32rem; }
  .at-wide { display: none; max-width: none; }
  svg { display: block; width: 100%; height: auto; overflow: visible; font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
  .label, .tick { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
  .problem { font-weight: 600; }
  .inside { fill: var(--on-best); stroke: none; }
  .on-cell { stroke: none; }
  .tick { fill: var(--soft); font-size: 10px; }
  .strong { fill: var(--ink); }
  .grid { stroke: var(--rule); stroke-width: 1; }
  .axis { stroke: var(--faint); stroke-width: 1; }
  .reference { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; opacity: .6; }
  .bar.best { fill: var(--best); } .bar.plain { fill: var(--plain); } .bar.peer { fill: var(--peer); }
  .bar.weights { fill: var(--s4); opacity: .75; }
  .whisker { stroke: var(--ink); stroke-width: 1.2; }
  .mark { fill: var(--mark); stroke: var(--paper); stroke-width: .6; }
  .tie { fill: var(--paper); stroke: var(--ink); stroke-width: 1.1; }
  .cell { fill: color-mix(in srgb, var(--heat) var(--shade), var(--raised)); }
  .cell.slow { fill: none; stroke: var(--rule); stroke-dasharray: 2 2; }
  .cell.best { stroke: var(--ink); stroke-width: 1.5; }
  .dot { fill: var(--ink); stroke: var(--paper); stroke-width: .8; }
  .line { fill: none; stroke: var(--ink); stroke-width: 1.5; }
  .dot.nominal, .dot.front { fill: var(--best); } .line.front, .line.stem { stroke: var(--best); }
  .line.stem { stroke-width: 1; opacity: .5; }
  .dot.useful, .dot.behind { fill: var(--paper); stroke: var(--best); stroke-width: 1.3; }
  .dot.behind { stroke: var(--faint); }
  .line.roof { stroke: var(--ink); opacity: .7; } .line.ideal { stroke: var(--faint); stroke-dasharray: 3 3; }
  .line.s0 { stroke: var(--s0); } .line.s1 { stroke: var(--s1); } .line.s2 { stroke: var(--s2); }
  .line.s3 { stroke: var(--s3); } .line.s4 { stroke: var(--s4); } .line.s5 { stroke: var(--s5); }
  .dot.s0, .label.s0 { fill: var(--s0); } .dot.s1, .label.s1 { fill: var(--s1); } .dot.s2, .label.s2 { fill: var(--s2); }
  .dot.s3, .label.s3 { fill: var(--s3); } .dot.s4, .label.s4 { fill: var(--s4); } .dot.s5, .label.s5 { fill: var(--s5); }

  .table { overflow: auto; width: fit-content; max-width: 100%; max-height: 38rem; margin: 0 0 1.6rem; scrollbar-width: thin; border: 1px solid var(--rule); border-radius: .4rem; }
  table { border-collapse: separate; border-spacing: 0; min-width: min(100%, 20rem); font-size: .83rem; line-height: 1.4; }
  caption span { display: inline-block; position: sticky; left: .7rem; max-width: min(44rem, 100vw - 4rem); }
  .figure:not(.wide) caption span { max-width: 15rem; }
  caption { text-align: left; padding: .55rem .7rem; color: var(--soft); caption-side: top; }
  th, td { padding: .32rem .7rem; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); font-weight: 400; }
  tbody tr:last-child > * { border-bottom: 0; }
  thead th { position: sticky; top: 0; background: var(--raised); font-weight: 600; vertical-align: bottom; z-index: 1; }
  th button { all: unset; cursor: pointer; font: inherit; }
  th button:focus-visible { outline: 2px solid var(--best); }
  th button::after { content: "\2195"; color: var(--faint); margin-left: .3em; font-size: .85em; }
  th[aria-sort=ascending] button::after { content: "\2191"; color: var(--ink); }
  th[aria-sort=descending] button::after { content: "\2193"; color: var(--ink); }
  tr > :first-child { position: sticky; left: 0; background: var(--paper); }
  thead tr > :first-child { background: var(--raised); z-index: 2; }
  .number { text-align: right; white-space: nowrap; }
  .code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; white-space: nowrap; }
  thead .code { font: inherit; font-weight: 600; }
  thead th { min-width: 3.2rem; }
  thead .number { white-space: normal; }
  td[style] { background: color-mix(in srgb, var(--heat) calc(var(--shade) * .45), transparent); }
  td.best { font-weight: 700; }
  tbody tr:hover > * { box-shadow: inset 0 -1px var(--faint); }

  .bar-of-controls { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: 0 0 .4rem; font-size: .83rem; }
  .bar-of-controls label, .bar-of-controls output { color: var(--soft); }
  input[type=search], .copy { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--rule); border-radius: .35rem; padding: .25rem .6rem; }
  input[type=search] { flex: 0 1 16rem; min-width: 8rem; }
  .copy { cursor: pointer; color: var(--soft); font-size: .8rem; }
  .copy:hover { color: var(--ink); border-color: var(--faint); }
  .copy.of-figure { float: right; margin-top: .35rem; }
  details.data { margin-top: .5rem; font-size: .83rem; }
  summary { cursor: pointer; color: var(--soft); font-size: .8rem; padding: .25rem 0; }
  details .bar-of-controls { margin-top: .4rem; }
  .notes { padding-left: 1.1rem; max-width: 48rem; }

  @media (min-width: 62rem) {
    .at-wide { display: block; }
    .at-narrow { display: none; }
  }
  @media print {
    :root { --paper: #fff; --raised: #f3f3f0; --ink: #000; --soft: #444; --faint: #777; --rule: #ccc; --best: #1f6f8b; --on-best: #fff; --plain: #a9b4bd; --heat: #1f6f8b; --mark: #b03a2e; }
    body { max-width: none; padding: 0; font-size: 9.5pt; }
    nav, .skip, .copy, .bar-of-controls, details.data, th button::after { display: none; }
    .table { max-height: none; overflow: visible; border: 0; width: auto; }
    table { font-size: 7.5pt; } thead th { position: static; min-width: 0; overflow-wrap: anywhere; } th, td { padding: .15rem .3rem; white-space: normal !important; }
    figure, tr { break-inside: avoid; } h2 { break-after: avoid; }
    * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  }
  """#
