/** A tool as it is shown: "server · tool" for one of an MCP server's. Its whole name is in the title. */
export function ToolName({ name }: { name: string }) {
  return (
    <span className="tool-name" title={name}>
      {shownName(name)}
    </span>
  )
}

export function shownName(name: string): string {
  const at = name.indexOf('__')
  return at > 0 && at + 2 < name.length ? `${name.slice(0, at)} · ${name.slice(at + 2)}` : name
}
