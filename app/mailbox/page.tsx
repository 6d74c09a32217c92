import { notFound } from 'next/navigation'
import { getTexts, useTexts } from '#texts'
import { MailboxList } from '@/components/mailbox/mailbox-list'
import { Wordmark } from '@/components/shell/wordmark'
import { PageHeader } from '@/components/ui/page-header'
import { TextLink } from '@/components/ui/text-link'
import { system } from '@/lib/core/actor'
import { listMailbox } from '@/lib/domain/notifications'
import { isDemoMode } from '../mode'

export const generateMetadata = async () => ({ title: (await getTexts('mailbox'))('title') })

export default async function MailboxPage() {
  const t = useTexts('mailbox')
  if (!isDemoMode()) notFound()
  // Nobody is signed in yet when a sign-in link is read here; the verb itself answers in the demo only.
  const messages = await listMailbox(system('mailbox page'))
  return (
    <main id="main" className="mx-auto flex max-w-3xl flex-col gap-5 px-4 py-8 sm:px-6">
      <Wordmark />
      <PageHeader
        title={t('title')}
        description={t('description')}
        action={<TextLink href="/">{t('home')}</TextLink>}
      />
      <MailboxList messages={messages} />
    </main>
  )
}
