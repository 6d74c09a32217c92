/** The only SQL of token limits. */
import { query, type Tx } from '@/lib/edges/db'
import { plainColumn, textColumn, timeColumn } from '@/lib/edges/db/columns'
import type { StoredTokenLimits, TokenMeter } from './meters'
import {
  type KindLimit,
  perKind,
  type Quarter,
  quarterOf,
  type TokenCounts,
  type TokenKind,
  type TokenLimits,
  tokenKinds,
} from './rules'

type Count = 'limit' | 'admitted' | 'used' | 'quarter' | 'peak'
type LimitRow = {
  account_id: string
  model: string
  started_at: Date
  used_at: Date
  minute: Date
  history: [number, ...number[]][] | null
} & Record<`${TokenKind}_${Count}`, bigint> &
  Record<`${TokenKind}_${'raised_at' | 'changed_at'}`, Date | null>

const counts: Count[] = ['limit', 'admitted', 'used', 'quarter', 'peak']
const countColumns = tokenKinds.flatMap((kind) => counts.map((count) => `${kind}_${count}` as const))
const instantColumns = tokenKinds.flatMap((kind) => [`${kind}_raised_at`, `${kind}_changed_at`] as const)
const columns = ['account_id', 'model', 'started_at', 'used_at', 'minute', ...countColumns, ...instantColumns]

const countsOf = (row: LimitRow, count: Count): TokenCounts => perKind((kind) => Number(row[`${kind}_${count}`]))

const kindOf = (row: LimitRow, kind: TokenKind): KindLimit => ({
  limit: Number(row[`${kind}_limit`]),
  raisedAt: row[`${kind}_raised_at`]?.getTime() ?? null,
  changedAt: row[`${kind}_changed_at`]?.getTime() ?? null,
})

const readLimits = (row: LimitRow): TokenLimits => ({
  startedAt: row.started_at.getTime(),
  usedAt: row.used_at.getTime(),
  kinds: perKind((kind) => kindOf(row, kind)),
  minute: row.minute.getTime(),
  admitted: countsOf(row, 'admitted'),
  used: countsOf(row, 'used'),
  quarter: {
    at: quarterOf(row.minute.getTime()),
    used: countsOf(row, 'quarter'),
    peak: countsOf(row, 'peak'),
  },
})

const readQuarter = ([at, ...figures]: [number, ...number[]]): Quarter => ({
  at,
  used: perKind((kind) => figures[tokenKinds.indexOf(kind)]!),
  peak: perKind((kind) => figures[tokenKinds.length + tokenKinds.indexOf(kind)]!),
})

const readStored = (row: LimitRow): StoredTokenLimits => ({
  accountId: row.account_id,
  model: row.model,
  limits: readLimits(row),
  history: (row.history ?? []).map(readQuarter),
})

/**
 * The quarters of the 72 hours before a row's own, where it needs them at an instant (`needsHistory`). The condition stands inside: the
 * quarters of a row that does not need them are not looked for.
 */
const historyAt = (at: string) => `left join lateral (
    select json_agg(json_build_array(floor(extract(epoch from q.quarter) * 1000),
             q.prompt_used, q.uncached_used, q.generated_used, q.prompt_peak, q.uncached_peak, q.generated_peak)) as history
      from token_limit_quarters q
     where q.account_id = l.account_id and q.model = l.model and q.quarter >= l.minute - interval '73 hours'
       and date_bin('15 minutes', ${at}, 'epoch') > l.minute and ${at} >= greatest(
         l.started_at + interval '72 hours',
         least(coalesce(l.prompt_changed_at, l.started_at), coalesce(l.uncached_changed_at, l.started_at),
               coalesce(l.generated_changed_at, l.started_at)) + interval '24 hours')
  ) q on true`

/** Models whose limits a batch of requests needs: named by them, or of their holds. */
export interface WantedTokenLimits {
  models: { accountId: string; model: string }[]
  holds: { accountId: string; holdId: string }[]
}

