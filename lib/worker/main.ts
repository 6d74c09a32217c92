/** The background door: jobs as they come and sweeps by the clock. Run as many of these as needed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, type Runner, run } from 'graphile-worker'
import { closeDatabase } from '@/lib/edges/db'
import { env, isDemo } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { assertStripeConfiguration } from '@/lib/edges/stripe'
import { taskList } from './jobs'
import { crontab, frequentSweeps, sweeps } from './sweeps'

const jobsAtOnce = Number(process.env.WORKER_CONCURRENCY || 5)
const pollMs = 2_000
const restartSeconds = 2
/** The demo's clock can be moved, so what is due is looked for more often there. */
const demoSweepSeconds = 10
const shutdownSeconds = 15

const stopping = new AbortController()
let runner: Runner | undefined

async function main(): Promise<void> {
  assertStripeConfiguration()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop())
  if (isDemo()) void sweepOften()
  while (!stopping.signal.aborted) {
    try {
      runner = await start()
      log.info('The worker is ready')
      await runner.promise
    } catch (error) {
      // The database went away, or is not up yet. It comes back; jobs and sweeps wait in it.
      log.error({ err: error }, `The worker cannot go on; it starts again in ${restartSeconds} seconds`)
    }
    await sleep(restartSeconds * 1000, undefined, { signal: stopping.signal }).catch(() => {})
  }
}

/** Its own connections as the owner of the database: the queue's tables are the queue's, not the application's. */
const start = (): Promise<Runner> =>
  run({
    connectionString: env().DATABASE_URL,
    maxPoolSize: jobsAtOnce + 3,
    concurrency: jobsAtOnce,
    pollInterval: pollMs,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: (shutdownSeconds - 5) * 1000,
    taskList,
    crontab,
    logger: new Logger(() => (level, message) => {
      if (level === 'error') log.error(message)
      else if (level === 'warning') log.warn(message)
      else log.debug(message)
    }),
  })

async function sweepOften(): Promise<void> {
  while (!stopping.signal.aborted) {
    for (const name of frequentSweeps) {
      await sweeps[name].run().catch((error: unknown) => log.debug({ err: error, name }, 'A sweep failed'))
    }
    await sleep(demoSweepSeconds * 1000, undefined, { signal: stopping.signal }).catch(() => {})
  }
}

/** Finishes what is running, lets go of the rest, and exits: another worker, or the next start, takes it. */
async function stop(): Promise<void> {
  stopping.abort()
  setTimeout(() => process.exit(0), shutdownSeconds * 1000).unref()
  await runner?.stop().catch(() => {})
  await closeDatabase().catch(() => {})
  process.exit(0)
}

// Background connections of the queue fail on their own when the database goes away; the loop above starts anew.
process.on('unhandledRejection', (error) => log.error({ err: error }, 'An error of the worker went unhandled'))

await main().catch((error: unknown) => {
  log.fatal({ err: error }, 'The worker cannot start')
  process.exit(1)
})
