import { JsonTree } from '../../json/json-tree.tsx'
import { LongText } from '../../json/long-text.tsx'
import { McpContent } from './mcp-content.tsx'
import { readMcpResult } from './mcp-result.ts'

/** What a tool gave back: text as text, JSON as a tree, and what an MCP server sends, piece by piece. */
export function ToolResult({ result }: { result: unknown }) {
  if (typeof result === 'string') {
    return result === '' ? <p className="text-soft">Nothing</p> : <LongText text={result} />
  }
  const mcp = readMcpResult(result)
  if (!mcp) return <JsonTree value={result} />
  return (
    <div className="grid gap-2">
      {mcp.content.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what a tool gave back does not change
        <McpContent key={index} item={item} />
      ))}
      {mcp.structuredContent !== undefined && <JsonTree value={mcp.structuredContent} />}
    </div>
  )
}
