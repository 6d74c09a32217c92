/** The switches' only SQL. */
import { newId } from '@/lib/core/ids'
import { query, type Tx } from '@/lib/edges/db'
import type { SwitchName, SwitchState } from './rules'

/** Every switch that was ever turned. */
export async function readSwitchRows(tx: Tx): Promise<Map<SwitchName, SwitchState>> {
  const { rows } = await tx.query<SwitchState & { name: SwitchName }>(
    `select name, is_on as "isOn", reason, changed_by as "changedBy", changed_at as "changedAt" from house_switches`,
  )
  return new Map(rows.map(({ name, ...state }) => [name, state]))
}

export interface SwitchChange {
  changeId: string
  name: SwitchName
  isOn: boolean
  reason: string
  changedBy: string
  ip: string | null
  at: Date
}

/** Turns the switch and writes down who did, with the job that tells the staff; nothing when it stands so already. */
export async function saveSwitch(tx: Tx, change: Omit<SwitchChange, 'changeId'>): Promise<boolean> {
  const { rows } = await tx.query(
    `with turned as (
       insert into house_switches as s (name, is_on, reason, changed_by, changed_at)
       select $1, $2, $3, $4, $5 where $2 or exists (select 1 from house_switches where name = $1)
       on conflict (name) do update set is_on = excluded.is_on, reason = excluded.reason,
              changed_by = excluded.changed_by, changed_at = excluded.changed_at
        where s.is_on <> excluded.is_on
       returning name, is_on, reason, changed_by, changed_at
     ), noted as (
       insert into house_switch_changes (change_id, name, is_on, reason, changed_by, ip, at)
       select $6, name, is_on, reason, changed_by, $7, changed_at from turned
       returning change_id
     )
     select enqueue_job('tell-operators', json_build_object('changeId', change_id), null, null) from noted`,
    [change.name, change.isOn, change.reason, change.changedBy, change.at, newId(), change.ip],
  )
  return rows.length > 0
}

export async function readSwitchChange(changeId: string): Promise<SwitchChange | null> {
  const rows = await query<SwitchChange>(
    `select change_id as "changeId", name, is_on as "isOn", reason, changed_by as "changedBy", ip, at
       from house_switch_changes where change_id = $1`,
    [changeId],
  )
  return rows[0] ?? null
}

/** The latest changes of the switches, newest first. */
export const readSwitchChanges = (limit: number): Promise<SwitchChange[]> =>
  query<SwitchChange>(
    `select change_id as "changeId", name, is_on as "isOn", reason, changed_by as "changedBy", ip, at
       from house_switch_changes order by at desc, change_id desc limit $1`,
    [limit],
  )
