/** A UUID that begins with the time (version 7, RFC 9562): keys made one after the other stand beside each other. */
export function newId(now = Date.now()): string {
  const random = crypto.randomUUID()
  const time = now.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}
