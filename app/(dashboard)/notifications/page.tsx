import { ClientTexts, getTexts } from '#texts'
import { InboxList } from '@/components/notifications/inbox-list'
import { MarkRead } from '@/components/notifications/mark-read'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { TextLink } from '@/components/ui/text-link'
import { listInbox } from '@/lib/domain/notifications'
import { readPage } from '../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('notifications'))('title') })

export default async function NotificationsPage() {
  const t = await getTexts('notifications')
  const { actor, accountId, standing } = await readPage()
  const { items, newCount } = await listInbox(actor, { accountId })
  const [latest] = items
  return (
    <ClientTexts of={['notifications']}>
      <div className="flex flex-col gap-4 sm:gap-5">
        <PageHeader
          title={t('title')}
          description={t('description')}
          action={latest && <MarkRead accountId={accountId} until={latest.at} hasNew={newCount > 0} />}
        />
        {latest ? (
          <InboxList items={items} timeZone={standing.timeZone} />
        ) : (
          <EmptyState title={t('empty')}>{t('emptyBody')}</EmptyState>
        )}
        <p>
          <TextLink href="/settings/notifications">{t('choose')}</TextLink>
        </p>
      </div>
    </ClientTexts>
  )
}
