import { useFormats } from '#texts'
import type { DriftReportDto } from '@/lib/domain/reconciliation'
import { Card } from '../ui/card'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'

/** Earlier reports, each one press away. */
export function DriftReports({ reports, chosen }: { reports: DriftReportDto[]; chosen: string }) {
  const f = useFormats()
  return (
    <Card id="reports" title="Reports, newest first" isFlush>
      <Table caption="Reports, dates in UTC">
        <thead>
          <tr>
            <Th>Begun</Th>
            <Th className="max-sm:hidden">By</Th>
            <Th isFigure>Open</Th>
            <Th isFigure>Put right</Th>
          </tr>
        </thead>
        <tbody>
          {reports.map(({ reportId, startedAt, startedBy, counts, state }) => (
            <tr key={reportId}>
              <Td>
                <TextLink href={`/operator/drift?report=${reportId}`}>{f.instant(startedAt, 'UTC')}</TextLink>
                {reportId === chosen && <span className="text-muted"> (shown)</span>}
                {state !== 'finished' && <span className="block text-xs text-muted">{state}</span>}
              </Td>
              <Td className="break-all text-muted max-sm:hidden">{startedBy}</Td>
              <Td isFigure>{counts.open}</Td>
              <Td isFigure>{counts.healed}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  )
}
