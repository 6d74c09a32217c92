/** Signing in and out in the browser: the same doors of next-auth that its own client calls, without that client's weight. */

export type SignInReason = 'unavailable' | 'tooMany' | 'notAddress'

/** Why signing in could not be begun. */
export class SignInFailure extends Error {
  override name = 'SignInFailure'
  constructor(readonly reason: SignInReason) {
    super(reason)
  }
}

const reasons: Record<number, SignInReason> = { 400: 'notAddress', 429: 'tooMany' }

async function csrfToken(): Promise<string> {
  const response = await fetch('/api/auth/csrf', { cache: 'no-store' })
  if (!response.ok) throw new SignInFailure('unavailable')
  const { csrfToken } = (await response.json()) as { csrfToken: string }
  return csrfToken
}

async function post(path: string, fields: Record<string, string>): Promise<{ status: number; url: string | null }> {
  const body = new URLSearchParams({ ...fields, csrfToken: await csrfToken(), json: 'true' })
  const response = await fetch(`/api/auth/${path}`, { method: 'POST', body })
  const answer = (await response.json().catch(() => ({}))) as { url?: string }
  if (!response.ok && !answer.url) throw new SignInFailure(reasons[response.status] ?? 'unavailable')
  return { status: response.status, url: answer.url ?? null }
}

/** Asks for a sign-in link by e-mail. Returns where to go next. */
export async function sendSignInLink(email: string, callbackUrl: string): Promise<string> {
  const { url } = await post('signin/email', { email, callbackUrl })
  return url ?? '/sign-in/check-mail'
}

/** Starts signing in at GitHub or Google. Returns the address to go to. */
export async function startProvider(provider: string, callbackUrl: string): Promise<string> {
  const { url } = await post(`signin/${provider}`, { callbackUrl })
  return url ?? '/sign-in'
}

/** Ends the session and leaves for the sign-in page, or for another page of ours. */
export async function leave(path = '/sign-in'): Promise<void> {
  await post('signout', { callbackUrl: path })
  location.assign(path)
}