/** The limits of the wanted models, of the models of the wanted holds, and of those whose holds are overdue. */
export async function readTokenLimits(
  tx: Tx,
  { models, holds }: WantedTokenLimits,
  accountIds: string[],
  at: Date,
): Promise<StoredTokenLimits[]> {
  const { rows } = await tx.query<LimitRow>(
    `select l.*, q.history
       from (
         select account_id, model from unnest($1::uuid[], $2::text[]) as r (account_id, model)
         union
         select h.account_id, m.model
           from unnest($3::uuid[], $4::uuid[]) as w (account_id, hold_id)
           join lateral (select * from holds h where h.account_id = w.account_id and h.hold_id = w.hold_id limit 1) h on true
           cross join lateral (values (h.model), (h.reported_model)) m (model)
          where m.model is not null
         union
         select h.account_id, m.model
           from unnest($5::uuid[]) as w (account_id)
           join lateral (
             select * from holds h where h.account_id = w.account_id and h.state = 'open' and h.expires_at <= $6 offset 0
           ) h on true
           cross join lateral (values (h.model), (h.reported_model)) m (model)
          where m.model is not null
       ) w
       join lateral (
         select * from token_limits l where l.account_id = w.account_id and l.model = w.model limit 1
       ) l on true
       ${historyAt('$6::timestamptz')}`,
    [
      plainColumn(models.map((wanted) => wanted.accountId)),
      textColumn(models.map((wanted) => wanted.model)),
      plainColumn(holds.map((wanted) => wanted.accountId)),
      plainColumn(holds.map((wanted) => wanted.holdId)),
      plainColumn(accountIds),
      at,
    ],
  )
  return rows.map(readStored)
}

const types = ['uuid', 'text', ...['started_at', 'used_at', 'minute'].map(() => 'timestamptz')]
  .concat(countColumns.map(() => 'bigint'))
  .concat(instantColumns.map(() => 'timestamptz'))

const upsert = `insert into token_limits as l (${columns.join(', ')})
  select ${columns.join(', ')} from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
    as n (${columns.join(', ')})
  on conflict (account_id, model) do update set
    ${columns
      .slice(2)
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}`

/** Writes the limits that changed, and what ended or happened to them. Returns the writes on their way. */
export function saveTokenLimits(tx: Tx, meters: TokenMeter[]): Promise<unknown>[] {
  if (meters.length === 0) return []
  const finished = meters.flatMap(({ accountId, model, finished }) =>
    finished ? [{ accountId, model, ...finished }] : [],
  )
  const changes = meters.flatMap(({ accountId, model, changes }) =>
    changes.map((change) => ({ accountId, model, ...change })),
  )
  return [
    tx.query(upsert, limitColumns(meters)),
    ...(finished.length > 0 ? [saveQuarters(tx, finished)] : []),
    ...(changes.length > 0 ? [saveChanges(tx, changes)] : []),
  ]
}

function limitColumns(meters: TokenMeter[]): string[] {
  const countOf: Record<Count, (limits: TokenLimits, kind: TokenKind) => number> = {
    limit: ({ kinds }, kind) => kinds[kind].limit,
    admitted: ({ admitted }, kind) => admitted[kind],
    used: ({ used }, kind) => used[kind],
    quarter: ({ quarter }, kind) => quarter.used[kind],
    peak: ({ quarter }, kind) => quarter.peak[kind],
  }
  const instants = (of: (limits: TokenLimits) => number | null) =>
    timeColumn(meters.map(({ limits }) => dateOf(of(limits))))
  return [
    plainColumn(meters.map(({ accountId }) => accountId)),
    textColumn(meters.map(({ model }) => model)),
    instants(({ startedAt }) => startedAt),
    instants(({ usedAt }) => usedAt),
    instants(({ minute }) => minute),
    ...tokenKinds.flatMap((kind) =>
      counts.map((count) => plainColumn(meters.map(({ limits }) => countOf[count](limits, kind)))),
    ),
    ...tokenKinds.flatMap((kind) => [
      instants(({ kinds }) => kinds[kind].raisedAt),
      instants(({ kinds }) => kinds[kind].changedAt),
    ]),
  ]
}

