import { env } from '@/lib/edges/env'

/**
 * Where a request came from, for the audit log and the log-in limits. Every proxy appends the address it saw to
 * X-Forwarded-For, and our own server appends the address of the connection (instrumentation.ts); what stands further
 * left is only claimed. TRUSTED_PROXY_HOPS (0 by default) says how many of our own proxies stand in front.
 */
export function clientIp(
  headers: Pick<Headers, 'get'>,
  trustedProxyHops = env().TRUSTED_PROXY_HOPS,
): string | undefined {
  const addresses = (headers.get('x-forwarded-for') ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean)
  const ip = addresses.at(-1 - trustedProxyHops) ?? addresses[0]
  return ip && /^[0-9a-fA-F:.]{2,45}$/.test(ip) ? ip : undefined
}

/** Where a session is: kept with it, so that a person can tell their devices apart. */
export interface Device {
  ip: string | null
  /** What the browser says of itself, cut to 300 characters. */
  userAgent: string | null
}

const longestUserAgent = 300

export function deviceOf(headers: Pick<Headers, 'get'>): Device {
  const userAgent = headers.get('user-agent')?.slice(0, longestUserAgent)
  return { ip: clientIp(headers) ?? null, userAgent: userAgent || null }
}
