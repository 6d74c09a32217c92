/** The ways to sign in: a link by e-mail, and GitHub and Google where they are configured. */

import type { EmailConfig } from 'next-auth/providers/email'
import GitHubProvider from 'next-auth/providers/github'
import GoogleProvider from 'next-auth/providers/google'
import type { Provider } from 'next-auth/providers/index'
import { normalizeEmail } from '@/lib/core/email'
import { type Locale, localeFrom } from '@/lib/core/locales'
import { type MailContent, type MailWords, mailWords, renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import { linkMinutes } from './settings'
import { readChosenLocale } from './store'

/** Which providers are configured, for the sign-in page. */
export function configuredProviders(): ('github' | 'google')[] {
  const { GITHUB_ID, GITHUB_SECRET, GOOGLE_ID, GOOGLE_SECRET } = env()
  return [
    ...(GITHUB_ID && GITHUB_SECRET ? ['github' as const] : []),
    ...(GOOGLE_ID && GOOGLE_SECRET ? ['google' as const] : []),
  ]
}

/** next-auth's providers, for a browser that shows our pages in a language. `allowDangerousEmailAccountLinking` is safe here: `signIn` lets only verified addresses pass. */
export function authProviders(locale: Locale): Provider[] {
  const { GITHUB_ID, GITHUB_SECRET, GOOGLE_ID, GOOGLE_SECRET } = env()
  const providers: Provider[] = [emailProvider(locale)]
  if (GITHUB_ID && GITHUB_SECRET) {
    providers.push(
      imported(GitHubProvider)({
        clientId: GITHUB_ID,
        clientSecret: GITHUB_SECRET,
        allowDangerousEmailAccountLinking: true,
        userinfo: {
          url: `${gitHubApi}/user`,
          request: ({ tokens }) => readGitHubProfile(String(tokens.access_token)) as never,
        },
      }),
    )
  }
  if (GOOGLE_ID && GOOGLE_SECRET) {
    providers.push(
      imported(GoogleProvider)({
        clientId: GOOGLE_ID,
        clientSecret: GOOGLE_SECRET,
        allowDangerousEmailAccountLinking: true,
      }),
    )
  }
  return providers
}

/** A provider module is CommonJS: plain Node hands its default export over wrapped, a bundler does not. */
function imported<T>(provider: T): T {
  return (provider as { default?: T }).default ?? provider
}

const emailProvider = (locale: Locale): EmailConfig => ({
  id: 'email',
  type: 'email',
  name: 'Email',
  server: '',
  from: '',
  maxAge: linkMinutes * 60,
  options: {} as never,
  normalizeIdentifier(typed) {
    const address = normalizeEmail(typed)
    if (!address) throw new Error('not one plain address')
    return address
  },
  async sendVerificationRequest({ identifier, url }) {
    const words = mailWords(localeFrom(await readChosenLocale(identifier), locale))
    await sendMail({ to: identifier, ...renderMail(linkMail(words, confirmUrl(url))) })
  },
})

/**
 * The link in the mail leads to a page with a button, not to the sign-in itself: mail scanners open every link, and the
 * first to open this one would use it up.
 */
function confirmUrl(callbackUrl: string): string {
  const confirm = new URL('/sign-in/confirm', env().APP_URL)
  for (const name of ['callbackUrl', 'token', 'email']) {
    confirm.searchParams.set(name, new URL(callbackUrl).searchParams.get(name) ?? '')
  }
  return confirm.href
}

const linkMail = ({ locale, t }: MailWords, href: string): MailContent => ({
  locale,
  subject: t('sign_in.subject'),
  paragraphs: [t('sign_in.body', { minutes: linkMinutes }), t('sign_in.ignore')],
  link: { label: t('links.signIn'), href },
})

const gitHubApi = 'https://api.github.com'

/** The profile with the one address that GitHub itself has verified as the primary; the public one may be anything. */
async function readGitHubProfile(accessToken: string): Promise<Record<string, unknown>> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    accept: 'application/vnd.github+json',
    'user-agent': 'purse',
  }
  const read = async (path: string) => {
    const response = await fetch(`${gitHubApi}${path}`, { headers, signal: AbortSignal.timeout(10_000) })
    if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${path}`)
    return response.json()
  }
  const [profile, emails] = (await Promise.all([read('/user'), read('/user/emails')])) as [
    Record<string, unknown>,
    { email: string; primary: boolean; verified: boolean }[],
  ]
  const primary = emails.find((email) => email.primary && email.verified)
  return { ...profile, email: primary?.email ?? null, email_verified: primary !== undefined }
}
