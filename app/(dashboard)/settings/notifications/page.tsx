import { ClientTexts, getTexts } from '#texts'
import { isPostPaid } from '@/components/accounts/standing-words'
import { LowBalanceForm } from '@/components/notifications/low-balance-form'
import { TopicsForm } from '@/components/notifications/topics-form'
import { WebhookForm } from '@/components/notifications/webhook-form'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { getNotificationChoices } from '@/lib/domain/notifications'
import { readPage } from '../../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('notifications'))('settings.title') })

export default async function NotificationSettingsPage() {
  const t = await getTexts('notifications.settings')
  const { actor, accountId, standing, canWrite } = await readPage()
  const { email, choices, webhook, lowBalance } = await getNotificationChoices(actor, { accountId })
  return (
    <ClientTexts of={['notifications.settings']}>
      <div className="flex max-w-3xl flex-col gap-4 sm:gap-5">
        <PageHeader title={t('title')} description={t('description')} />
        <Card id="topics" title={t('topics')} description={t('topicsBody', { email })}>
          <TopicsForm accountId={accountId} choices={choices} hasWebhook={webhook !== null} />
        </Card>
        <Card id="low-balance" title={t('low')} description={t(isPostPaid(standing) ? 'lowBodyPostPaid' : 'lowBody')}>
          <LowBalanceForm accountId={accountId} threshold={lowBalance} canWrite={canWrite} />
        </Card>
        <Card id="webhook" title={t('webhook')} description={t('webhookBody')}>
          <WebhookForm accountId={accountId} webhook={webhook} />
        </Card>
      </div>
    </ClientTexts>
  )
}
