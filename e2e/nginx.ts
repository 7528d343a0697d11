import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { untilListening } from './until-listening.ts'

export interface NginxProgram {
  path: string
  env: NodeJS.ProcessEnv
}

export interface NginxOptions {
  program: NginxProgram
  port: number
  /** What stands in nginx's `http { … }`. `certificate` and `key` are the names of files that are there. */
  http: string
}

export interface Nginx {
  /** What it presents itself with, where it speaks TLS. */
  certificate: string
  stop(): Promise<void>
}

/** An nginx of its own, in a folder of its own, with nothing but its defaults and what it is given. */
export async function startNginx({ program, port, http }: NginxOptions): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'rill-nginx-'))
  // Started by root it serves as another user, who must get at its folder.
  chmodSync(folder, 0o755)
  makeCertificate(folder)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`)
  const config = `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr; events {}
http { access_log off; ${temporary.join(' ')}\n${http}\n}\n`
  writeFileSync(join(folder, 'nginx.conf'), config)
  const child = spawn(program.path, ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    env: program.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (bytes) => {
    output += bytes
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilListening(port, () => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}:\n${output}`)
  })
  return {
    certificate: readFileSync(join(folder, 'certificate'), 'utf8'),
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

function makeCertificate(folder: string): void {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key']
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', 'certificate'], { cwd: folder, stdio: 'pipe' })
}
