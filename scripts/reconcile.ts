/**
 * Compares everything that Stripe has with the books, in both directions, and names each difference and what to do about it.
 *   npm run reconcile                        everything there is
 *   npm run reconcile -- --since 2026-11-01  what was created (UTC) from then on, and what moved since of older payments
 *   npm run reconcile -- --look-only         hands nothing to the verbs that would put it right
 *   npm run reconcile -- --json FILE         writes the report to a file as well
 * It works on the database of DATABASE_URL and the Stripe account of STRIPE_SECRET_KEY, or on those of the running demo.
 * Exit code: 0 they agree, 1 they do not, 2 they could not be compared.
 */
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { system } from '../lib/core/actor'
import { type DriftFindingDto, parseSince, readDriftReport, runReconciliation } from '../lib/domain/reconciliation'
import { closeDatabase } from '../lib/edges/db'
import { databaseUrl, runningSandboxPort } from './database-url.mjs'
import { readSettings } from './run/settings.mjs'

const sayEveryMs = 5_000

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { since: { type: 'string' }, json: { type: 'string' }, 'look-only': { type: 'boolean', default: false } },
  })
  process.env.DATABASE_URL = databaseUrl()
  if (!process.env.STRIPE_SECRET_KEY) useSandbox()
  const actor = system('reconcile')
  const since = values.since === undefined ? null : parseSince(values.since)
  const progress = showProgress()
  try {
    const isHealing = !values['look-only']
    const { reportId } = await runReconciliation(actor, { since, isHealing, onProgress: progress.say })
    progress.stop()
    const report = await readDriftReport(actor, { reportId })
    print(report)
    if (values.json) fs.writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
    return report.counts.open === 0 ? 0 : 1
  } finally {
    progress.stop()
  }
}

/** Without a key it is the demo: its sandbox, its movable clock. */
function useSandbox(): void {
  Object.assign(process.env, {
    PURSE_MODE: 'demo',
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_API_PROTOCOL: 'http',
    STRIPE_API_HOST: process.env.STRIPE_API_HOST || '127.0.0.1',
    STRIPE_API_PORT:
      process.env.STRIPE_API_PORT || String(runningSandboxPort() ?? readSettings(process.env).ports.sandbox),
  })
}

type Report = Awaited<ReturnType<typeof readDriftReport>>

function print({ counts, totals, findings, reportId }: Report): void {
  const compared = `${counts.payments} payments, ${counts.refunds} refunds, ${counts.disputes} disputes, ${counts.balanceTransactions} balance transactions`
  console.log(`Compared ${compared}; ${counts.foreign} payments belong to other programs.`)
  for (const { currency, stripe, books, ledger } of totals) {
    console.log(`\n${currency.toUpperCase().padEnd(22)}${columns('Stripe', 'books')}`)
    for (const name of ['charged', 'refunded', 'withdrawn', 'net'] as const) {
      console.log(`  ${name.padEnd(20)}${columns(stripe[name], books[name])}`)
    }
    console.log(`  ${'tax and discounts'.padEnd(20)}${columns('', `${books.tax} / ${books.discount}`)}`)
    console.log(`  ${'credit paid for'.padEnd(20)}${columns(ledger.expected, ledger.posted)}`)
  }
  if (findings.length > 0) console.log()
  for (const finding of findings) console.log(linesOf(finding).join('\n'))
  const missing = counts.open + counts.known + counts.healed - findings.length
  if (missing > 0) console.log(`… and ${missing} more`)
  console.log(
    counts.open === 0
      ? `\nStripe and the books agree (report ${reportId}).`
      : `\nStripe and the books do not agree: ${counts.open} ${counts.open === 1 ? 'difference' : 'differences'} (report ${reportId}).`,
  )
}

const columns = (left: string, right: string): string => left.padStart(18) + right.padStart(24)

const marks = { open: 'OPEN  ', known: 'known ', healed: 'healed' }

function linesOf(finding: DriftFindingDto): string[] {
  const { kind, state, sentence, whatToDo, accountId, purchaseId, paymentIntentId, objectId, atStripe, inBooks } =
    finding
  const ids = [accountId && `account ${accountId}`, purchaseId && `purchase ${purchaseId}`, paymentIntentId, objectId]
  const amounts = `Stripe ${atStripe ?? '–'}, books ${inBooks ?? '–'}`
  return [
    `${marks[state]} ${kind}: ${sentence}`,
    `         ${[...new Set(ids.filter(Boolean))].join(' · ')} · ${amounts}`,
    ...(state === 'healed' ? [] : [`         ${whatToDo}`]),
  ]
}

/** A line in a terminal that counts on; elsewhere one every few seconds. How much there is, Stripe does not say. */
function showProgress() {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: '{value} {what} compared · {duration_formatted}',
        clearOnComplete: true,
        hideCursor: true,
      })
    : null
  let isStarted = false
  let saidAtMs = Date.now()
  return {
    say({ phase, done }: { phase: string; done: number }) {
      if (bar) {
        if (!isStarted) bar.start(0, 0, { what: phase })
        isStarted = true
        bar.update(done, { what: phase })
      } else if (Date.now() - saidAtMs > sayEveryMs) {
        saidAtMs = Date.now()
        console.log(`${done} ${phase} compared`)
      }
    },
    stop() {
      if (isStarted) bar?.stop()
      isStarted = false
    },
  }
}

main()
  .catch((error: Error) => {
    console.error(`Stripe and the books could not be compared: ${error.message}`)
    return 2
  })
  .then(async (code) => {
    await closeDatabase()
    process.exit(code)
  })
