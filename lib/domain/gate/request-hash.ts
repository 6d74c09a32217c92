import { hash } from 'node:crypto'

/**
 * A fingerprint of what a caller asked for, so that the same key with another body is told apart. Fields in a fixed
 * order; amounts and counts as text.
 */
export function requestHash(fields: (string | bigint | Date | null | undefined)[]): Buffer {
  const texts = fields.map((field) => (field instanceof Date ? field.toISOString() : (field?.toString() ?? null)))
  return hash('sha256', JSON.stringify(texts), 'buffer')
}
