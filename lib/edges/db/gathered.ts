/**
 * Reads that are asked for one by one and made together: while a read is on its way the next ones gather, and go when it has
 * returned. Idle, a read goes by itself at once. Every answer is of a read that began after it was asked for.
 */
export function gathered<V>(
  read: (keys: string[]) => Promise<Map<string, V>>,
  mostAtOnce = 2,
): (key: string) => Promise<V | undefined> {
  let waiting = new Map<string, Waiting<V>>()
  let running = 0

  async function run(): Promise<void> {
    running += 1
    while (waiting.size > 0) {
      const batch = waiting
      waiting = new Map()
      try {
        const found = await read([...batch.keys()])
        for (const [key, { resolve }] of batch) resolve(found.get(key))
      } catch (error) {
        for (const { reject } of batch.values()) reject(error)
      }
    }
    running -= 1
  }

  return (key) => {
    const asked = waiting.get(key) ?? aWaiting<V>()
    waiting.set(key, asked)
    if (running < mostAtOnce) void run()
    return asked.promise
  }
}

interface Waiting<V> {
  promise: Promise<V | undefined>
  resolve: (value: V | undefined) => void
  reject: (error: unknown) => void
}

function aWaiting<V>(): Waiting<V> {
  let resolve: Waiting<V>['resolve'] = () => {}
  let reject: Waiting<V>['reject'] = () => {}
  const promise = new Promise<V | undefined>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
