import { type CollectionName, type Collections, collectionOf } from './collections'
import { type Change, Journal } from './journal'

/** Thrown errors that carry this keep what was written before them: a declined charge happened, a refusal did not. */
export interface KeepsChanges {
  keepsChanges: boolean
}

/**
 * Everything the sandbox knows, in memory, with the journal behind it. Values are never changed in place: read, copy,
 * put. A transaction is one synchronous function, so nobody ever sees half of it.
 */
export class Store {
  private collections = new Map<string, Map<string, unknown>>()
  private journal: Journal | null = null
  private undo: Change[] | null = null
  private changes: Change[] = []
  /** What the last finished transaction that changed an object found there; in memory only. */
  private before = new Map<string, unknown>()

  /** Opens the store kept in `directory`, or a store in memory only when there is none. */
  static async open(directory: string | null): Promise<Store> {
    const store = new Store()
    if (!directory) return store
    for (const [name, id, value] of Journal.read(directory)) store.apply(name, id, value)
    store.journal = await Journal.start(directory, store.living())
    return store
  }

  get<N extends CollectionName>(name: N, id: string): Collections[N] | undefined {
    return this.collections.get(name)?.get(id) as Collections[N] | undefined
  }

  /** The newest first, as Stripe lists. */
  newestFirst<N extends CollectionName>(name: N): Collections[N][] {
    return this.oldestFirst(name).reverse()
  }

  oldestFirst<N extends CollectionName>(name: N): Collections[N][] {
    return [...(this.collections.get(name)?.values() ?? [])] as Collections[N][]
  }

  entries<N extends CollectionName>(name: N): [string, Collections[N]][] {
    return [...(this.collections.get(name)?.entries() ?? [])] as [string, Collections[N]][]
  }

  count(name: CollectionName): number {
    return this.collections.get(name)?.size ?? 0
  }

  /** The API object with this id, whatever its kind. */
  find(id: string): { id: string; object: string } | undefined {
    const name = collectionOf(id)
    const found = (name && this.get(name, id)) ?? this.get('coupons', id)
    return found as { id: string; object: string } | undefined
  }

  /** The same store with every object as it was before its last change; one never changed is as it is. For reading only. */
  asBefore(): Store {
    const view: Store = Object.create(this)
    view.get = (name, id) => (this.before.get(`${name} ${id}`) ?? this.get(name, id)) as never
    view.oldestFirst = (name) => this.entries(name).map(([id]) => view.get(name, id)!) as never
    return view
  }

  put<N extends CollectionName>(name: N, id: string, value: Collections[N]): Collections[N] {
    this.record(name, id, value)
    return value
  }

  remove(name: CollectionName, id: string): void {
    this.record(name, id, null)
  }

  /** Runs `body` whole or not at all; an error that `keepsChanges` keeps what was written before it. */
  transaction<T>(body: () => T): T {
    if (this.undo) return body()
    this.undo = []
    this.changes = []
    try {
      const result = body()
      this.commit()
      return result
    } catch (error) {
      if ((error as Partial<KeepsChanges>).keepsChanges) this.commit()
      else this.rollBack()
      throw error
    } finally {
      this.undo = null
    }
  }

  /** Resolves when every finished transaction is on disk. */
  async flush(): Promise<void> {
    await this.journal?.flush()
  }

  async close(): Promise<void> {
    await this.journal?.close()
  }

  /** Forgets everything, in one transaction. */
  clear(): void {
    this.transaction(() => {
      for (const [name, values] of this.collections) {
        for (const id of [...values.keys()]) this.remove(name as CollectionName, id)
      }
    })
    this.before.clear()
  }

  private record(name: CollectionName, id: string, value: unknown): void {
    if (!this.undo) throw new Error('The store is only written inside a transaction.')
    this.undo.push([name, id, this.get(name, id) ?? null])
    this.changes.push([name, id, value])
    this.apply(name, id, value)
  }

  private apply(name: string, id: string, value: unknown): void {
    let values = this.collections.get(name)
    if (!values) {
      values = new Map()
      this.collections.set(name, values)
    }
    if (value === null) values.delete(id)
    else values.set(id, value)
  }

  private commit(): void {
    this.keepBefore()
    // Only the last value of each object matters to a reader of the journal.
    const last = new Map(this.changes.map((change) => [`${change[0]} ${change[1]}`, change]))
    if (last.size) this.journal?.append([...last.values()])
  }

  private keepBefore(): void {
    // From the last to the first, so that what was there before the whole transaction is what stays.
    for (const [name, id, value] of [...this.undo!].reverse()) {
      const key = `${name} ${id}`
      if (value === null) this.before.delete(key)
      else this.before.set(key, value)
    }
  }

  private rollBack(): void {
    for (const [name, id, value] of (this.undo ?? []).reverse()) this.apply(name, id, value)
  }

  private *living(): Iterable<Change> {
    for (const [name, values] of this.collections) for (const [id, value] of values) yield [name, id, value]
  }
}
