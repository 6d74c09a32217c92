/** Memory for large bodies, in blocks of one size: neither many small pieces nor an announced length cost more than has arrived. */
const blockBytes = 64 * 1024

/** Blocks that are used again, so that a stream of large bodies does not scatter the memory: two full batches. */
const spare: ArrayBuffer[] = []
const mostSpare = 160

/** Takes back blocks that have been read. */
export function keepSpare(blocks: ArrayBuffer[]): void {
  spare.push(...blocks.slice(0, mostSpare - spare.length))
}

/** Bytes one behind the other, in blocks. */
export class Blocks {
  private readonly full: Uint8Array<ArrayBuffer>[] = []
  private last: Uint8Array<ArrayBuffer> | null = null
  private used = 0

  add(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (!this.last || this.used === blockBytes) this.begin()
      const part = bytes.subarray(from, from + blockBytes - this.used)
      this.last!.set(part, this.used)
      this.used += part.length
      from += part.length
    }
  }

  /** All of them, the last one as long as it is filled. They are no longer here. */
  take(): Uint8Array<ArrayBuffer>[] {
    if (this.last) this.full.push(this.last.subarray(0, this.used))
    this.last = null
    return this.full.splice(0)
  }

  private begin(): void {
    if (this.last) this.full.push(this.last)
    // A memory of its own, not a part of a shared one: it is handed over to another thread as a whole.
    const spared = spare.pop()
    this.last = spared ? new Uint8Array(spared) : Buffer.allocUnsafeSlow(blockBytes)
    this.used = 0
  }
}
