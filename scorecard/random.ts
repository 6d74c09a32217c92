/** A seeded source of chance: the same seed makes the same choices, so that a failure can be played again. */
export class Random {
  private state: number

  constructor(seed: string) {
    this.state = 2166136261
    for (const char of seed) this.state = Math.imul(this.state ^ char.charCodeAt(0), 16777619) >>> 0
  }

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(choices: readonly [T, ...T[]] | readonly T[]): T {
    return choices[this.int(0, choices.length - 1)] as T
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items]
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.int(0, last)
      ;[shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!]
    }
    return shuffled
  }

  /** An amount to buy, as people type it: "5.00" … */
  dollars(least = 5, most = 200): string {
    return `${this.int(least, most)}.${String(this.int(0, 99)).padStart(2, '0')}`
  }
}
