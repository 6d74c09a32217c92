'use client'

import { useFormats, useTexts } from '#texts'
import type { NewApiKeyDto } from '@/lib/domain/api-keys'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { balanceLine, TerminalLine } from './balance-line'

type SecretViewProps = {
  made: NewApiKeyDto
  accountId: string
  appUrl: string
  timeZone: string
  onDone: () => void
}

/** A key’s secret, the one time that it is shown, with a line that works. */
export function SecretView({ made, accountId, appUrl, timeZone, onDone }: SecretViewProps) {
  const t = useTexts('api-keys.secret')
  const f = useFormats()
  const { key, secret } = made
  const line = key.scopes.includes('read') ? balanceLine(appUrl, accountId, secret) : null
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="warn" title={t('once')}>
        {t('keep')}
      </Banner>
      <div>
        <p className="mb-1 font-medium">{t('label')}</p>
        <code dir="ltr" className="mb-2 block rounded-ui bg-sunken p-3 font-mono text-sm break-all select-all">
          {secret}
        </code>
        <CopyButton text={secret} label={t('copy')} />
      </div>
      {key.graceUntil && <p>{t('grace', { instant: f.instant(key.graceUntil, timeZone) })}</p>}
      {line ? (
        <div>
          <p className="mb-1 text-muted">{t('try')}</p>
          <div className="mb-2">
            <TerminalLine text={line} />
          </div>
          <CopyButton text={line} label={t('copyLine')} />
        </div>
      ) : (
        <p className="text-muted">{t('use')}</p>
      )}
      <div>
        <Button look="primary" onClick={onDone}>
          {t('done')}
        </Button>
      </div>
    </div>
  )
}
