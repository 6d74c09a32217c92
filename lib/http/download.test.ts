import { expect, test } from 'vitest'
import { log } from '@/lib/edges/log'
import { downloadResponse, isDownload } from './download'

function downloadOf(parts: (string | Error)[], told: string[] = []) {
  async function* chunks() {
    try {
      for (const part of parts) {
        told.push('asked')
        if (part instanceof Error) throw part
        yield part
      }
    } finally {
      told.push('ended')
    }
  }
  return { fileName: 'proof.jsonl', contentType: 'application/x-ndjson; charset=utf-8', chunks: chunks() }
}

test('a file is sent whole, under its name, and kept by nobody', async () => {
  const response = downloadResponse(downloadOf(['a\n', 'ü\n', 'c\n']))
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="proof.jsonl"')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.text()).toBe('a\nü\nc\n')
})

test('nothing is made that nobody reads, and a reader who leaves ends the making', async () => {
  const told: string[] = []
  const reader = downloadResponse(downloadOf(['a', 'b', 'c', 'd', 'e', 'f'], told)).body!.getReader()
  await reader.read()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(told.filter((word) => word === 'asked').length).toBeLessThan(4)
  await reader.cancel()
  expect(told.at(-1)).toBe('ended')
})

test('a file that breaks half way breaks its connection: nobody takes a part for the whole', async () => {
  log.level = 'silent'
  const response = downloadResponse(downloadOf(['a', new Error('the database is away')]))
  await expect(response.text()).rejects.toThrow()
})

test('only what has parts and a name is a file', () => {
  expect([isDownload(downloadOf([])), isDownload({ fileName: 'x' }), isDownload(null), isDownload('x')]).toEqual([
    true,
    false,
    false,
    false,
  ])
})
