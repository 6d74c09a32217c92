import { SignInFrame } from '@/components/sign-in/sign-in-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { TextLink } from '@/components/ui/text-link'
import { isDemoMode } from '../../mode'

export const metadata = { title: 'Check your mail' }

export default function CheckMailPage() {
  const isDemo = isDemoMode()
  return (
    <SignInFrame title="Check your mail" isDemo={isDemo}>
      <p className="text-muted">
        A sign-in link is on its way. It works once. If nothing arrives within a few minutes, look in the spam folder,
        or <TextLink href="/sign-in">ask for another</TextLink>.
      </p>
      {isDemo && (
        <div className="mt-4">
          <ButtonLink look="primary" isWide href="/mailbox">
            Open the mailbox
          </ButtonLink>
        </div>
      )}
    </SignInFrame>
  )
}
