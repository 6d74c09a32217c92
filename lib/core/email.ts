/** E-mail addresses, in the one form that is stored, compared and sent to. Pure. */

const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The address in lower case, or null when it is not one plain address. Nothing is normalised into shape: look-alike
 * characters, quotes, comments, lists and display names are refused before any comparison, for each of them has once
 * let a mail for one person reach another.
 */
export function normalizeEmail(text: string): string | null {
  if (!/^[\x21-\x7e]+$/.test(text) || text.length > 254) return null
  const email = text.toLowerCase()
  const [local = '', domain = '', ...more] = email.split('@')
  if (more.length > 0 || local.length > 64 || !localPart.test(local)) return null
  const labels = domain.split('.')
  if (labels.length < 2 || !labels.every((label) => domainLabel.test(label)) || /^\d+$/.test(labels.at(-1)!))
    return null
  return email
}
