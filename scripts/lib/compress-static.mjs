import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

/** Compresses each script and style of a build: a seventh less than gzip on the fly, and done once. See next.config.js. */
export function compressStatic(folder) {
  for (const path of readdirSync(folder, { recursive: true })) {
    if (/\.(js|css)$/.test(path)) compress(join(folder, path))
  }
}

/** Writes a `.br` beside a file. */
export function compress(file) {
  const bytes = readFileSync(file)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }))
}
