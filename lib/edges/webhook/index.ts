/** Messages to addresses that customers name: only to the public internet, so that nobody reaches our own machines through us. */
import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { isDemo } from '@/lib/edges/env'

const timeoutMs = 10_000

export const webhookFailures = ['malformed', 'not_public', 'timeout', 'unreachable', 'answered'] as const
export type WebhookFailure = (typeof webhookFailures)[number]

/** The address did not take a message. `message` is for the person who named it; `status` is what it answered, if it did. */
export class WebhookFailed extends Error {
  override name = 'WebhookFailed'
  constructor(
    readonly code: WebhookFailure,
    message: string,
    readonly status: number | null = null,
  ) {
    super(message)
  }
}

/** What is not the public internet: our own machine and network, and ranges set aside (RFC 6890). */
const closed = new net.BlockList()
for (const [range, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  closed.addSubnet(range, bits, 'ipv4')
}

/** Whether messages may go to an IP address. Of IPv6 only global unicast, without what wraps an IPv4 address. */
export function isPublicAddress(address: string): boolean {
  if (net.isIPv4(address)) return !closed.check(address, 'ipv4')
  if (!net.isIPv6(address)) return false
  const unicast = new net.BlockList()
  unicast.addSubnet('2000::', 3, 'ipv6')
  const wrapped = new net.BlockList()
  for (const [range, bits] of [
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
  ] as const) {
    wrapped.addSubnet(range, bits, 'ipv6')
  }
  return unicast.check(address, 'ipv6') && !wrapped.check(address, 'ipv6')
}

const mayReach = (address: string): boolean => isPublicAddress(address) || (isDemo() && address === '127.0.0.1')

/** Looks a name up and refuses every address that is not public; the connection is made to what was checked. */
const publicLookup: net.LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, [])
    const addresses = found as dns.LookupAddress[]
    if (addresses.length === 0 || !addresses.every(({ address }) => mayReach(address))) {
      return callback(new WebhookFailed('not_public', 'The address does not lead to the public internet.'), [])
    }
    if (options.all) return callback(null, addresses)
    callback(null, addresses[0]!.address, addresses[0]!.family)
  })
}

/** Why an address cannot be used, in words; null: it can be tried. In the demo http to 127.0.0.1 is allowed, too. */
export function webhookProblem(text: string): string | null {
  if (text.length > 2000 || !URL.canParse(text)) return 'This is not a web address.'
  const url = new URL(text)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.username || url.password) return 'Leave the name and password out of the address.'
  if (isDemo() && url.protocol === 'http:' && host === '127.0.0.1') return null
  if (url.protocol !== 'https:') return 'The address must begin with https://.'
  if (net.isIP(host) && !isPublicAddress(host)) return 'The address does not lead to the public internet.'
  return null
}

/**
 * Posts JSON and returns when the address has answered 2xx. Follows no redirect, reads no answer.
 * @throws WebhookFailed in words for whoever named the address
 */
export async function postWebhook(text: string, body: unknown): Promise<void> {
  const problem = webhookProblem(text)
  if (problem) throw new WebhookFailed('malformed', problem)
  const url = new URL(text)
  const json = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    'user-agent': 'Purse',
  }
  const { request } = url.protocol === 'https:' ? https : http
  const status = await new Promise<number>((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const call = request(url, { method: 'POST', headers, lookup: publicLookup, signal, agent: false }, (answer) => {
      answer.destroy()
      resolve(answer.statusCode ?? 0)
    })
    call.on('error', (error) => {
      if (error instanceof WebhookFailed) return reject(error)
      reject(
        signal.aborted
          ? new WebhookFailed('timeout', 'The address did not answer in 10 seconds.')
          : new WebhookFailed('unreachable', 'The address could not be reached.'),
      )
    })
    call.end(json)
  })
  if (status < 200 || status > 299) throw new WebhookFailed('answered', `The address answered ${status}.`, status)
}
