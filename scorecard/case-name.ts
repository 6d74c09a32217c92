/** How a case with its seed is named in a report: "R01 seed 7: bought once, credited once". */
export const caseName = {
  write: ({ id, seed, title }: { id: string; seed: string; title: string }): string => `${id} seed ${seed}: ${title}`,
  read: (name: string): { id: string; seed: string; title: string } => {
    const [, id, seed, title] = /^(\w+) seed ([\w-]+): (.*)$/s.exec(name) ?? []
    if (!id || !seed || title === undefined) throw new Error(`"${name}" is no case of the scorecard`)
    return { id, seed, title }
  },
}
