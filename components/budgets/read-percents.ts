/** "50, 80" as numbers, or null when one of them is no whole percentage from 1 to 99. */
export function readPercents(text: string): number[] | null {
  const parts = text.split(/[\s,;%،٪]+/).filter(Boolean)
  const percents = parts.map((part) => (/^\d{1,2}$/.test(part) ? Number(part) : 0))
  return percents.every((percent) => percent >= 1) ? percents : null
}
