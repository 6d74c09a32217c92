import { buttonLook } from '@/components/ui/button-look'

export const metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <main id="main" className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-3 px-4">
      <h1 className="text-xl font-semibold tracking-tight">There is nothing here</h1>
      <p className="text-muted">
        The address may be mistyped, or the page belongs to an account that is not yours. Your credit is not affected.
      </p>
      <div>
        {/* A plain link: this page stands beside every other, which would carry the router's link for it. */}
        <a href="/" className={buttonLook('primary')}>
          Go to the overview
        </a>
      </div>
    </main>
  )
}
