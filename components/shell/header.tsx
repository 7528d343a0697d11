'use client'
import { Icon } from '../ui/icon.tsx'
import { useDrawer } from './drawer.tsx'
import { ThemeToggle } from './theme-toggle.tsx'

export function Header({ title, model }: { title: string; model: string }) {
  const drawer = useDrawer()
  return (
    <header className="flex min-w-0 items-center gap-3 px-[22px] py-2.5 text-list max-[760px]:px-4">
      <button
        type="button"
        className="icon-button min-[761px]:hidden"
        aria-label="Sessions"
        aria-expanded={drawer.isOpen}
        onClick={drawer.open}
      >
        <Icon name="menu" />
      </button>
      <h1 className="min-w-0 truncate font-semibold">{title}</h1>
      <span className="ml-auto flex min-w-0 max-w-[60%] flex-none items-center gap-2">
        <ThemeToggle />
        <span
          className="flex min-w-0 items-center gap-2 rounded-full border border-hair bg-raised py-0.5 pr-3 pl-2.5 text-[13px] text-soft"
          title="The model that answers"
        >
          <i className="size-[7px] flex-none rounded-full bg-good" aria-hidden="true" />
          <span className="truncate">{model}</span>
        </span>
      </span>
    </header>
  )
}
