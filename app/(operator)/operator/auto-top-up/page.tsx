import { ActivityList } from '@/components/operator/activity-list'
import { SwitchesCard } from '@/components/operator/switches-card'
import { ButtonLink } from '@/components/ui/button-link'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { getAutoTopUpSwitches, listTopUpActivity } from '@/lib/domain/auto-top-up'
import { readOperator } from '../page-data'

export const metadata = { title: 'Auto top-up · Operator' }

const pageLength = 100

type AutoTopUpPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function AutoTopUpPage({ searchParams }: AutoTopUpPageProps) {
  const [query, { actor, may }] = await Promise.all([searchParams, readOperator()])
  const before = typeof query.before === 'string' && !Number.isNaN(Date.parse(query.before)) ? query.before : undefined
  const [switches, entries] = await Promise.all([
    getAutoTopUpSwitches(actor),
    listTopUpActivity(actor, { ...(before && { before }) }),
  ])
  const last = entries.at(-1)
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title="Auto top-up"
        description="Of every account. Attempts in flight are carried to their end, whatever is switched off."
      />
      <SwitchesCard switches={switches} canWrite={may('platform:write')} />
      <Card id="activity" title="What it did and why not, newest first" isFlush>
        <ActivityList entries={entries} timeZone="UTC" namesAccounts />
        {entries.length === pageLength && last && (
          <div className="border-t border-hairline px-4 py-3 sm:px-5">
            <ButtonLink href={`/operator/auto-top-up?before=${encodeURIComponent(last.at)}`}>Older</ButtonLink>
          </div>
        )}
      </Card>
    </div>
  )
}
