import { env } from '@/lib/edges/env'

/**
 * Where a request came from, for the audit log and the log-in limits. Every proxy appends the address it saw to
 * X-Forwarded-For, and our own server appends the address of the connection (instrumentation.ts); what stands further
 * left is only claimed. TRUSTED_PROXY_HOPS (0 by default) says how many of our own proxies stand in front.
 */
export function clientIp(headers: Headers, trustedProxyHops = env().TRUSTED_PROXY_HOPS): string | undefined {
  const addresses = (headers.get('x-forwarded-for') ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean)
  const ip = addresses.at(-1 - trustedProxyHops) ?? addresses[0]
  return ip && /^[0-9a-fA-F:.]{2,45}$/.test(ip) ? ip : undefined
}
