/** Where the gate is and who may ask: from flags, the environment, or what the demo wrote down. */
import { parseArgs } from 'node:util'
import { type AccountName, accountOfApiKey } from '../../lib/sdk/index'
import { readDemo } from '../../scripts/database-url.mjs'

export interface Settings {
  host: string
  port: number
  gateUrl: string
  serviceKey: string
  /** The account of each customer's API key. Null: every account of the gate may be named, for demonstrations. */
  accountOfKey: Map<string, string> | null
  /** The demo's accounts by name. */
  demoAccounts: Record<string, string>
  /** Where a customer adds credits, when it is known. */
  dashboardUrl: string | null
}

const flags = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8088' },
  gate: { type: 'string' },
  key: { type: 'string' },
  keys: { type: 'string' },
  dashboard: { type: 'string' },
} as const

/**
 * --port  8088   --host 127.0.0.1   --dashboard http://localhost:3000
 * --gate  the gate's address (PURSE_GATE_URL), --key a service key (PURSE_KEY); left out: the demo's
 * --keys  customers' API keys and their accounts: "KEY=ACCOUNT_ID,KEY=ACCOUNT_ID" (INFERENCE_KEYS)
 * @throws Error naming what is missing or wrong
 */
export function readSettings(args = process.argv.slice(2), environment = process.env): Settings {
  const { values } = parseArgs({ args, options: flags })
  const demo = readDemo()
  const gateUrl = values.gate ?? environment.PURSE_GATE_URL ?? demo?.gateUrl ?? 'http://127.0.0.1:3001'
  const serviceKey = values.key ?? environment.PURSE_KEY ?? demo?.serviceKey
  if (!serviceKey) {
    throw new Error('Name a service key: --key purse_sk_…, or run npm start first: the demo has one.')
  }
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port must be a number from 0 to 65535.')
  const mailboxUrl = (demo as { mailboxUrl?: string } | null)?.mailboxUrl
  return {
    host: values.host,
    port,
    gateUrl,
    serviceKey,
    accountOfKey: readKeys(values.keys ?? environment.INFERENCE_KEYS),
    demoAccounts: demo?.accounts ?? {},
    dashboardUrl: values.dashboard ?? (mailboxUrl ? new URL(mailboxUrl).origin : null),
  }
}

function readKeys(text: string | undefined): Map<string, string> | null {
  if (!text) return null
  const pairs = text.split(',').map((pair) => pair.split('='))
  if (pairs.some((pair) => pair.length !== 2 || !pair[0]?.trim() || !pair[1]?.trim())) {
    throw new Error('--keys must be a list such as "key-one=019aa3b2-…,key-two=019aa3b3-…".')
  }
  return new Map(pairs.map(([key, account]) => [key!.trim(), account!.trim()]))
}

const demoPrefix = 'acct_'

/**
 * Who pays, by the bearer token: one of Purse's own API keys, which is passed on as it is and checked by the gate; one of the key
 * map; or after the prefix "acct_" an account by name or id. Null when it names none.
 */
export function payerOf(settings: Settings, authorization: string | undefined): AccountName | null {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!token) return null
  if (accountOfApiKey(token)) return { apiKey: token }
  const accountId = accountOf(settings, token)
  return accountId === null ? null : { accountId }
}

function accountOf({ accountOfKey, demoAccounts }: Settings, token: string): string | null {
  if (accountOfKey) return accountOfKey.get(token) ?? null
  if (!token.startsWith(demoPrefix)) return null
  const name = token.slice(demoPrefix.length)
  if (Object.hasOwn(demoAccounts, name)) return demoAccounts[name]!
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name) ? name : null
}
