import { type TokenCounts, type TokenKind, tokenKinds } from '@/lib/domain/token-limits/rules'
import { Field, Input } from '../ui/field'
import { readCount } from './read-count'

export const tokenNames: Record<TokenKind, string> = {
  prompt: 'Prompt tokens',
  uncached: 'Uncached prompt tokens',
  generated: 'Generated tokens',
}

export type TokenTexts = Record<TokenKind, string>

export const notACount = 'Type a whole number, such as 9,000,000.'

export const tokenTexts = (counts: TokenCounts): TokenTexts => ({
  prompt: counts.prompt.toLocaleString('en-US'),
  uncached: counts.uncached.toLocaleString('en-US'),
  generated: counts.generated.toLocaleString('en-US'),
})

/** The counts that were typed, or what is wrong, by field. */
export function readTokens(texts: TokenTexts): { tokens: TokenCounts; errors: Record<string, string> } {
  const read = tokenKinds.map((kind) => [kind, readCount(texts[kind])] as const)
  return {
    tokens: Object.fromEntries(read.map(([kind, count]) => [kind, count ?? 0])) as TokenCounts,
    errors: Object.fromEntries(read.filter(([, count]) => count === null).map(([kind]) => [kind, notACount])),
  }
}

type TokenFieldsProps = {
  texts: TokenTexts
  onChange: (texts: TokenTexts) => void
  errorOf: (kind: TokenKind) => string | undefined
}

/** Tokens a minute, of each kind. */
export function TokenFields({ texts, onChange, errorOf }: TokenFieldsProps) {
  return (
    <div className="flex flex-col gap-3">
      {tokenKinds.map((kind) => (
        <Field key={kind} label={`${tokenNames[kind]} a minute`} error={errorOf(kind)}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              autoComplete="off"
              value={texts[kind]}
              onChange={(event) => onChange({ ...texts, [kind]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  )
}

type RequestFieldProps = { text: string; onChange: (text: string) => void; error: string | undefined; hint: string }

/** Requests a minute. */
export function RequestField({ text, onChange, error, hint }: RequestFieldProps) {
  return (
    <Field label="Requests a minute" error={error} hint={hint}>
      {(control) => (
        <Input
          {...control}
          data-focus-first
          inputMode="numeric"
          autoComplete="off"
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
