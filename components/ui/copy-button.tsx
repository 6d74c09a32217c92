'use client'

import { useState } from 'react'
import { useTexts } from '#texts'
import { Button } from './button'

/** Copies the text and says so in place. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useTexts('ui')
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <Button onClick={copy}>
      <span aria-live="polite">{isCopied ? t('copied') : (label ?? t('copy'))}</span>
    </Button>
  )
}
