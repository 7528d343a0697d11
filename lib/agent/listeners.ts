import type { EventOf, EventType, RillEvent } from '#lib/protocol/index.ts'

export type Listener<T extends EventType> = (event: EventOf<T>) => unknown

/** Calls listeners by event type. One that throws, or whose promise rejects, is reported and harms nobody. */
export class Listeners {
  readonly #byType = new Map<EventType, Map<unknown, (event: RillEvent) => unknown>>()

  get isEmpty(): boolean {
    return this.#byType.size === 0
  }

  add<T extends EventType>(type: T, listener: Listener<T>, key: unknown = listener): void {
    const listeners = this.#byType.get(type) ?? new Map()
    this.#byType.set(type, listeners)
    listeners.set(key, listener as (event: RillEvent) => unknown)
  }

  remove(type: EventType, key: unknown): void {
    const listeners = this.#byType.get(type)
    listeners?.delete(key)
    if (listeners?.size === 0) this.#byType.delete(type)
  }

  emit(event: RillEvent): void {
    for (const listener of [...(this.#byType.get(event.type)?.values() ?? [])]) {
      try {
        const result = listener(event)
        if (result instanceof Promise) result.catch((error: unknown) => report(event, error))
      } catch (error) {
        report(event, error)
      }
    }
  }
}

function report(event: RillEvent, error: unknown): void {
  console.error(`A listener of ${event.type} threw:`, error)
}
