/// The looks of a page that stands alone: light and dark by the reader's own setting, colours of
/// arms as Okabe and Ito chose them (Color Universal Design, 2008), which all eyes tell apart.
let inlineStyle = "<style>\n\(colors)\n\(text)\n\(charts)\n</style>"

private let colors = """
    :root {
      color-scheme: light dark;
      --ground: #fcfcfa; --ink: #1d2327; --faint: #626b70; --line: #e2e4e0; --head: #f1f2ee;
      --good: #00734f; --bad: #b03a00; --open: #8a6100; --tint: #d55e0022; --heat: #0072b2;
      --over: #b03a00; --c1: #0072b2; --c2: #d55e00; --c3: #009e73; --c4: #cc79a7; --c5: #e69f00;
      --c6: #56b4e9;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #15191c; --ink: #e3e6e4; --faint: #98a2a5; --line: #2b3236; --head: #1d2327;
        --good: #4fc79b; --bad: #ff9a66; --open: #e3b34d; --tint: #d55e002e; --heat: #56b4e9;
        --over: #ffb37a; --c1: #56b4e9; --c2: #e69f00; --c3: #2bbf95; --c4: #cc79a7; --c5: #f0e442;
        --c6: #d55e00;
      }
    }
    """

private let text = """
    body {
      margin: 0; background: var(--ground); color: var(--ink);
      font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
    }
    main { max-width: 78rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
    h1 { font-size: 1.5rem; letter-spacing: -0.01em; margin: 0; }
    h2 { font-size: 1.15rem; margin: 1.5rem 0 0; text-transform: capitalize; }
    h3 { font-size: 1rem; margin: 1.25rem 0 0.25rem; }
    .note { color: var(--faint); margin: 0.25rem 0 0.75rem; max-width: 60rem; }
    .line { margin: 0.2rem 0; }
    .line strong { display: inline-block; min-width: 8rem; letter-spacing: 0.04em; font-size: 0.8rem; }
    .scroll { overflow-x: auto; margin: 1rem 0; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
    caption { text-align: left; font-weight: 600; padding: 0 0 0.4rem; }
    th, td { padding: 0.3rem 0.8rem; text-align: left; white-space: nowrap; }
    th, td { border-bottom: 1px solid var(--line); }
    th { background: var(--head); font-weight: 600; }
    .number { text-align: right; }
    .tone-good td:first-child, strong.tone-good { color: var(--good); }
    .tone-bad td:first-child, strong.tone-bad { color: var(--bad); font-weight: 600; }
    .tone-open td:first-child, strong.tone-open { color: var(--open); }
    @media (max-width: 40rem) {
      main { padding: 1rem 0.9rem 3rem; }
      .line strong { display: block; min-width: 0; }
    }
    @media print { .scroll { overflow: visible; } }
    """

private let charts = """
    figure { margin: 1.75rem 0; max-width: 60rem; }
    figcaption { font-weight: 600; }
    figure .note { margin: 0 0 0.5rem; font-size: 0.85rem; }
    details { font-size: 0.9rem; }
    summary { color: var(--faint); cursor: pointer; font-size: 0.85rem; }
    figure > svg { display: block; width: 100%; height: auto; }
    figure > svg.narrow { display: none; }
    @media screen and (max-width: 40rem) {
      figure > svg.wide { display: none; }
      figure > svg.narrow { display: block; }
    }
    svg text { font-size: 11.5px; fill: var(--faint); font-variant-numeric: tabular-nums; }
    svg text { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
    svg text { stroke-linejoin: round; }
    svg .title, svg .day, svg .end { fill: var(--ink); }
    svg .title { font-weight: 600; }
    svg .alarm { fill: var(--bad); font-weight: 600; }
    svg path, svg .dot { fill: none; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
    .grid { stroke: var(--line); }
    .axis { stroke: var(--faint); }
    .meant { stroke: var(--faint); stroke-width: 1.4; stroke-dasharray: 5 4; }
    svg .tint { fill: var(--tint); }
    .moment { stroke: var(--bad); }
    .limit { stroke: var(--bad); stroke-width: 1.4; stroke-dasharray: 2 3; }
    svg .mark { fill: var(--bad); }
    svg .line { stroke: var(--c); stroke-width: 2; }
    svg .band { fill: var(--c); fill-opacity: 0.24; }
    svg .dot { fill: var(--c); stroke: var(--ground); stroke-width: 1.5; }
    svg .point { fill: var(--c); }
    .interval { stroke: var(--c); stroke-width: 2; stroke-linecap: round; }
    .arm1, .fine { --c: var(--c1); } .arm2 { --c: var(--c2); } .arm3 { --c: var(--c3); }
    .arm4 { --c: var(--c4); } .arm5 { --c: var(--c5); } .arm6 { --c: var(--c6); }
    .evidence { --c: var(--ink); } .off { --c: var(--bad); } .open { --c: var(--faint); }
    svg .verdict { fill: var(--faint); } svg .verdict.off { fill: var(--bad); font-weight: 600; }
    svg .heat { fill: var(--heat); } svg .failed { fill: var(--bad); }
    .h1 { fill-opacity: 0.1; } .h2 { fill-opacity: 0.18; } .h3 { fill-opacity: 0.27; }
    .h4 { fill-opacity: 0.36; } .h5 { fill-opacity: 0.46; } .h6 { fill-opacity: 0.57; }
    .h7 { fill-opacity: 0.69; } .h8 { fill-opacity: 0.83; }
    .halo { stroke: var(--ground); stroke-width: 4; stroke-opacity: 0.55; }
    .quantile { stroke: var(--over); stroke-width: 1.8; }
    .p95 { stroke-dasharray: 6 3; } .p99 { stroke-dasharray: 1.5 3; }
    """
