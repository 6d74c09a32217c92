import { type Actor, actorName } from '@/lib/core/actor'
import type { Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { neverTurned, type SwitchName, type SwitchState, switchText } from './rules'
import { readSwitchRows, saveSwitch } from './store'

/** How every switch stands. */
export async function readSwitches(tx: Tx): Promise<Record<SwitchName, SwitchState>> {
  const rows = await readSwitchRows(tx)
  const stateOf = (name: SwitchName) => rows.get(name) ?? neverTurned
  return {
    auto_top_up_breaker: stateOf('auto_top_up_breaker'),
    auto_top_up_off: stateOf('auto_top_up_off'),
    auto_top_up_dry_run: stateOf('auto_top_up_dry_run'),
  }
}

/**
 * Turns a switch, writes down who did and why, and has the staff told by mail, in the caller's transaction. Returns false
 * when it stood so already. The caller has checked that the actor may.
 */
export async function turnSwitch(
  tx: Tx,
  { name, isOn, reason, actor, at }: { name: SwitchName; isOn: boolean; reason: string; actor: Actor; at: Date },
): Promise<boolean> {
  const ip = actor.kind === 'system' ? null : (actor.ip ?? null)
  const isTurned = await saveSwitch(tx, { name, isOn, reason, changedBy: actorName(actor), ip, at })
  if (isTurned) log.warn({ name, isOn, reason, changedBy: actorName(actor) }, switchText(name, isOn).title)
  return isTurned
}
