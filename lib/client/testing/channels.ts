/** Broadcast channels of one browser: what one says all others hear, a moment later. */
export class Channels {
  readonly #open = new Set<(event: MessageEvent) => void>()

  open() {
    let mine: ((event: MessageEvent) => void) | undefined
    return {
      addEventListener: ((_type: string, listener: (event: MessageEvent) => void) => {
        mine = listener
        this.#open.add(listener)
      }) as BroadcastChannel['addEventListener'],
      postMessage: (data: unknown) => {
        if (mine && !this.#open.has(mine)) return
        for (const listener of this.#open) {
          if (listener !== mine) queueMicrotask(() => this.#open.has(listener) && listener({ data: structuredClone(data) } as MessageEvent))
        }
      },
      /** As a browser that lost the page. */
      crash: () => void (mine && this.#open.delete(mine)),
    }
  }
}
