/// The look of the page: system fonts, neutral tones and one accent.
public enum ReportStyle {
    /// The style sheet of every page, for light and dark screens and for paper.
    public static let css: Markup = """

        :root {
          --paper: #fdfdfb; --ink: #1b1e21; --muted: #63696f; --hairline: #e3e4e0; --faint: #c3c7c9;
          --accent: #0b6b74;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #131618; --ink: #e9eae7; --muted: #9ba2a8; --hairline: #282d31; --faint: #4a5157;
            --accent: #5cc6cb;
          }
        }
        * { box-sizing: border-box; margin: 0; }
        html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
        body {
          background: var(--paper); color: var(--ink); max-width: 68rem; margin: 0 auto;
          padding: clamp(1.25rem, 4vw, 4rem) clamp(1.1rem, 4vw, 3rem) 4rem;
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
          font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
        }
        .title { color: var(--muted); margin-bottom: 1.25rem; }
        .note {
          display: inline-block; border: 1px solid var(--faint); border-radius: 1em; color: var(--ink);
          font-size: .8125rem; line-height: 1.4; margin-left: .4em; padding: .05em .7em;
        }
        h1 {
          font-size: clamp(1.6rem, 4.2vw, 2.5rem); font-weight: 650; letter-spacing: -.015em;
          line-height: 1.2; max-width: 26em; overflow-wrap: break-word; text-wrap: pretty;
        }
        h1 span { color: var(--muted); font-weight: 400; }
        section { margin-top: clamp(3rem, 7vw, 5rem); }
        h2 { font-size: 1.25rem; font-weight: 650; letter-spacing: -.005em; margin-bottom: .5rem; }
        h2 span { color: var(--muted); font-weight: 400; }
        .lead { color: var(--muted); margin-bottom: 1.5rem; max-width: 44em; }
        h2.configuration {
          border-top: 2px solid var(--ink); font-size: 1.6rem; margin-top: clamp(4rem, 9vw, 7rem); padding-top: 1.25rem;
        }
        h3 { font-size: 1rem; font-weight: 650; }
        .breakdown { margin-top: 2.75rem; }
        .breakdown .lead { margin-bottom: .75rem; }
        .command { color: var(--muted); font-size: .8125rem; margin-top: .9rem; }
        .command b { color: var(--ink); font-weight: 600; }
        h1 + .command, .facts + .command { margin-top: 2.5rem; }
        code { color: var(--ink); font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace; }
        .command code span { display: inline-block; }
        section > .command code, .breakdown > .command code { color: var(--muted); }
        .accent { color: var(--accent); }
        small { color: var(--muted); font-size: .8125rem; font-weight: 400; }

        .facts {
          display: grid; gap: 1.25rem 2rem; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr));
          margin-top: clamp(2rem, 5vw, 3.25rem);
        }
        .facts div {
          border-top: 1px solid var(--faint); display: flex; flex-direction: column; padding-top: .7rem;
        }
        .facts dt { order: 2; }
        .facts dd { display: contents; }
        .facts b { font-size: 1.75rem; font-weight: 500; line-height: 1.25; order: 1; }
        .facts small { line-height: 1.4; order: 3; }

        table { border-collapse: collapse; width: 100%; align-self: start; }
        caption { color: var(--muted); padding-bottom: .5rem; text-align: left; }
        th, td {
          border-bottom: 1px solid var(--hairline); font-weight: 400; padding: .45rem 0 .45rem 1.25rem;
        }
        th { text-align: left; }
        th:first-child { padding-left: 0; }
        td, thead th { text-align: right; white-space: nowrap; }
        thead th, thead td { color: var(--muted); font-size: .8125rem; vertical-align: bottom; }
        thead th:first-child { text-align: left; }
        thead th, thead td { border-bottom-color: var(--faint); }
        th small { white-space: nowrap; }
        td small, small.counts { display: block; line-height: 1.35; }
        .measured td, .measured tr:not(.group) th { vertical-align: baseline; }
        .measured tr:not(.group) th { white-space: nowrap; }
        .configurations td.bar { width: 26%; }
        .measured td.bar { vertical-align: middle; }
        small.counts { white-space: normal; }
        .group th { font-weight: 600; padding-top: 1.4rem; }
        tbody:first-of-type .group th { padding-top: .7rem; }
        td.bar { min-width: 6rem; text-align: left; width: 34%; }
        div.bar { background: var(--hairline); border-radius: 2px; height: 6px; position: relative; }
        div.bar::before {
          background: var(--accent); border-radius: 2px; content: ""; height: 6px; left: 0; max-width: 100%;
          position: absolute; width: var(--value);
        }
        .accuracy div.bar::after {
          background: var(--ink); content: ""; height: 14px; left: var(--mark); margin-left: -1px;
          position: absolute; top: -4px; width: 2px;
        }

        .pair {
          display: grid; gap: 3rem clamp(2rem, 5vw, 4rem); grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        figure { display: flex; flex-direction: column; justify-content: space-between; }
        figcaption { color: var(--muted); margin-bottom: 1.25rem; }
        figcaption b { color: var(--ink); font-weight: 600; }
        .chart { display: block; height: auto; width: 100%; }
        .chart text { fill: var(--muted); font-size: 12px; }
        .chart .middle { text-anchor: middle; }
        .chart .end { text-anchor: end; }
        .chart text.ink { fill: var(--ink); }
        .chart text.accent { fill: var(--accent); }
        .strong { font-weight: 600; }
        .chart path { fill: none; }
        .grid { stroke: var(--hairline); }
        .baseline { stroke: var(--muted); }
        .identity { stroke: var(--faint); }
        .whisker { stroke: var(--accent); stroke-width: 1.5px; }
        .dot { stroke: var(--accent); stroke-linecap: round; stroke-width: 8px; }
        .mark { stroke: var(--ink); stroke-width: 2px; }
        .dots { stroke: var(--accent); stroke-linecap: round; stroke-opacity: .4; stroke-width: 2.6px; }
        .chart path.area { fill: var(--accent); fill-opacity: .3; }
        .curve { stroke: var(--ink); stroke-linejoin: round; stroke-width: 1.5px; }
        .matched { stroke: var(--accent); stroke-width: 2px; }
        .unmatched { stroke: var(--muted); stroke-opacity: .65; stroke-width: 1.5px; }

        .names b { font-weight: 600; }
        .hit dl {
          display: flex; flex-wrap: wrap; font-size: .8125rem; gap: .3rem 1.25rem; margin-top: .4rem;
        }
        .hit dt, .hit dd { display: inline; }
        .hit dd { color: var(--ink); }
        .hit dd.accent { color: var(--accent); font-weight: 600; }
        .hit dd.wrong { font-weight: 600; }
        .parameters {
          display: grid; gap: 0 3rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr));
        }
        .parameters div {
          border-bottom: 1px solid var(--hairline); display: flex; gap: 1.5rem;
          justify-content: space-between; padding: .45rem 0;
        }
        .parameters dt { color: var(--muted); flex: none; }
        .parameters dd { text-align: right; }

        @media (max-width: 46rem) {
          .pair { grid-template-columns: minmax(0, 1fr); }
        }
        @media (max-width: 36rem) {
          .chart text { font-size: 15px; }
          .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .bar { display: none; }
          .breakdown table, section > table { font-size: .9375rem; }
          th small, .measured td small { white-space: normal; }
          .breakdown tr:not(.group) th { white-space: normal; }
          .configurations tr { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); }
          .configurations th:first-child { border-bottom: 0; grid-column: 1 / -1; }
          th, td { padding-left: .75rem; }
          .accuracy { font-size: .9375rem; }
          .parameters { grid-template-columns: minmax(0, 1fr); }
        }
        @media print {
          :root {
            --paper: #fff; --ink: #000; --muted: #444; --hairline: #ddd; --faint: #aaa; --accent: #0b6b74;
          }
          html { color-scheme: light; font-size: 10pt; print-color-adjust: exact; }
          body { max-width: none; padding: 0; }
          section { margin-top: 2rem; }
          h2, .lead, caption, thead { break-after: avoid; }
          figure, tbody, .facts, .lead { break-inside: avoid; }
        }

        """
}
