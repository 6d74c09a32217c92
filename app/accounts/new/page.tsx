import { ClientTexts, getTexts } from '#texts'
import { OpenAccountForm } from '@/components/members/open-account-form'
import { SignOutTo } from '@/components/members/sign-out-to'
import { Providers } from '@/components/providers'
import { SignInFrame } from '@/components/sign-in/sign-in-frame'
import { TextLink } from '@/components/ui/text-link'
import { listAccountsOf } from '@/lib/domain/members'
import { requireUser } from '@/lib/edges/session'

export const generateMetadata = async () => ({ title: (await getTexts('members'))('accounts.newTitle') })

/** Another account of one's own; also where a person finds themselves who belongs to none. */
export default async function NewAccountPage() {
  const t = await getTexts('members')
  const { actor } = await requireUser()
  const hasAccount = (await listAccountsOf(actor)).length > 0
  return (
    <SignInFrame title={t(hasAccount ? 'accounts.newTitle' : 'accounts.noneTitle')} isDemo={false}>
      <Providers>
        <ClientTexts of={['members.accounts', 'problems']}>
          <div className="flex flex-col gap-4">
            <p className="text-muted">{t(hasAccount ? 'accounts.newBody' : 'accounts.noneBody')}</p>
            <OpenAccountForm />
            {hasAccount ? (
              <TextLink href="/">{t('accounts.back')}</TextLink>
            ) : (
              <SignOutTo path="/sign-in" label={t('accounts.signOut')} />
            )}
          </div>
        </ClientTexts>
      </Providers>
    </SignInFrame>
  )
}
