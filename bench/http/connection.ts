/** A keep-alive connection over a plain socket, that knows just enough of HTTP to read the answers of the servers here. */
import net from 'node:net'

export interface Answer {
  status: number
  body: string
}

/** One keep-alive connection. */
export class Connection {
  private received = ''
  private waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null

  private constructor(private readonly socket: net.Socket) {
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.take(text))
    socket.on('error', (error) => this.fail(error))
    socket.on('close', () => this.fail(new Error('The server closed a connection that was in use.')))
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      this.socket.write(request, 'latin1')
    })
  }

  /** Whether the server has not closed it meanwhile. */
  get isOpen(): boolean {
    return this.socket.writable && !this.socket.destroyed
  }

  close(): void {
    this.socket.destroy()
  }

  private take(text: string): void {
    this.received = this.received ? this.received + text : text
    const answer = answerIn(this.received)
    if (!answer || !this.waiting) return
    const { resolve } = this.waiting
    this.received = ''
    this.waiting = null
    resolve(answer)
  }

  private fail(error: Error): void {
    this.waiting?.reject(error)
    this.waiting = null
  }
}

/** The answer once all of it is there. */
function answerIn(text: string): Answer | null {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const status = Number(text.slice(9, 12))
  const begin = headEnd + 4
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2))?.[1]
  if (length !== undefined) return text.length < begin + Number(length) ? null : { status, body: text.slice(begin) }
  return text.endsWith('\r\n0\r\n\r\n') ? { status, body: text.slice(begin) } : null
}
