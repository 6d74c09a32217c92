export function Wordmark() {
  return (
    <span className="flex items-center gap-2 text-lg font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" aria-hidden="true" className="size-6 flex-none">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path
          d="M9 12.5h14a2 2 0 0 1 2 2V23a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V11.5A2.5 2.5 0 0 1 9.5 9H21"
          fill="none"
          stroke="#fff"
          strokeWidth="2.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <circle cx="20.5" cy="18.7" r="1.6" fill="#fff" />
      </svg>
      Purse
    </span>
  )
}
