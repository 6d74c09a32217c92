import type { ReactNode } from 'react'
import type { KeysOf } from '@/lib/core/message-keys'
import type { en } from '@/messages/en'

export type Messages = typeof en

type GroupsOf<Namespace extends keyof Messages> = {
  [Key in keyof Messages[Namespace] & string]: Messages[Namespace][Key] extends string ? never : `${Namespace}.${Key}`
}[keyof Messages[Namespace] & string]

/** A folder of components ("usage"), or one group of its messages ("usage.filters"). */
export type Namespace = { [Name in keyof Messages]: Name | GroupsOf<Name> }[keyof Messages]

type MessagesOf<Name extends Namespace> = Name extends keyof Messages
  ? Messages[Name]
  : Name extends `${infer Top extends keyof Messages}.${infer Group}`
    ? Group extends keyof Messages[Top]
      ? Messages[Top][Group]
      : never
    : never

/** The key of a message in a namespace. */
export type TextKey<Name extends Namespace> = KeysOf<MessagesOf<Name>>

type Values = Record<string, string | number>
/** Elements come in by a tag, `<name></name>`: the formatter writes a plain argument as text. */
type RichValues = Record<string, string | number | ((chunks: ReactNode) => ReactNode)>

/** The words of one namespace in the language of the person. */
export interface Texts<Name extends Namespace> {
  (key: TextKey<Name>, values?: Values): string
  has(key: string): boolean
  /** With elements: `<b>…</b>` in the message becomes what `b` returns. */
  rich(key: TextKey<Name>, values: RichValues): ReactNode
}
