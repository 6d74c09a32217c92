import { ClientTexts, getTexts } from '#texts'
import { EndSessions } from '@/components/sessions/end-sessions'
import { SessionsCard } from '@/components/sessions/sessions-card'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { listSessions } from '@/lib/domain/sessions'
import { readPage } from '../../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('sessions'))('title') })

export default async function SessionsPage() {
  const t = await getTexts('sessions')
  const { actor, standing } = await readPage()
  const sessions = await listSessions(actor)
  return (
    <ClientTexts of={['sessions']}>
      <div className="flex flex-col gap-4 sm:gap-5">
        <PageHeader title={t('title')} description={t('description')} />
        <SessionsCard sessions={sessions} timeZone={standing.month.timeZone} />
        <Card id="everywhere" title={t('othersTitle')} description={t('othersBody')}>
          <EndSessions />
        </Card>
      </div>
    </ClientTexts>
  )
}
