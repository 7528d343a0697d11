import { useCommandKey } from '../ui/use-command-key.ts'

/** Keys as they are pressed together; "Mod" is Cmd on Apple's machines and Ctrl on others. */
export function KeyNames({ keys }: { keys: string }) {
  const command = useCommandKey().replace('+', '').trim()
  return (
    <span className="flex flex-none gap-1">
      {keys.split(' ').map((key) => (
        <kbd key={key} className="key">
          {key === 'Mod' ? command : key}
        </kbd>
      ))}
    </span>
  )
}
