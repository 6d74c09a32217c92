/** Who counts as one person for the signup credit. Pure. */
import { cents } from '@/lib/core/money'

/** PRODUCT "Buying credit". */
export const signupCredit = cents(100)

/** Domains of one and the same mailbox provider, under the name that stands for all of them; dots mean nothing to it. */
const withoutDots: Record<string, string> = { 'gmail.com': 'gmail.com', 'googlemail.com': 'gmail.com' }

/**
 * The person behind a verified address, as far as it tells: without case, without what stands after a plus sign, and without
 * dots where the provider ignores them. Only compared, never mailed to.
 */
export function identityOf(email: string): string {
  const [local = '', domain = ''] = email.normalize('NFC').toLowerCase().split('@')
  const mailbox = local.split('+')[0] || local
  const provider = withoutDots[domain]
  return provider ? `${mailbox.replaceAll('.', '')}@${provider}` : `${mailbox}@${domain}`
}
