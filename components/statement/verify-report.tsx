import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import { money } from '@/lib/core/money'
import type { TransferKind } from '@/lib/domain/ledger/rules'
import type { ProofProblem, ProofReport } from '@/lib/domain/statement/proof/rules'
import { Banner } from '../ui/banner'
import type { RememberedHead } from './remembered-head'

type VerifyReportProps = {
  report: ProofReport
  timeZone: string
  /** The file that the person kept does not fit itself. */
  isOfEarlier?: boolean
  seconds: number | null
  before: RememberedHead | null
}

const problemsShown = 20

/** In words: what fits, what does not and where, and what no such check can show. */
export function VerifyReport(props: VerifyReportProps) {
  const t = useTexts('statement.verify')
  const { report, isOfEarlier = false } = props
  const isGood = report.problemCount === 0
  return (
    <>
      {isGood ? (
        <Banner tone="good" title={t('good')} />
      ) : (
        <Banner tone="bad" title={isOfEarlier ? t('problems.earlierBroken') : t('bad')}>
          {!isOfEarlier && t('badText', { count: report.problemCount })}
        </Banner>
      )}
      {!isGood && <Problems report={report} />}
      {isGood && <Checked {...props} />}
      <section aria-labelledby="verify-cannot">
        <h3 id="verify-cannot" className="mb-1.5 font-semibold">
          {t('cannotTitle')}
        </h3>
        <Points points={[t('cannotRewritten'), t('cannotMissing'), t('cannotRequests'), t('cannotCode')]} />
      </section>
    </>
  )
}

const Points = ({ points }: { points: ReactNode[] }) => (
  <ul className="flex list-disc flex-col gap-1.5 ps-5 text-muted">
    {points.map((point, index) => (
      <li key={index} className="wrap-anywhere">
        {point}
      </li>
    ))}
  </ul>
)

function Checked({ report, timeZone, seconds, before }: VerifyReportProps) {
  const t = useTexts('statement.verify')
  const words = useTexts('statement.kinds')
  const f = useFormats()
  const { head, currency } = report
  if (!head) return null
  const kinds = Object.entries(report.kinds).map(([kind, count]) =>
    t('kindCount', { kind: words(kind as TransferKind), count: f.number(count) }),
  )
  const points = [
    t('chain', { count: report.transfers, hash: head.hash.slice(0, 16) }),
    t('balances', { balance: f.exactMoney(money(BigInt(head.balance), currency ?? undefined)) }),
    t('numbers', { seq: f.number(head.seq) }),
    t('buckets', { kinds: f.list(kinds) }),
    t('grants', { grants: report.grants, draws: report.draws }),
    ...(report.olderForm === report.transfers ? [] : [t('order')]),
    t('shown'),
    before ? t('remembered', { seq: f.number(before.seq), at: f.instant(before.at, timeZone) }) : t('firstTime'),
    ...(report.earlierLines === null ? [] : [t('earlierSame', { lines: f.number(report.earlierLines) })]),
    ...(report.timesBack === 0 ? [] : [t('timesBack', { count: report.timesBack })]),
    ...(report.olderForm === 0 ? [] : [t('olderForm', { count: report.olderForm })]),
    ...(report.endedEarly === 0 ? [] : [t('endedEarly', { count: report.endedEarly })]),
    t('file', { lines: f.number(report.lines), bytes: f.number(report.bytes) }),
    ...(seconds === null ? [] : [t('took', { seconds: f.number(Math.round(seconds * 10) / 10) })]),
  ]
  return (
    <section aria-labelledby="verify-checked">
      <h3 id="verify-checked" className="mb-1.5 font-semibold">
        {t('checkedTitle')}
      </h3>
      <Points points={points} />
    </section>
  )
}

function Problems({ report }: { report: ProofReport }) {
  const t = useTexts('statement.verify')
  const f = useFormats()
  const shown = report.problems.slice(0, problemsShown)
  const hidden = report.problemCount - shown.length
  return (
    <div>
      <ol className="flex flex-col gap-3">
        {shown.map((problem) => (
          <Problem key={`${problem.line} ${problem.code} ${problem.field} ${problem.found}`} problem={problem} />
        ))}
      </ol>
      {hidden > 0 && <p className="mt-3 text-muted">{t('moreProblems', { count: f.number(hidden) })}</p>}
    </div>
  )
}

function Problem({ problem }: { problem: ProofProblem }) {
  const t = useTexts('statement.verify')
  const { line, seq, code, field, expected, found } = problem
  return (
    <li className="rounded-ui border border-hairline p-3">
      <p className="font-semibold">{seq === null ? t('atLine', { line }) : t('atMovement', { seq, line })}</p>
      <p>{t(`problems.${code}`, { field })}</p>
      {(expected !== '' || found !== '') && (
        <dl className="mt-1.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 text-muted">
          {expected !== '' && <Row label={t('expected')} value={expected} />}
          {found !== '' && <Row label={t('found')} value={found} />}
        </dl>
      )}
    </li>
  )
}

const Row = ({ label, value }: { label: string; value: string }) => (
  <>
    <dt>{label}</dt>
    <dd dir="ltr" className="font-mono text-xs leading-5 wrap-anywhere">
      {value}
    </dd>
  </>
)
