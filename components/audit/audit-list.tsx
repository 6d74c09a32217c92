import { useFormats, useTexts } from '#texts'
import type { AuditEntryDto } from '@/lib/domain/audit'
import { type AuditChange, type AuditValue, changesOf, isAuditAction } from '@/lib/domain/audit/rules'
import { roles } from '@/lib/domain/members/rules'
import { useFieldNames } from './field-names'

type AuditListProps = { entries: AuditEntryDto[]; timeZone: string }

/** Who did what, when and from where, with what it was before and after. */
export function AuditList({ entries, timeZone }: AuditListProps) {
  const t = useTexts('audit')
  const f = useFormats()
  return (
    <ol aria-label={t('list')}>
      {entries.map((entry) => (
        <li
          key={entry.entryId}
          className="grid gap-x-5 gap-y-1 border-b border-hairline px-4 py-3 last:border-b-0 sm:px-5 md:grid-cols-[13rem_minmax(0,1fr)_minmax(0,1.4fr)]"
        >
          <p className="text-muted md:whitespace-nowrap">
            <time dateTime={entry.at}>{f.instant(entry.at, timeZone)}</time>
          </p>
          <div className="min-w-0">
            <p className="font-medium">
              {isAuditAction(entry.action) ? t(`actions.${entry.action}`) : <code dir="ltr">{entry.action}</code>}
            </p>
            <p className="text-muted">
              <Who actor={entry.actor} />
              {entry.ip && (
                <>
                  {' · '}
                  {t('from', { ip: entry.ip })}
                </>
              )}
            </p>
          </div>
          <Changes changes={changesOf(entry.before, entry.after)} timeZone={timeZone} />
        </li>
      ))}
    </ol>
  )
}

function Who({ actor }: { actor: AuditEntryDto['actor'] }) {
  const t = useTexts('audit')
  if (actor.kind === 'person') return <bdi className="break-all">{actor.email ?? actor.userId}</bdi>
  if (actor.kind === 'operator') return t('operator')
  return t(actor.name === 'stripe' ? 'stripe' : 'automatic')
}

/** A list of fields; ids, which only a person who searches for them needs, are folded away. */
function Changes({ changes, timeZone }: { changes: AuditChange[]; timeZone: string }) {
  const t = useTexts('audit')
  const isId = ({ field, before, after }: AuditChange) => /Ids?$/.test(field) || isUuid(after ?? before)
  const told = changes.filter(saysSomething)
  const [ids, others] = [told.filter(isId), told.filter((change) => !isId(change))]
  return (
    <div className="min-w-0">
      {others.length > 0 && <Fields changes={others} timeZone={timeZone} />}
      {ids.length > 0 && (
        <details>
          <summary className="w-fit min-h-6 rounded-ui text-muted underline decoration-hairline underline-offset-4 hover:text-ink">
            {t('details')}
          </summary>
          <Fields changes={ids} timeZone={timeZone} />
        </details>
      )}
    </div>
  )
}

const isUuid = (value: AuditValue | undefined): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)

function Fields({ changes, timeZone }: { changes: AuditChange[]; timeZone: string }) {
  const t = useTexts('audit')
  const nameOf = useFieldNames()
  return (
    <dl className="flex flex-col gap-0.5">
      {changes.map(({ field, before, after }) => (
        <div key={field} className="flex flex-wrap gap-x-2">
          <dt className="text-muted">{nameOf(field)}</dt>
          <dd className="min-w-0 break-words">
            {before !== undefined && after !== undefined ? (
              t.rich('changed', {
                was: () => <Value key="was" field={field} value={before} timeZone={timeZone} />,
                is: () => <Value key="is" field={field} value={after} timeZone={timeZone} />,
              })
            ) : (
              <Value field={field} value={after ?? before ?? null} timeZone={timeZone} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Something that is new, or gone, has nothing to say of the fields that it never had. */
const saysSomething = ({ before, after }: AuditChange): boolean =>
  (before !== undefined && after !== undefined) || !isEmpty(after ?? before)

const isEmpty = (value: AuditValue | undefined): value is undefined | null | '' =>
  value === undefined || value === null || value === ''

/** Fields whose values are codes of ours, never what a person typed. */
const isCode = new Set(['because', 'kind', 'mode', 'origin', 'pausedReason', 'scope', 'state', 'status', 'window'])

/** As the log has it; money, instants and roles as people read them. */
function Value({ field, value, timeZone }: { field: string; value: AuditValue; timeZone: string }) {
  const t = useTexts('audit')
  const tMembers = useTexts('members')
  const f = useFormats()
  if (isEmpty(value)) return <span className="text-muted">{t('nothing')}</span>
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  const named = (code: string) => (t.has(`values.${code}`) ? t(`values.${code}` as 'values.open') : code)
  if (field === 'warnAtPercent' && Array.isArray(value)) {
    return <bdi>{f.list(value.map((percent) => f.percent(Number(percent))))}</bdi>
  }
  if (Array.isArray(value)) return <bdi>{f.list(value.map((one) => named(String(one))))}</bdi>
  const role = roles.find((one) => field === 'role' && one === value)
  if (role) return tMembers(`roles.${role}`)
  const text = String(value)
  if (/^-?\d+\.\d{2,9}$/.test(text)) return f.money(text)
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)) return f.instant(text, timeZone)
  return <bdi className="break-words">{isCode.has(field) ? named(text) : text}</bdi>
}
