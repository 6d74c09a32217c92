import { createHash } from 'node:crypto'
import type { StoredAnswer } from '../state/collections'
import type { World } from '../state/world'
import { invalidParameter, StripeError } from './errors'
import type { RawHash, RawValue } from './form'

const keptSeconds = 24 * 3600
const keyLimit = 255

/** Remembers answers under the caller's keys, and which keys are being worked on right now. */
export class IdempotencyKeys {
  private readonly inProgress = new Set<string>()

  constructor(private readonly world: World) {}

  /**
   * The stored answer when this request was made before, otherwise null and the key is taken until `release`. Throws
   * when the key belongs to a request with other parameters or to one still in progress.
   */
  take(key: string, fingerprint: string): StoredAnswer | null {
    if (key.length > keyLimit) {
      throw invalidParameter(`Idempotency keys can have at most ${keyLimit} characters.`, 'Idempotency-Key')
    }
    if (this.inProgress.has(key)) throw inUse(key)
    const stored = this.world.store.get('storedAnswers', key)
    if (stored && this.world.clock.now() - stored.createdAt < keptSeconds) {
      if (stored.fingerprint !== fingerprint) throw otherParameters(key)
      return stored
    }
    this.inProgress.add(key)
    return null
  }

  release(key: string): void {
    this.inProgress.delete(key)
  }

  /** Drops what is older than a day. */
  prune(): void {
    const now = this.world.clock.now()
    for (const [key, answer] of this.world.store.entries('storedAnswers')) {
      if (now - answer.createdAt >= keptSeconds) this.world.store.remove('storedAnswers', key)
    }
  }
}

/** Equal for two requests exactly when they ask the same. */
export function fingerprintOf(method: string, path: string, params: RawHash): string {
  return createHash('sha256')
    .update(`${method} ${path} ${canonical(params)}`)
    .digest('hex')
}

function canonical(value: RawValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name]!)}`).join(',')}}`
}

function otherParameters(key: string): StripeError {
  return new StripeError(
    400,
    {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    },
    { isStored: false },
  )
}

export function inUse(key: string): StripeError {
  return new StripeError(
    409,
    {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    },
    { isStored: false },
  )
}
