/** A count as staff types it: "9,000,000" or "9 000 000"; null: it is none. What it may be is for the server to say. */
export function readCount(text: string): number | null {
  const plain = text.replace(/[\s,_]/g, '')
  return /^\d{1,15}$/.test(plain) ? Number(plain) : null
}
