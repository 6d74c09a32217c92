import { DriftFindings } from '@/components/operator/drift-findings'
import { DriftReports } from '@/components/operator/drift-reports'
import { DriftSummary } from '@/components/operator/drift-summary'
import { RunNow } from '@/components/operator/run-now'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listDriftReports, readDriftReport } from '@/lib/domain/reconciliation'
import { readOperator } from '../page-data'

export const metadata = { title: 'Drift · Operator' }

type DriftPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function DriftPage({ searchParams }: DriftPageProps) {
  const [query, { actor, may }] = await Promise.all([searchParams, readOperator()])
  const { reports } = await listDriftReports(actor)
  const chosen = reports.find(({ reportId }) => reportId === query.report) ?? reports[0]
  const report = chosen && (await readDriftReport(actor, { reportId: chosen.reportId }))
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title="Drift"
        description="Stripe and the ledger, compared in both directions every night: each difference with what to do about it."
        action={may('platform:write') && <RunNow running={reports.find(isUnderWay)?.reportId ?? null} />}
      />
      {report ? (
        <>
          <DriftSummary report={report} />
          <DriftFindings findings={report.findings} />
          <DriftReports reports={reports} chosen={report.reportId} />
        </>
      ) : (
        <EmptyState title="Nothing has been compared yet">
          The first comparison runs tonight at 03:23 UTC, or when you run one now.
        </EmptyState>
      )}
    </div>
  )
}

const isUnderWay = ({ state }: { state: string }): boolean => state === 'waiting' || state === 'running'
