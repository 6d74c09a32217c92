import { getTexts, useTexts } from '#texts'
import { SignInFrame } from '@/components/sign-in/sign-in-frame'
import { Button } from '@/components/ui/button'
import { TextLink } from '@/components/ui/text-link'

export const generateMetadata = async () => ({
  title: (await getTexts('sign-in.confirm'))('title'),
  referrer: 'no-referrer' as const,
})

type ConfirmPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

const carried = ['callbackUrl', 'token', 'email'] as const

/** Where the mailed link leads. Only the press of the button uses the link up: mail scanners open pages, but press nothing. */
export default async function ConfirmPage({ searchParams }: ConfirmPageProps) {
  const query = await searchParams
  const t = useTexts('sign-in.confirm')
  if (typeof query.token !== 'string' || typeof query.email !== 'string') {
    return (
      <SignInFrame title={t('incomplete')} isDemo={false}>
        <p className="text-muted">
          {t.rich('whole', { link: (words) => <TextLink href="/sign-in">{words}</TextLink> })}
        </p>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame title={t('title')} isDemo={false}>
      <form method="get" action="/api/auth/callback/email" className="flex flex-col gap-4">
        <p>
          {t.rich('who', {
            email: query.email,
            b: (words) => (
              <strong dir="ltr" className="font-semibold break-all">
                {words}
              </strong>
            ),
          })}
        </p>
        {carried.map((name) => (
          <input key={name} type="hidden" name={name} value={typeof query[name] === 'string' ? query[name] : ''} />
        ))}
        <Button type="submit" look="primary" isWide>
          {t('go')}
        </Button>
      </form>
    </SignInFrame>
  )
}
