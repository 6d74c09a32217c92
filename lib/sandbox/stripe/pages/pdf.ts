/** One piece of text on a page; `right` is where it ends when it is set flush right. */
export interface PdfText {
  text: string
  x: number
  /** Points from the bottom of the page. */
  y: number
  size: number
  isBold?: boolean
  isFlushRight?: boolean
}

/** US letter, in points. */
export const pdfPage = { width: 612, height: 792 }

/** A correct PDF 1.4 file of one page that holds only text in Helvetica. Letters outside Latin-1 become `?`. */
export function writePdf(texts: PdfText[], title: string): Buffer {
  const content = texts.map(drawText).join('\n')
  const font = (name: string) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${pdfPage.width} ${pdfPage.height}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>`,
    `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    `<< /Title (${escapeText(title)}) >>`,
  ]
  return Buffer.from(assemble(objects), 'latin1')
}

/** Header, objects, and the table that says at which byte each object begins. */
function assemble(objects: string[]): string {
  let file = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const start = file.length
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`
  return `${file}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${start}\n%%EOF\n`
}

function drawText({ text, x, y, size, isBold = false, isFlushRight = false }: PdfText): string {
  const left = isFlushRight ? x - widthOf(text, size) : x
  return `BT /${isBold ? 'F2' : 'F1'} ${size} Tf ${left.toFixed(2)} ${y} Td (${escapeText(text)}) Tj ET`
}

function escapeText(text: string): string {
  return [...text]
    .map((character) => (character.charCodeAt(0) < 32 || character.charCodeAt(0) > 255 ? '?' : character))
    .join('')
    .replace(/[\\()]/g, '\\$&')
}

/** Helvetica's widths of what amounts are made of; both weights agree on these. */
function widthOf(text: string, size: number): number {
  const thousandths = [...text].reduce((sum, character) => {
    if (/[.,\s]/.test(character)) return sum + 278
    return sum + (character === '-' ? 333 : 556)
  }, 0)
  return (thousandths * size) / 1_000
}
