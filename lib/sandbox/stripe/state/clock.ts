import type { Settings } from './collections'
import type { Store } from './store'

const settingsId = 'all'

const defaultSettings: Settings = {
  clockOffsetSeconds: 0,
  deliveries: { mode: 'auto', repeat: 1, delaySeconds: 0, shuffleSeed: null, hasBadSignature: false, apiVersion: null },
}

/** What the control surface has set; kept over restarts. */
export function readSettings(store: Store): Settings {
  return store.get('settings', settingsId) ?? defaultSettings
}

export function writeSettings(store: Store, settings: Settings): void {
  store.put('settings', settingsId, settings)
}

/** The sandbox's own time: real time plus what the control surface has added. */
export class Clock {
  constructor(private readonly store: Store) {}

  /** Unix time in whole seconds. */
  now(): number {
    return Math.floor(Date.now() / 1000) + readSettings(this.store).clockOffsetSeconds
  }

  /** Moves to `now` (Unix seconds). Call inside a transaction. */
  setNow(now: number): void {
    const settings = readSettings(this.store)
    writeSettings(this.store, { ...settings, clockOffsetSeconds: now - Math.floor(Date.now() / 1000) })
  }
}
