/** Says how far the bench is: a bar on a terminal, plain lines elsewhere. */
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** What is being done now. */
  say: (what: string) => void
  /** One cell more is done. */
  cellDone: () => void
  stop: () => void
}

export function startProgress(cells: number): Progress {
  const began = performance.now()
  if (!process.stderr.isTTY) {
    return {
      say: (what) => console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${what}`),
      cellDone: () => {},
      stop: () => {},
    }
  }
  const bar = new SingleBar({ format: '{bar} {value}/{total} cells · {duration_formatted} · {what}', hideCursor: true })
  bar.start(cells, 0, { what: '' })
  return {
    say: (what) => bar.update({ what }),
    cellDone: () => bar.increment(),
    stop: () => bar.stop(),
  }
}
