import type { CommandId } from './commands.ts'

export interface CommandName {
  id: CommandId
  name: string
  /** Other words that it is looked for by. */
  words?: string
  /** As `KeyNames` shows them. */
  keys?: string
}

/** All commands, in the order of the palette. */
export const CATALOG: readonly CommandName[] = [
  { id: 'new', name: 'New session', words: 'chat conversation begin', keys: 'Mod J' },
  { id: 'write', name: 'Write a message', words: 'composer field focus', keys: '/' },
  { id: 'find', name: 'Find in this conversation', words: 'search', keys: 'Mod F' },
  { id: 'stop', name: 'Stop the answer', words: 'cancel', keys: 'Mod .' },
  { id: 'regenerate', name: 'Regenerate the last answer', words: 'again retry' },
  { id: 'copy', name: 'Copy the last answer', words: 'clipboard markdown' },
  { id: 'model', name: 'Choose a model', words: 'provider reasoning effort' },
  { id: 'rename', name: 'Rename this session', words: 'title' },
  { id: 'delete', name: 'Delete this session', words: 'remove' },
  { id: 'theme', name: 'Change between light and dark', words: 'theme mode colours' },
  { id: 'tools', name: 'Servers of tools', words: 'mcp' },
  { id: 'shortcuts', name: 'Keyboard shortcuts', words: 'keys help', keys: '?' },
]
