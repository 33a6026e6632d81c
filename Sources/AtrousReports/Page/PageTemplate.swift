/// The page as a Mustache template over `Page`. Texts are escaped by the template, drawings by their writer.
let pageTemplate = """
  <!doctype html>
  <html lang="en">
  <head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
  <link rel="icon" href="data:,">
  <title>{{title}}</title>
  <style>{{{style}}}</style>
  </head>
  <body>
  <a class="skip" href="#main">To the figures</a>
  <header>
  <h1>{{title}}</h1>
  {{#lead}}<p class="lead">{{.}}</p>
  {{/lead}}
  {{#answers}}<section class="answer">
  <p class="claim">{{claim}}</p>
  <dl class="numbers">{{#numbers}}<div><dt>{{label}}</dt><dd>{{value}}</dd></div>{{/numbers}}</dl>
  <p class="conditions">{{conditions}}</p>
  </section>
  {{/answers}}
  <nav aria-label="Sections"><ul>{{#sections}}<li><a href="#{{id}}">{{title}}</a></li>{{/sections}}</ul></nav>
  </header>
  <main id="main">
  {{#sections}}
  <section id="{{id}}" aria-labelledby="{{id}}-title">
  <h2 id="{{id}}-title">{{title}}</h2>
  {{#lead}}<p>{{.}}</p>
  {{/lead}}
  {{#hasFigures}}<div class="figures">
  {{#figures}}<figure class="{{style}}" id="{{id}}">
  <figcaption><strong>{{title}}</strong> <span>{{caption}}</span></figcaption>
  {{#drawings}}<div class="{{style}}">{{{svg}}}</div>
  {{/drawings}}<details class="data"><summary>Numbers</summary>{{#table}}{{> table}}{{/table}}</details>
  </figure>
  {{/figures}}</div>
  {{/hasFigures}}
  {{#tables}}{{> table}}{{/tables}}
  {{#hasNotes}}<ul class="notes">{{#notes}}<li>{{.}}</li>{{/notes}}</ul>
  {{/hasNotes}}
  </section>
  {{/sections}}
  </main>
  <script>{{{script}}}</script>
  </body>
  </html>

  """

/// A table; the script makes its heads sort and adds a filter and a button that copies it.
let tableTemplate = """
  <div class="table"><table>
  <caption><span>{{caption}}</span></caption>
  <thead><tr>{{#columns}}<th scope="col" class="{{style}}">{{title}}</th>{{/columns}}</tr></thead>
  <tbody>
  {{#rows}}<tr>{{#head}}<th scope="row" class="{{style}}"{{#order}} data-order="{{.}}"{{/order}}>{{text}}</th>{{/head}}{{#cells}}<td class="{{style}}"{{#order}} data-order="{{.}}"{{/order}}{{#shade}} style="--shade:{{.}}"{{/shade}}>{{text}}</td>{{/cells}}</tr>
  {{/rows}}</tbody>
  </table></div>

  """
