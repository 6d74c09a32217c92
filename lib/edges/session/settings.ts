/** How sessions travel: one cookie, as strict as the address allows. */
import { env } from '@/lib/edges/env'

export const sessionDays = 30
export const linkMinutes = 15
/** As long as browsers keep any cookie. */
export const deviceDays = 400

export const isSecure = (): boolean => new URL(env().APP_URL).protocol === 'https:'

/** On https the prefix makes browsers refuse the cookie from any other host, path or unencrypted page. */
export const sessionCookieName = (): string => (isSecure() ? '__Host-purse.session' : 'purse.session')

/** A browser that a person has signed in with before is known by it; it signs nobody in. */
export const deviceCookieName = (): string => (isSecure() ? '__Host-purse.device' : 'purse.device')

export const sessionCookieOptions = () => ({ httpOnly: true, sameSite: 'lax' as const, path: '/', secure: isSecure() })
