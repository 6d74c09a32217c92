import { SignInFrame } from '@/components/sign-in/sign-in-frame'
import { Button } from '@/components/ui/button'
import { TextLink } from '@/components/ui/text-link'

export const metadata = { title: 'Confirm sign-in', referrer: 'no-referrer' as const }

type ConfirmPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

const carried = ['callbackUrl', 'token', 'email'] as const

/** Where the mailed link leads. Only the press of the button uses the link up: mail scanners open pages, but press nothing. */
export default async function ConfirmPage({ searchParams }: ConfirmPageProps) {
  const query = await searchParams
  if (typeof query.token !== 'string' || typeof query.email !== 'string') {
    return (
      <SignInFrame title="This link is not complete" isDemo={false}>
        <p className="text-muted">
          Open the whole link from the mail, or <TextLink href="/sign-in">ask for a new one</TextLink>.
        </p>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame title="Confirm sign-in" isDemo={false}>
      <form method="get" action="/api/auth/callback/email" className="flex flex-col gap-4">
        <p>
          You are signing in as <strong className="font-semibold break-all">{query.email}</strong>.
        </p>
        {carried.map((name) => (
          <input key={name} type="hidden" name={name} value={typeof query[name] === 'string' ? query[name] : ''} />
        ))}
        <Button type="submit" look="primary" isWide>
          Sign in
        </Button>
      </form>
    </SignInFrame>
  )
}
