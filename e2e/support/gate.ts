import fs from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'

/** Asks the gate of this run, as the platform's gateway does: POST /v1/<place>. */
export async function askGate(place: string, body: object): Promise<Response> {
  const file = path.join(process.env.PURSE_DATA_DIR ?? '', 'demo.json')
  const { serviceKey, gateUrl } = JSON.parse(fs.readFileSync(file, 'utf8')) as { serviceKey: string; gateUrl: string }
  return fetch(`${gateUrl}/v1/${place}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** The account that the page shows: what its forms would send to. */
export async function accountIdOf(page: Page): Promise<string> {
  const found = /accountId\\*":\\*"([0-9a-f-]{36})/.exec(await page.content())
  if (!found?.[1]) throw new Error('The page names no account.')
  return found[1]
}

/** Records usage of some ten dollars on the account, whatever credit it has. */
export async function useUpCredit(accountId: string): Promise<void> {
  const event = { id: 'all-of-it', model: 'gpt-oss-20b', input_tokens: 20_000_000, output_tokens: 0 }
  const answer = await askGate('usage', { account_id: accountId, beyond_credit: 'record', events: [event] })
  const { accepted } = (await answer.json()) as { accepted: number }
  if (accepted !== 1) throw new Error(`The gate answered ${answer.status}.`)
}
