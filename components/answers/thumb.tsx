import type { Rating } from '#lib/protocol/index.ts'

/** A thumb, 16 px: up for a good answer, down for a bad one. */
export function Thumb({ rating }: { rating: Rating }) {
  return (
    <svg
      className={rating === 'down' ? 'rotate-180' : undefined}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M5.2 7.4L7.9 2.2c1.1 0 1.8.9 1.6 2L9.1 6.4h3.3c.9 0 1.5.8 1.3 1.7l-.9 4c-.2.7-.7 1.1-1.4 1.1H5.2zM5.2 7.4H2.4v5.8h2.8" />
    </svg>
  )
}
