import type { ReactNode } from 'react'
import { useTexts } from '#texts'
import { LanguageSwitch } from '../shell/language-switch'
import { Wordmark } from '../shell/wordmark'
import { TextLink } from '../ui/text-link'

type SignInFrameProps = { title: string; children: ReactNode; isDemo: boolean }

export function SignInFrame({ title, children, isDemo }: SignInFrameProps) {
  const t = useTexts('sign-in')
  return (
    <main id="main" className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <Wordmark />
      <div className="rounded-ui border border-hairline bg-surface p-5 sm:p-6">
        <h1 className="mb-4 text-xl font-semibold tracking-tight">{title}</h1>
        {children}
      </div>
      {isDemo && (
        <p className="text-muted">
          {t.rich('demo', { link: (words) => <TextLink href="/mailbox">{words}</TextLink> })}
        </p>
      )}
      <LanguageSwitch />
    </main>
  )
}
