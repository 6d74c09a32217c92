import type { InvoiceText } from './describe-invoice'
import { html } from './html'
import { page } from './layout'

/** The page behind `hosted_invoice_url`. */
export function renderInvoicePage(invoice: InvoiceText, pdfUrl: string): string {
  const row = ([label, value]: [string, string]) => html`<li><span>${label}</span><span>${value}</span></li>`
  const fact = ([label, value]: [string, string]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`
  return page(
    `Invoice ${invoice.number} from ${invoice.merchant}`,
    html`<main class="receipt">
<p class="merchant">${invoice.merchant}</p>
<h1>Invoice</h1>
<p class="amount">${invoice.headline}</p>
<p><a class="button" href="${pdfUrl}">Download PDF</a></p>
<dl class="facts">
${invoice.facts.map(fact)}
<div><dt>Bill to</dt><dd>${invoice.billTo.map((part) => html`<span class="line">${part}</span>`)}</dd></div>
</dl>
<h2>Summary</h2>
<ul class="lines">${invoice.lines.map(row)}</ul>
<ul class="lines parts">${invoice.totals.map(row)}</ul>
<p class="total"><span>${invoice.paid[0]}</span><span>${invoice.paid[1]}</span></p>
${invoice.notes.map((note) => html`<p class="fine">${note}</p>`)}
</main>`,
  )
}