const dateOf = (instant: number | null) => (instant === null ? null : new Date(instant))

/** Keeps quarters of an hour for as long as the graph shows them. */
const saveQuarters = (tx: Tx, quarters: ({ accountId: string; model: string } & Quarter)[]): Promise<unknown> =>
  tx.query(
    `with n as (
       select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                            $8::bigint[], $9::bigint[])
         as n (account_id, model, quarter, prompt_used, uncached_used, generated_used, prompt_peak, uncached_peak, generated_peak)
     ), gone as (
       delete from token_limit_quarters q using n
        where q.account_id = n.account_id and q.model = n.model and q.quarter < n.quarter - interval '8 days'
     )
     insert into token_limit_quarters (account_id, model, quarter, prompt_used, uncached_used, generated_used, prompt_peak,
                                       uncached_peak, generated_peak)
     select * from n on conflict do nothing`,
    [
      plainColumn(quarters.map(({ accountId }) => accountId)),
      textColumn(quarters.map(({ model }) => model)),
      timeColumn(quarters.map(({ at }) => dateOf(at))),
      ...tokenKinds.map((kind) => plainColumn(quarters.map(({ used }) => used[kind]))),
      ...tokenKinds.map((kind) => plainColumn(quarters.map(({ peak }) => peak[kind]))),
    ],
  )

const saveChanges = (
  tx: Tx,
  changes: ({ accountId: string; model: string } & TokenMeter['changes'][number])[],
): Promise<unknown> =>
  tx.query(
    `insert into token_limit_changes (account_id, model, kind, at, limit_before, limit_after, because)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::text[])
     on conflict do nothing`,
    [
      plainColumn(changes.map(({ accountId }) => accountId)),
      textColumn(changes.map(({ model }) => model)),
      plainColumn(changes.map(({ kind }) => kind)),
      timeColumn(changes.map(({ at }) => dateOf(at))),
      plainColumn(changes.map(({ before }) => before)),
      plainColumn(changes.map(({ after }) => after)),
      plainColumn(changes.map(({ because }) => because)),
    ],
  )

/** Everything that a page shows of a model's limits: as last written, with the quarters and changes since an instant. */
export interface TokenModelRow extends StoredTokenLimits {
  quarters: Quarter[]
  changes: { kind: TokenKind; at: number; before: number; after: number; because: string }[]
}

/** The models that an account has used, with their quarters and changes of limits since an instant. */
export async function readTokenModels(accountId: string, since: Date): Promise<TokenModelRow[]> {
  const [rows, quarters, changes] = await Promise.all([
    query<LimitRow>('select l.*, null as history from token_limits l where account_id = $1 order by model', [
      accountId,
    ]),
    query<{ model: string; figures: [number, ...number[]] }>(
      `select model, json_build_array(floor(extract(epoch from quarter) * 1000), prompt_used, uncached_used, generated_used,
              prompt_peak, uncached_peak, generated_peak) as figures
         from token_limit_quarters where account_id = $1 and quarter >= $2 order by quarter`,
      [accountId, since],
    ),
    query<{ model: string; kind: TokenKind; at: Date; limit_before: bigint; limit_after: bigint; because: string }>(
      `select model, kind, at, limit_before, limit_after, because
         from token_limit_changes where account_id = $1 and at >= $2 order by at`,
      [accountId, since],
    ),
  ])
  return rows.map((row) => {
    const own = quarters.filter(({ model }) => model === row.model).map(({ figures }) => readQuarter(figures))
    return {
      ...readStored(row),
      history: own,
      quarters: own,
      changes: changes
        .filter(({ model }) => model === row.model)
        .map(({ kind, at, limit_before, limit_after, because }) => ({
          kind,
          at: at.getTime(),
          before: Number(limit_before),
          after: Number(limit_after),
          because,
        })),
    }
  })
}
