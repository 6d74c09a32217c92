import { useTexts } from '#texts'

type SectionNavProps = { label: string; sections: { id: string; label: string }[] }

/** Leads to the parts of a long page: beside it on a desktop, above it on a phone. */
export function SectionNav({ label, sections }: SectionNavProps) {
  const t = useTexts('ui')
  return (
    <nav aria-label={t('sections', { label })} className="lg:sticky lg:top-9 lg:self-start">
      <ul className="flex flex-wrap gap-1 lg:flex-col">
        {sections.map(({ id, label }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className="flex min-h-8 items-center rounded-ui px-2.5 font-medium text-muted hover:bg-sunken hover:text-ink max-lg:min-h-10 max-lg:border max-lg:border-hairline"
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
