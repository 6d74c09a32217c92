import { PurseError } from './errors.js'
import { sleep, waitBefore } from './transport.js'

export interface OutboxOptions<T> {
  /** Sends some entries; must be safe to repeat. */
  send: (entries: T[]) => Promise<void>
  /** How many entries one `send` takes. */
  batch: number
  /** How many may wait. */
  most: number
  /** Called for entries that the gate refused for good; they are dropped. */
  onRefused: (error: PurseError, entries: T[]) => void
}

const longestWaitMs = 30_000

/** What is to be told to the gate and could not be yet: in order, one call in flight, until the gate has answered. */
export class Outbox<T> {
  #waiting: T[] = []
  #working: Promise<void> | null = null

  constructor(readonly options: OutboxOptions<T>) {}

  get size(): number {
    return this.#waiting.length
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.options.most
  }

  add(entry: T): void {
    this.#waiting.push(entry)
    this.#working ??= this.#work().finally(() => {
      this.#working = null
    })
  }

  /** Waits until everything has been told. */
  async empty(): Promise<void> {
    while (this.#working) await this.#working
  }

  async #work(): Promise<void> {
    for (let failed = 0; this.#waiting.length > 0; ) {
      const entries = this.#waiting.slice(0, this.options.batch)
      try {
        await this.options.send(entries)
        failed = 0
      } catch (error) {
        if (!(error instanceof PurseError)) throw error
        if (error.isRetryable) {
          failed += 1
          await sleep(waitBefore(failed, error.retryAfterSeconds, longestWaitMs))
          continue
        }
        this.options.onRefused(error, entries)
      }
      this.#waiting.splice(0, entries.length)
    }
  }
}
