import pg from 'pg'
import { invariant } from '@/lib/core/errors'
import { env } from '@/lib/edges/env'
import { alsoClose, begin, databaseAway, isDatabaseAway, pinned, type Tx, types, waitMs } from './index'

/** What a transaction's body gives back: its result, and writes that were sent but not waited for. */
export interface Sent<T> {
  result: T
  writes: Promise<unknown>[]
}

/**
 * One connection of one's own, for transactions one after another. It is opened when it is first needed, and anew after it
 * broke. The commit travels with the last writes: a transaction that reads and then writes takes two round trips.
 */
export class SingleConnection {
  private client: pg.Client | null = null

  constructor() {
    alsoClose(() => this.close())
  }

  /**
   * @throws Refusal `temporarily_unavailable` when the database is away, or does not answer in time: nobody knows then whether
   *   the transaction was committed.
   */
  async transaction<T>(body: (tx: Tx) => Promise<Sent<T>>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const client = await this.open()
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(databaseAway()), waitMs())
      })
      return await Promise.race([this.run(client, body), late])
    } catch (error) {
      if (!(await this.isUsable(client, error))) this.discard(client)
      throw isDatabaseAway(error) ? databaseAway() : error
    } finally {
      clearTimeout(timer)
    }
  }

  private async run<T>(client: pg.Client, body: (tx: Tx) => Promise<Sent<T>>): Promise<T> {
    const { result, writes } = await body(begin(client))
    const [committed, ...written] = await Promise.allSettled([client.query('commit'), ...writes])
    const failed = written.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
    if (committed.status === 'rejected') throw committed.reason
    // PostgreSQL answers a commit after a failure with a rollback, and no error.
    invariant(committed.value.command === 'COMMIT', 'a transaction without a failed statement is committed')
    return result
  }

  async close(): Promise<void> {
    const client = this.client
    this.client = null
    await client?.end().catch(() => {})
  }

  private async open(): Promise<pg.Client> {
    if (this.client) return this.client
    const client = new pg.Client({
      connectionString: env().DATABASE_URL,
      options: `-c role=purse_app -c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=15000 ${pinned.map(([name, value]) => `-c ${name}=${value}`).join(' ')}`,
      connectionTimeoutMillis: waitMs(),
      types,
      pipeline: true,
    } as pg.ClientConfig)
    client.on('error', () => this.discard(client))
    client.on('end', () => this.discard(client))
    try {
      await client.connect()
    } catch (error) {
      throw isDatabaseAway(error) ? databaseAway() : error
    }
    this.client = client
    return client
  }

  /** Whether a transaction that failed has left the connection fit for the next one. */
  private async isUsable(client: pg.Client, error: unknown): Promise<boolean> {
    if (this.client !== client || isDatabaseAway(error) || isLate(error)) return false
    return client.query('rollback').then(
      () => true,
      () => false,
    )
  }

  private discard(client: pg.Client): void {
    if (this.client === client) this.client = null
    client.end().catch(() => {})
    // An end that waits for a server that does not answer would wait for ever.
    ;(client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  }
}

const isLate = (error: unknown) => (error as { code?: string }).code === 'temporarily_unavailable'
