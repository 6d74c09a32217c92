/**
 * Limits, as the operator of the platform sets them. ACCOUNT is an id, or "owner" or "history" of the demo.
 *   npm run limits -- ACCOUNT 60000                        how many requests it may begin in a minute
 *   npm run limits -- ACCOUNT usual                        back to the rule: 10 without a payment method or without credit, 6,000 with both
 *   npm run limits -- ACCOUNT tokens 9000000/900000/90000  its own token limits a minute: prompt, uncached prompt, generated
 *   npm run limits -- ACCOUNT tokens usual                 back to limits that follow its use
 *   npm run limits -- ACCOUNT unlimited on|off             the tier by contract
 *   npm run limits -- requests                             what accounts have asked for
 *   npm run limits -- requests grant|decline ACCOUNT REQUEST_ID [NOTE]
 *   npm run limits -- house                                tiers and bounds of token limits for every account, as JSON
 *   npm run limits -- house FILE.json|usual                sets them
 */
import fs from 'node:fs'
import { system } from '../lib/core/actor'
import { Refusal } from '../lib/core/errors'
import { isId } from '../lib/core/ids'
import {
  decideLimitRequest,
  limitBook,
  listOpenLimitRequests,
  setHouseLimits,
  setLimits,
  writtenHouseLimits,
} from '../lib/domain/tiers'
import { closeDatabase } from '../lib/edges/db'
import { databaseUrl, readDemo } from './database-url.mjs'

const operator = system('limits')

const usage = 'Use: npm run limits -- ACCOUNT REQUESTS_PER_MINUTE|usual|tokens …|unlimited …, or requests …, or house …'

async function main(): Promise<void> {
  process.env.DATABASE_URL = databaseUrl()
  const [first = '', ...rest] = process.argv.slice(2)
  if (first === 'house') await house(rest[0])
  else if (first === 'requests') await requests(rest)
  else await ofAccount(accountNamed(first), rest)
}

function accountNamed(name: string): string {
  const accountId = readDemo()?.accounts?.[name] ?? name
  if (!isId(accountId)) throw new Error(usage)
  return accountId
}

async function ofAccount(accountId: string, [what = '', value = '']: string[]): Promise<void> {
  if (what === 'tokens') return tokens(accountId, value)
  if (what === 'unlimited') {
    if (value !== 'on' && value !== 'off') throw new Error('Use: npm run limits -- ACCOUNT unlimited on|off')
    await setLimits(operator, { accountId, isUnlimited: value === 'on' })
    return console.log(
      `${accountId} is ${value === 'on' ? 'unlimited by contract' : 'on the tier that it has reached'}.`,
    )
  }
  if (!/^(usual|\d{1,10})$/.test(what)) throw new Error(usage)
  const requestsPerMinute = what === 'usual' ? null : Number(what)
  await setLimits(operator, { accountId, requestsPerMinute })
  console.log(
    requestsPerMinute === null
      ? `${accountId} has the usual request limit.`
      : `${accountId} may begin ${requestsPerMinute} requests a minute.`,
  )
}

async function tokens(accountId: string, text: string): Promise<void> {
  const numbers = /^(\d{1,13})\/(\d{1,13})\/(\d{1,13})$/.exec(text)?.slice(1).map(Number)
  if (!numbers && text !== 'usual')
    throw new Error('Use: npm run limits -- ACCOUNT tokens PROMPT/UNCACHED/GENERATED, or usual')
  const [prompt = 0, uncached = 0, generated = 0] = numbers ?? []
  await setLimits(operator, { accountId, tokens: numbers ? { prompt, uncached, generated } : null })
  console.log(
    numbers
      ? `${accountId} may use ${prompt} prompt, ${uncached} uncached and ${generated} generated tokens a minute of each model.`
      : `The token limits of ${accountId} follow its use.`,
  )
}

async function requests([decision, account = '', requestId = '', ...note]: string[]): Promise<void> {
  if (decision === 'grant' || decision === 'decline') {
    const input = {
      accountId: accountNamed(account),
      limitRequestId: requestId,
      decision,
      note: note.join(' '),
    } as const
    if (!isId(requestId)) throw new Error(`Use: npm run limits -- requests ${decision} ACCOUNT REQUEST_ID [NOTE]`)
    const { state } = await decideLimitRequest(operator, input)
    return console.log(`The request is ${state}. Set what was agreed with: npm run limits -- ${account} …`)
  }
  const open = await listOpenLimitRequests(operator)
  if (open.length === 0) return console.log('Nobody waits for an answer.')
  for (const { accountId, accountName, requestId, kind, model, reason, createdAt } of open) {
    console.log(`${createdAt} ${accountName} (${accountId}) asks for ${kind}${model ? ` of ${model}` : ''}: ${reason}`)
    console.log(`  npm run limits -- requests grant ${accountId} ${requestId}`)
  }
}

async function house(file: string | undefined): Promise<void> {
  if (file === undefined) {
    const { house } = await limitBook()
    return console.log(JSON.stringify(writtenHouseLimits(house), null, 2))
  }
  await setHouseLimits(operator, { limits: file === 'usual' ? null : JSON.parse(fs.readFileSync(file, 'utf8')) })
  console.log('Saved. It holds in every process within 30 seconds.')
}

main()
  .catch((error: Error) => {
    console.error(
      error instanceof Refusal && error.facts.field ? `${error.facts.field}: ${error.message}` : error.message,
    )
    process.exitCode = 1
  })
  .finally(closeDatabase)
