/** Switches that concern every account. Pure. */

/**
 * auto_top_up_breaker: tripped by a machine, reset by a person. auto_top_up_off: nothing is charged automatically.
 * auto_top_up_dry_run: it is decided and written down what would be charged, and nothing is.
 */
export const switchNames = ['auto_top_up_breaker', 'auto_top_up_off', 'auto_top_up_dry_run'] as const
export type SwitchName = (typeof switchNames)[number]

/** How a switch stands, and who turned it last. */
export interface SwitchState {
  isOn: boolean
  /** Why it stands as it does; null when it was never turned. */
  reason: string | null
  changedBy: string | null
  changedAt: Date | null
}

export const neverTurned: SwitchState = { isOn: false, reason: null, changedBy: null, changedAt: null }

const words: Record<SwitchName, { on: string; off: string; means: string }> = {
  auto_top_up_breaker: {
    on: 'The breaker of auto top-up has tripped',
    off: 'The breaker of auto top-up was reset',
    means: 'While it is tripped no card is charged automatically. Charges under way are carried to their end.',
  },
  auto_top_up_off: {
    on: 'Auto top-up was stopped for every account',
    off: 'Auto top-up was allowed again for every account',
    means: 'While it is stopped no card is charged automatically. Charges under way are carried to their end.',
  },
  auto_top_up_dry_run: {
    on: 'Auto top-up runs dry for every account',
    off: 'Auto top-up charges cards again',
    means: 'While it runs dry, what would have been charged is written on the timeline for operators, and nothing is.',
  },
}

/** What the staff is told of a switch that was turned. */
export const switchText = (name: SwitchName, isOn: boolean): { title: string; means: string } => ({
  title: isOn ? words[name].on : words[name].off,
  means: words[name].means,
})
