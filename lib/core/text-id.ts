import { hash } from 'node:crypto'

/**
 * A UUID (version 8) made of the first 128 bits of the text's SHA-256: the same text is the same id, wherever it is made.
 * Server only; the database makes the same one (prisma/migrations/0003_lanes).
 */
export function idOfText(text: string): string {
  const hex = hash('sha256', text, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
