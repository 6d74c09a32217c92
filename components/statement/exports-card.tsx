import { ClientTexts, useTexts } from '#texts'
import { buttonLook } from '../ui/button-look'
import { Card } from '../ui/card'
import { ExportLink } from '../usage/export-link'

type ExportsCardProps = { accountId: string; csvQuery: string; printHref: string }

/** The ways out: every file is written while it is downloaded, whatever its size. */
export function ExportsCard({ accountId, csvQuery, printHref }: ExportsCardProps) {
  const t = useTexts('statement')
  const door = (name: string) => `/api/accounts/${accountId}/statement/${name}`
  const files = [
    { href: `${door('csv')}${csvQuery}`, label: t('exports.csv') },
    { href: door('hledger'), label: t('exports.hledger') },
    { href: door('beancount'), label: t('exports.beancount') },
    { href: door('proof'), label: t('exports.proof') },
  ]
  return (
    <Card id="exports" title={t('exports.title')} description={t('exports.description')}>
      <ul className="flex flex-wrap gap-2">
        {files.map(({ href, label }) => (
          <li key={href}>
            <ClientTexts of={['usage.download']}>
              <ExportLink href={href} label={label} />
            </ClientTexts>
          </li>
        ))}
        <li>
          <a href={printHref} className={buttonLook('secondary')}>
            {t('exports.print')}
          </a>
        </li>
      </ul>
    </Card>
  )
}
