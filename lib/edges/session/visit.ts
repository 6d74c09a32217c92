/** Who a call comes from, as far as a browser shows it. */
import { createHash, randomBytes } from 'node:crypto'
import type { Locale } from '@/lib/core/locales'
import type { Device } from './client-ip'
import { deviceCookieName, deviceDays, isSecure } from './settings'

export interface Visit {
  device: Device
  /** The language that the browser shows our pages in. */
  locale: Locale
  /** What tells this browser from others; made anew for one that has none. */
  deviceToken: string
  hasSignedIn: boolean
}

const tokenPattern = /^[A-Za-z0-9_-]{43}$/

/** The visit of a call with these cookies. */
export function visitOf(cookies: Record<string, string>, from: { device: Device; locale: Locale }): Visit {
  const kept = cookies[deviceCookieName()]
  const deviceToken = kept && tokenPattern.test(kept) ? kept : randomBytes(32).toString('base64url')
  return { ...from, deviceToken, hasSignedIn: false }
}

/** What is stored of a device. */
export const deviceHash = ({ deviceToken }: Visit): Buffer => createHash('sha256').update(deviceToken).digest()

/** The header that lets a browser be known again. */
export function deviceCookie({ deviceToken }: Visit): string {
  const age = deviceDays * 24 * 60 * 60
  const secure = isSecure() ? ' Secure;' : ''
  return `${deviceCookieName()}=${deviceToken}; Path=/; Max-Age=${age}; HttpOnly;${secure} SameSite=Lax`
}
