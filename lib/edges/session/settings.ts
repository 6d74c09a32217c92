/** How sessions travel: one cookie, as strict as the address allows. */
import { env } from '@/lib/edges/env'

export const sessionDays = 30
export const linkMinutes = 15

export const isSecure = (): boolean => new URL(env().APP_URL).protocol === 'https:'

/** On https the prefix makes browsers refuse the cookie from any other host, path or unencrypted page. */
export const sessionCookieName = (): string => (isSecure() ? '__Host-purse.session' : 'purse.session')

export const sessionCookieOptions = () => ({ httpOnly: true, sameSite: 'lax' as const, path: '/', secure: isSecure() })
