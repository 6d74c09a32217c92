import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import { Card } from '../ui/card'
import { CopyButton } from '../ui/copy-button'

/** `creditLimit`: how far usage may go beyond credit; null: prepaid. */
type FirstStepsProps = { accountId: string; balance: string; creditLimit: string | null; appUrl: string }

/** A new account learns here what it has, what spends it, and what happens when it is gone. */
export function FirstSteps({ accountId, balance, creditLimit, appUrl }: FirstStepsProps) {
  const t = useTexts('accounts.firstSteps')
  const f = useFormats()
  const command = usageCommand(accountId, appUrl)
  return (
    <Card id="first-steps" title={t('title')}>
      <ol className="flex flex-col gap-5">
        <Step number={1} title={t('credit.title', { amount: f.money(balance) })}>
          <p className="text-muted">{t('credit.body')}</p>
        </Step>
        <Step number={2} title={t('spend.title')}>
          <p className="mb-2 text-muted">
            {t.rich('spend.body', {
              code: (words) => (
                <code dir="ltr" className="font-mono">
                  {words}
                </code>
              ),
            })}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
          <pre tabIndex={0} dir="ltr" className="overflow-x-auto rounded-ui bg-sunken p-3 font-mono text-xs leading-5">
            {command}
          </pre>
          <div className="mt-2">
            <CopyButton text={command} label={t('spend.copy')} />
          </div>
        </Step>
        {creditLimit === null ? (
          <Step number={3} title={t('pause.title')}>
            <p className="text-muted">{t('pause.body')}</p>
          </Step>
        ) : (
          <Step number={3} title={t('beyond.title')}>
            <p className="text-muted">{t('beyond.body', { limit: f.money(creditLimit) })}</p>
          </Step>
        )}
      </ol>
    </Card>
  )
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <li className="grid grid-cols-[1.75rem_minmax(0,1fr)]">
      <span aria-hidden="true" className="text-muted">
        {number}
      </span>
      <div>
        <h3 className="mb-0.5 font-medium">{title}</h3>
        {children}
      </div>
    </li>
  )
}

function usageCommand(accountId: string, appUrl: string): string {
  const body = {
    account_id: accountId,
    events: [{ id: 'my-first-request', model: 'gpt-oss-20b', input_tokens: 1200, output_tokens: 300 }],
  }
  return [
    `curl ${appUrl}/v1/usage \\`,
    `  -H "Authorization: Bearer $PURSE_SERVICE_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(body)}'`,
  ].join('\n')
}
