import { getTexts, useTexts } from '#texts'
import { SignInFrame } from '@/components/sign-in/sign-in-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { TextLink } from '@/components/ui/text-link'
import { isDemoMode } from '../../mode'

export const generateMetadata = async () => ({ title: (await getTexts('sign-in.mail'))('title') })

export default function CheckMailPage() {
  const t = useTexts('sign-in.mail')
  const isDemo = isDemoMode()
  return (
    <SignInFrame title={t('title')} isDemo={isDemo}>
      <p className="text-muted">{t.rich('body', { link: (words) => <TextLink href="/sign-in">{words}</TextLink> })}</p>
      {isDemo && (
        <div className="mt-4">
          <ButtonLink look="primary" isWide href="/mailbox">
            {t('open')}
          </ButtonLink>
        </div>
      )}
    </SignInFrame>
  )
}
