/** A line for a terminal that asks for the balance with an API key. */
export const balanceLine = (appUrl: string, accountId: string, key: string): string =>
  [`curl ${appUrl}/v1/accounts/${accountId}/balance \\`, `  -H "Authorization: Bearer ${key}"`].join('\n')

const look = 'overflow-x-auto rounded-ui bg-sunken p-3 text-start font-mono text-xs leading-5'

/** Such a line, as it is typed: it may be wider than the screen. */
export function TerminalLine({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <pre tabIndex={0} dir="ltr" className={look}>
      {text}
    </pre>
  )
}
