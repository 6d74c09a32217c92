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
   * Runs `body` in a transaction, and answers when it is committed. `onSent` is called as soon as the next transaction may begin:
   * it travels behind this one's commit, and whatever becomes of the one is nothing to the other.
   * @throws Refusal `temporarily_unavailable` when the database is away, or does not answer in time: nobody knows then whether
   *   the transaction was committed.
   */
  async transaction<T>(body: (tx: Tx) => Promise<Sent<T>>, onSent: () => void = () => {}): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    try {
      const client = await this.open()
      try {
        const late = new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(databaseAway()), waitMs())
        })
        return await Promise.race([this.run(client, body, onSent), late])
      } catch (error) {
        if (isDatabaseAway(error) || isLate(error)) this.discard(client)
        throw isDatabaseAway(error) ? databaseAway() : error
      }
    } finally {
      clearTimeout(timer)
      onSent()
    }
  }

  private async run<T>(client: pg.Client, body: (tx: Tx) => Promise<Sent<T>>, onSent: () => void): Promise<T> {
    const { result, writes } = await this.orRollBack(client, body)
    const commit = client.query('commit')
    // From here on nothing may be sent for this transaction: the next one may have begun.
    onSent()
    const [committed, ...written] = await Promise.allSettled([commit, ...writes])
    const failed = written.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
    if (committed.status === 'rejected') throw committed.reason
    // PostgreSQL answers a commit after a failure with a rollback, and no error.
    invariant(committed.value.command === 'COMMIT', 'a transaction without a failed statement is committed')
    return result
  }

  private async orRollBack<T>(client: pg.Client, body: (tx: Tx) => Promise<Sent<T>>): Promise<Sent<T>> {
    try {
      return await body(begin(client))
    } catch (error) {
      await client.query('rollback').catch(() => this.discard(client))
      throw error
    }
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

  private discard(client: pg.Client): void {
    if (this.client === client) this.client = null
    client.end().catch(() => {})
    // An end that waits for a server that does not answer would wait for ever.
    ;(client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  }
}

const isLate = (error: unknown) => (error as { code?: string }).code === 'temporarily_unavailable'
