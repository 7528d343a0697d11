import type { SessionState } from '#lib/protocol/index.ts'

/** A message's place among the others of its session. */
export interface TreeNode {
  id: string
  parentId: string | null
  /** Children come later than their parent. */
  position: number
  /** It is deleted: what follows it is shown as if it followed what stands before it. */
  isDeleted: boolean
}

/** The messages of a session, those that wait left out, as the tree that they form. */
export class MessageTree<Node extends TreeNode> {
  readonly #byId: Map<string, Node>
  readonly #children = new Map<string | null, Node[]>()

  constructor(nodes: Iterable<Node>) {
    const inOrder = [...nodes].sort((a, b) => a.position - b.position)
    this.#byId = new Map(inOrder.map((node) => [node.id, node]))
    for (const node of inOrder) {
      const siblings = this.#children.get(node.parentId)
      if (siblings) siblings.push(node)
      else this.#children.set(node.parentId, [node])
    }
  }

  /** Oldest first, without what is deleted. */
  all(): Node[] {
    return [...this.#byId.values()].filter((node) => !node.isDeleted)
  }

  get(id: string): Node | undefined {
    return this.#byId.get(id)
  }

  /** From the first message to this one, both among them, without what is deleted. */
  branchTo(id: string | null): Node[] {
    return this.#upFrom(id)
      .filter((node) => !node.isDeleted)
      .reverse()
  }

  /** Whether one of two stands behind the other, or is the other. */
  isBelow(id: string | null, ancestorId: string): boolean {
    return this.#upFrom(id).some((node) => node.id === ancestorId)
  }

  /** What follows a message, or begins the conversation, in order. */
  childrenOf(id: string | null): Node[] {
    return (this.#children.get(id) ?? []).flatMap((node) => (node.isDeleted ? this.childrenOf(node.id) : [node]))
  }

  /** The newest message behind this one; this one when there is none. Null: of all. */
  newestBelow(id: string | null): string | null {
    let newest: Node | undefined
    for (let level = this.childrenOf(id); level.length > 0; level = level.flatMap((node) => this.childrenOf(node.id)))
      for (const node of level) if (!newest || node.position > newest.position) newest = node
    return newest?.id ?? id
  }

  #upFrom(id: string | null): Node[] {
    const nodes: Node[] = []
    for (
      let node = id === null ? undefined : this.#byId.get(id);
      node;
      node = node.parentId === null ? undefined : this.#byId.get(node.parentId)
    )
      nodes.push(node)
    return nodes
  }
}

/** `branches` of a state, from what follows each message that it is to say. A list of one is none. */
export function branchesFrom(children: Iterable<readonly [parentId: string, ids: string[]]>): SessionState['branches'] {
  return Object.fromEntries([...children].filter(([, ids]) => ids.length > 1))
}
