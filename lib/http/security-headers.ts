/** What browsers are told about every answer: what may run, where forms may go, and that nothing private is kept. */

export interface SecurityFacts {
  /** Fresh for each answer: only scripts and styles that carry it run. */
  nonce: string
  appUrl: string
  /** Origins besides ours to which a form, or the redirect that answers it, may lead. */
  formTargets: string[]
  isDevelopment: boolean
}

const checkoutOrigin = 'https://checkout.stripe.com'

/** The content security policy. Style attributes stay allowed: charts are placed with them, and they run nothing. */
export function contentSecurityPolicy({ nonce, appUrl, formTargets, isDevelopment }: SecurityFacts): string {
  const directives = [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    // The development server injects styles without a nonce; a nonce beside 'unsafe-inline' would cancel it.
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "worker-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    `form-action ${["'self'", checkoutOrigin, ...formTargets].join(' ')}`,
    ...(isSecure(appUrl) ? ['upgrade-insecure-requests'] : []),
  ]
  return directives.join('; ')
}

/** The headers of every answer that is not a public, unchanging file. */
export function securityHeaders(facts: SecurityFacts): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(facts),
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    ...(isSecure(facts.appUrl) ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}

const isSecure = (appUrl: string): boolean => new URL(appUrl).protocol === 'https:'
