import type { Actor } from '@/lib/core/actor'
import type { LabWorld } from './lab-world'

/** Who plays, for which account, and what there is. */
export interface Stage {
  actor: Actor
  accountId: string
  at: Date
  world: LabWorld
}
