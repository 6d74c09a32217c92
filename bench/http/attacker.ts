/** A client that behaves badly, a process of its own, until it is killed: `attacker.ts KIND PORT SERVICE_KEY`. Prints a line when it has begun. */
import net from 'node:net'
import { accountIdOf, anEvent } from '../traffic'

const [kind, port, serviceKey] = process.argv.slice(2)
const connections = { slow: 200, idle: 1000, large: 2, deep: 4 }
const wanted = connections[kind as keyof typeof connections]
const fullBatchBytes = 5_000_000
const fullBatchEvents = 1000

const headOf = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${serviceKey}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

/** A batch of as many events, and with white space as many bytes, as one may have. */
function fullBatch(number: number): string {
  const events = Array.from({ length: fullBatchEvents }, () => {
    const { eventId, model, inputTokens, outputTokens } = anEvent()
    return { id: eventId, model, input_tokens: inputTokens, output_tokens: outputTokens }
  })
  const body = JSON.stringify({ account_id: accountIdOf('uniform', number), events })
  return body.padEnd(fullBatchBytes, ' ')
}

const deep = '['.repeat(999_999)

const attacks: Record<string, (socket: net.Socket) => void> = {
  idle: () => {},
  /** A byte a second. */
  slow: (socket) => {
    socket.write(headOf('/v1/usage', 500))
    const drip = setInterval(() => socket.write(' '), 1000)
    socket.on('close', () => clearInterval(drip))
  },
  large: (socket) => askAgainAndAgain(socket, (number) => headOf('/v1/usage', fullBatchBytes) + fullBatch(number)),
  deep: (socket) => askAgainAndAgain(socket, () => headOf('/v1/usage', deep.length) + deep),
}

/** Sends the next request when the last one is sent and answered. */
function askAgainAndAgain(socket: net.Socket, request: (number: number) => string): void {
  let number = 0
  let isSent = false
  let isAnswered = false
  const ask = () => {
    isSent = false
    isAnswered = false
    number += 1
    socket.write(request(number), 'latin1', () => {
      isSent = true
      if (isAnswered) ask()
    })
  }
  socket.on('data', (data) => {
    if (!data.includes('HTTP/1.1 ')) return
    isAnswered = true
    if (isSent) ask()
  })
  ask()
}

let opened = 0

function open(): void {
  const socket = net.connect(Number(port), '127.0.0.1', () => {
    attacks[kind!]!(socket)
    opened += 1
    if (opened === wanted) setTimeout(() => console.log('begun'), 500)
  })
  socket.on('error', () => {})
  socket.on('close', () => setTimeout(open, 100))
}

for (let count = 0; count < wanted; count++) open()
