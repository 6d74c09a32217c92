import type { ReactNode } from 'react'
import { displayMoney, parseMoney } from '@/lib/core/money'
import { Card } from '../ui/card'
import { CopyButton } from '../ui/copy-button'

type FirstStepsProps = { accountId: string; balance: string; appUrl: string }

/** A new account learns here what it has, what spends it, and what happens when it is gone. */
export function FirstSteps({ accountId, balance, appUrl }: FirstStepsProps) {
  const command = usageCommand(accountId, appUrl)
  return (
    <Card id="first-steps" title="No usage yet">
      <ol className="flex flex-col gap-5">
        <Step number={1} title={`You have ${displayMoney(parseMoney(balance))} of credit`}>
          <p className="text-muted">
            Credit pays for all usage. What each request costs appears here by day and model, exact to the billionth of
            a dollar.
          </p>
        </Step>
        <Step number={2} title="This line spends some of it">
          <p className="mb-2 text-muted">
            It reports one request, as the platform’s gateway does for you. The gateway’s service key stands in{' '}
            <code className="font-mono">PURSE_SERVICE_KEY</code>.
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
          <pre tabIndex={0} className="overflow-x-auto rounded-ui bg-sunken p-3 font-mono text-xs leading-5">
            {command}
          </pre>
          <div className="mt-2">
            <CopyButton text={command} label="Copy the line" />
          </div>
        </Step>
        <Step number={3} title="When the credit is gone, usage pauses">
          <p className="text-muted">
            Nothing runs unpaid. Usage resumes at once when you buy credits, or by itself with auto top-up. An account
            that has used up its free credit and has no payment method is suspended until one is added.
          </p>
        </Step>
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
