'use client'

/** The last resort: the frame itself failed, so this page brings its own. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main>
          <title>Purse</title>
          <h1>This page could not be shown</h1>
          <p>Something failed on our side. Your credit and your purchases are not affected.</p>
          <button type="button" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  )
}
