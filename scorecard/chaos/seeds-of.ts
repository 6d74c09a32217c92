const mostSeeds = 10_000

/** Reads "7,12,30-35" as those seeds, in order. @throws Error for anything else */
export function seedsOf(text: string): string[] {
  const seeds = text.split(',').flatMap((part) => {
    const [, first, last] = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(part) ?? []
    if (first === undefined || Number(last ?? first) < Number(first)) throw new Error(wrong)
    const count = Number(last ?? first) - Number(first) + 1
    if (count > mostSeeds) throw new Error(wrong)
    return Array.from({ length: count }, (_, n) => String(Number(first) + n))
  })
  return [...new Set(seeds)]
}

const wrong = `--seeds takes numbers and ranges with commas between them, such as 7,12,30-35 (at most ${mostSeeds}).`
