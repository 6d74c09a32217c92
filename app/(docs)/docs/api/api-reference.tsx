'use client'

import 'swagger-ui-dist/swagger-ui.css'
import './reference.css'
import { useEffect, useRef, useState } from 'react'
import { Skeleton } from '@/components/ui/skeleton'

const darkClass = 'dark-mode'

/** Swagger UI over our own document, its files from our own server. */
export function ApiReference() {
  const place = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading')

  useEffect(followTheme, [])

  useEffect(() => {
    const domNode = document.createElement('div')
    let isGone = false
    place.current?.replaceChildren(domNode)
    import('swagger-ui-dist/swagger-ui-es-bundle.js')
      .then(({ default: SwaggerUI }) => {
        if (isGone) return
        SwaggerUI({
          domNode,
          url: '/v1/openapi.json',
          deepLinking: true,
          // Each operation shows its own schemas.
          defaultModelsExpandDepth: -1,
          displayRequestDuration: true,
          validatorUrl: null,
          onComplete: () => setState('ready'),
        })
        setState('ready')
      })
      .catch(() => setState('failed'))
    return () => {
      isGone = true
    }
  }, [])

  return (
    <div aria-busy={state === 'loading'}>
      {state === 'loading' && <Skeleton className="h-96" />}
      {state === 'failed' && <p role="alert">The reference could not be loaded. Reload the page to try again.</p>}
      <div ref={place} />
    </div>
  )
}

/** Swagger UI is dark when the root says so by a class; ours is, by the person's choice or by the system's. */
function followTheme(): () => void {
  const root = document.documentElement
  const system = matchMedia('(prefers-color-scheme: dark)')
  const follow = () => {
    const { theme } = root.dataset
    root.classList.toggle(darkClass, theme === 'dark' || (theme !== 'light' && system.matches))
  }
  const watch = new MutationObserver(follow)
  watch.observe(root, { attributeFilter: ['data-theme'] })
  system.addEventListener('change', follow)
  follow()
  return () => {
    watch.disconnect()
    system.removeEventListener('change', follow)
    root.classList.remove(darkClass)
  }
}
