import { ClientTexts } from '#texts'
import { readTheme } from '@/app/theme'
import { ThemeSwitch } from '@/components/shell/theme-switch'
import { Wordmark } from '@/components/shell/wordmark'
import { PageHeader } from '@/components/ui/page-header'
import { TextLink, textLinkLook } from '@/components/ui/text-link'
import { ApiReference } from './api-reference'

export const metadata = { title: 'API reference' }

export default async function ApiReferencePage() {
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-5 px-4 py-8 sm:px-6">
      <header className="flex flex-wrap items-center justify-between gap-3">
        <Wordmark />
        <div className="w-56">
          <ClientTexts of={['ui', 'shell.theme']}>
            <ThemeSwitch initial={await readTheme()} name="reference" />
          </ClientTexts>
        </div>
      </header>
      <section aria-label="About the API" className="flex flex-col gap-5">
        <PageHeader
          title="API reference"
          description={
            <>
              What stands in front of an inference server: hold credit, stream, settle. The document itself is at{' '}
              <TextLink href="/v1/openapi.json" opensAway>
                /v1/openapi.json
              </TextLink>
              .
            </>
          }
          action={
            // Loaded anew, for there the words may be of another language.
            <a href="/" className={textLinkLook}>
              Go to the dashboard
            </a>
          }
        />
        <div className="rounded-ui border border-hairline bg-surface p-4">
          <h2 className="font-semibold">Try it here</h2>
          <p className="mt-1 max-w-prose text-muted">
            Make a service key on the server with{' '}
            <code className="font-mono text-ink">npm run keys -- create my-gateway</code>, press Authorize and paste it.
            Then “Try it out” sends real requests to this server. A service key may spend the credit of every account,
            so keep it on your servers; this page forgets it when you leave.
          </p>
        </div>
      </section>
      {/* Brings the page's main part with it. */}
      <ApiReference />
    </div>
  )
}
