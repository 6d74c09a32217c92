import { type Actor, actorName } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId, newId } from '@/lib/core/ids'
import { formatMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { enqueue } from '@/lib/edges/queue'
import { requireOperator } from '../members'
import { type FindingKind, type FindingState, todoOf } from './rules'
import { noCounts } from './run'
import {
  type Counts,
  countUnresolved,
  findReport,
  insertReport,
  type Report,
  type ReportState,
  readFindings,
  readLatestFinished,
  readReports,
  type StoredFinding,
  type Totals,
} from './store'

/** A report as pages and commands show it. Instants are ISO strings, amounts decimal strings. */
export interface DriftReportDto {
  reportId: string
  startedBy: string
  state: ReportState
  /** Why it could not be brought to its end. */
  failure: string | null
  /** Objects of Stripe created from then on were compared; null: everything. */
  since: string | null
  startedAt: string
  finishedAt: string | null
  counts: Counts
  totals: Totals[]
}

export interface DriftFindingDto {
  findingId: string
  kind: FindingKind
  /** open: for a person. healed: put right by the run itself. known: under review already. */
  state: FindingState
  accountId: string | null
  purchaseId: string | null
  paymentIntentId: string | null
  /** The refund, dispute or balance transaction that it is about. */
  objectId: string | null
  currency: string
  atStripe: string | null
  inBooks: string | null
  sentence: string
  whatToDo: string
  foundAt: string
  resolvedAt: string | null
}

const mostReports = 60
const mostShown = 1_000

/** The latest reports, newest first. */
export async function listDriftReports(actor: Actor): Promise<{ reports: DriftReportDto[] }> {
  await requireOperator(actor, 'operator:read')
  return { reports: (await readReports(pool(), mostReports)).map(reportDto) }
}

/** A report with its findings (the first thousand), open ones first. @throws Refusal `not_found` */
export async function readDriftReport(
  actor: Actor,
  { reportId }: { reportId: string },
): Promise<DriftReportDto & { findings: DriftFindingDto[] }> {
  await requireOperator(actor, 'operator:read')
  const report = isId(reportId) ? await findReport(pool(), reportId) : null
  if (!report) throw new Refusal('not_found', { message: 'There is no such report.' })
  return { ...reportDto(report), findings: (await readFindings(pool(), reportId, mostShown)).map(findingDto) }
}

/**
 * Has the worker run a reconciliation. `since`: an ISO instant; without it everything is compared.
 * @throws Refusal `invalid_request` naming the field
 */
export async function startReconciliation(
  actor: Actor,
  { since }: { since?: string | undefined },
): Promise<{ reportId: string }> {
  await requireOperator(actor, 'platform:write')
  const from = since === undefined ? null : parseSince(since)
  const reportId = newId()
  const at = await now()
  if (from && from > at) {
    throw new Refusal('invalid_request', {
      field: 'since',
      message: 'since lies in the future: nothing would be compared.',
    })
  }
  await inTransaction(async (tx) => {
    const startedBy = actorName(actor)
    await insertReport(tx, { reportId, startedBy, state: 'waiting', since: from, counts: noCounts(), at })
    await enqueue(tx, 'run-reconciliation', { reportId }, { key: `reconciliation:${reportId}` })
  })
  return { reportId }
}

/** Reads a day ("2026-11-01", UTC) or an instant. @throws Refusal `invalid_request` */
export function parseSince(text: string): Date {
  const instant = new Date(text)
  if (/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text) && !Number.isNaN(instant.getTime())) return instant
  throw new Refusal('invalid_request', {
    field: 'since',
    message: 'since must be a day such as 2026-11-01, or an instant such as 2026-11-01T00:00:00Z.',
  })
}

/** What waits for a person, by kind, and when the two were last compared. */
export async function getDriftSummary(
  actor: Actor,
): Promise<{ open: Record<string, number>; comparedAt: string | null }> {
  await requireOperator(actor, 'operator:read')
  const [counts, comparedAt] = await Promise.all([countUnresolved(pool()), readLatestFinished(pool())])
  const open = Object.fromEntries(counts.map(({ kind, count }) => [kind, Number(count)]))
  return { open, comparedAt: comparedAt?.toISOString() ?? null }
}

const reportDto = ({ since, startedAt, finishedAt, ...report }: Report): DriftReportDto => ({
  ...report,
  since: since?.toISOString() ?? null,
  startedAt: startedAt.toISOString(),
  finishedAt: finishedAt?.toISOString() ?? null,
})

const findingDto = ({
  reportId: _,
  atStripe,
  inBooks,
  foundAt,
  resolvedAt,
  ...finding
}: StoredFinding): DriftFindingDto => ({
  ...finding,
  currency: (atStripe ?? inBooks)?.currency ?? 'usd',
  atStripe: atStripe && formatMoney(atStripe),
  inBooks: inBooks && formatMoney(inBooks),
  whatToDo: todoOf(finding.kind),
  foundAt: foundAt.toISOString(),
  resolvedAt: resolvedAt?.toISOString() ?? null,
})
