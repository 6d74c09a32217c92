/** Work that would slow everybody down if much of it ran at once: a piece at a time. */
import { setTimeout as wait } from 'node:timers/promises'

/**
 * Runs pieces of work one at a time, in the order of asking. A piece that takes longer than `mostMs`, because it waits for something
 * itself, keeps running, but no longer keeps the next one from its turn.
 */
export class Turns {
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly mostMs: number) {}

  /** What `work` resolves to, or rejects with; others have their turn in either case. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work)
    const settled = result.then(
      () => {},
      () => {},
    )
    this.last = this.last.then(() => Promise.race([settled, wait(this.mostMs, undefined, { ref: false })]))
    return result
  }
}
