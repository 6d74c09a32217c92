import type { InvoiceText } from './describe-invoice'
import { type PdfText, pdfPage, writePdf } from './pdf'

const left = 56
const right = pdfPage.width - 56
const longestLine = 72
const mostLines = 18

/** The file behind `invoice_pdf` or a credit note's `pdf`: the same words as the page, on one sheet. */
export function renderInvoicePdf(title: 'Invoice' | 'Credit note', invoice: InvoiceText): Buffer {
  const texts: PdfText[] = []
  let y = pdfPage.height - 72
  const write = (text: string, more: Partial<PdfText> = {}) =>
    texts.push({ text: shorten(text), x: left, y, size: 10, ...more })
  const row = ([label, value]: [string, string], isBold = false) => {
    write(label, { isBold })
    write(value, { x: right, isFlushRight: true, isBold })
    y -= 17
  }

  write(title, { size: 24, isBold: true })
  y -= 24
  write(invoice.merchant, { size: 12, isBold: true })
  y -= 30
  for (const [label, value] of invoice.facts) {
    write(label)
    write(value, { x: left + 130 })
    y -= 15
  }
  y -= 12
  write('Bill to', { isBold: true })
  for (const part of invoice.billTo) {
    y -= 14
    write(part)
  }
  y -= 34
  write('Description', { isBold: true })
  write('Amount', { x: right - 37, isBold: true })
  y -= 19
  for (const line of invoice.lines.slice(0, mostLines)) row(line)
  if (invoice.lines.length > mostLines) row([`and ${invoice.lines.length - mostLines} more`, ''])
  y -= 10
  for (const line of invoice.totals) row(line, line[0] === 'Total')
  y -= 4
  row(invoice.paid, true)
  y -= 16
  for (const note of [...invoice.notes, 'Sandbox: no real money moved.']) {
    write(note, { size: 9 })
    y -= 13
  }
  return writePdf(texts, `${title} ${invoice.number}`)
}

/** Plain letters for the few signs that the file's encoding places elsewhere. */
function shorten(text: string): string {
  const plain = text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, '-').replace(/…/g, '...')
  return plain.length > longestLine ? `${plain.slice(0, longestLine - 3)}...` : plain
}
