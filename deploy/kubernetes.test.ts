import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Deployment } from 'kubernetes-types/apps/v1'
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2'
import type { Container, Service } from 'kubernetes-types/core/v1'
import type { Ingress } from 'kubernetes-types/networking/v1'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

const root = join(import.meta.dirname, '..')
const folder = join(import.meta.dirname, 'kubernetes')

interface Kustomization {
  namespace: string
  resources: string[]
  images: { name: string }[]
  configMapGenerator: { name: string; literals: string[] }[]
}

/** The one object that a file has. */
function read<T>(name: string): T {
  const documents = parseAllDocuments(readFileSync(join(folder, name), 'utf8'))
  expect(documents.map(({ errors, warnings }) => [...errors, ...warnings])).toEqual([[]])
  return documents[0]?.toJS() as T
}

const kustomization = read<Kustomization>('kustomization.yaml')
const deployment = read<Deployment>('deployment.yaml')
const autoscaler = read<HorizontalPodAutoscaler>('autoscaler.yaml')
const pod = deployment.spec?.template.spec
const container = pod?.containers[0] as Container
const settings = Object.fromEntries(kustomization.configMapGenerator[0]?.literals.map((pair) => pair.split(/=(.*)/s, 2)) ?? [])

/** The types are made of Kubernetes' own API description; a field that it does not have is an error. */
const TYPES: Record<string, [file: string, type: string]> = {
  'namespace.yaml': ['core/v1', 'Namespace'],
  'deployment.yaml': ['apps/v1', 'Deployment'],
  'service.yaml': ['core/v1', 'Service'],
  'ingress.yaml': ['networking/v1', 'Ingress'],
  'autoscaler.yaml': ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  'disruption-budget.yaml': ['policy/v1', 'PodDisruptionBudget'],
}

test('every file is listed, and of the form that its API has', () => {
  expect(kustomization.resources.toSorted()).toEqual(Object.keys(TYPES).toSorted())
  expect(readdirSync(folder).toSorted()).toEqual(['kustomization.yaml', ...kustomization.resources].toSorted())
  expect(typeErrors(Object.entries(TYPES).map(([name, [file, type]]) => ({ file, type, object: read(name) })))).toBe('')
})

test('that check sees a field that there is not, and a value of the wrong kind', () => {
  const budget = (spec: object) => [{ file: 'policy/v1', type: 'PodDisruptionBudget', object: { spec } }]
  expect(typeErrors(budget({ selectr: {} }))).toMatch(/selectr.* does not exist/)
  expect(typeErrors(budget({ maxUnavailable: true }))).toContain('not assignable')
})

test('a rollout takes none away before its successor is ready, and gives each the time to hand over', () => {
  expect(deployment.spec?.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } })
  const preStop = container.lifecycle?.preStop?.sleep?.seconds ?? 0
  expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(preStop + Number(settings.RILL_DRAIN_MS) / 1_000 + 10)
})

test('the probes ask for what they are about', () => {
  expect(container.startupProbe?.httpGet).toEqual({ path: '/api/health', port: 'http' })
  expect(container.livenessProbe?.httpGet).toEqual({ path: '/api/health', port: 'http' })
  expect(container.readinessProbe?.httpGet).toEqual({ path: '/api/ready', port: 'http' })
})

test('a migration that takes half an hour is not killed by the probe: it would begin anew, for ever', () => {
  const { periodSeconds = 0, failureThreshold = 0 } = container.startupProbe ?? {}
  expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(30 * 60)
})

test('the pod is what the namespace demands: no root, no rights, nothing to write to', () => {
  expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } })
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  expect(pod?.volumes).toBeUndefined()
  expect(pod?.automountServiceAccountToken).toBe(false)
  expect(pod?.enableServiceLinks).toBe(false)
  expect(container.resources).toMatchObject({
    requests: { cpu: expect.any(String), memory: expect.any(String) },
    limits: { memory: expect.any(String) },
  })
})

test('what is secret comes from a Secret, and without the two that are needed nothing starts', () => {
  const values = container.env ?? []
  expect(values.every(({ valueFrom }) => valueFrom?.secretKeyRef?.name === 'rill')).toBe(true)
  const needed = values.filter(({ valueFrom }) => !valueFrom?.secretKeyRef?.optional).map(({ name }) => name)
  expect(needed.toSorted()).toEqual(['DATABASE_URL', 'RILL_SECRET'])
  expect(Object.keys(settings).filter((name) => /SECRET|KEY|DATABASE/.test(name))).toEqual([])
  expect(container.envFrom).toEqual([{ configMapRef: { name: kustomization.configMapGenerator[0]?.name } }])
  expect(kustomization.images.map(({ name }) => name)).toEqual([container.image])
})

test('there are always two, on machines of their own where that can be, and no more than the database has connections for', () => {
  expect(autoscaler.spec?.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: deployment.metadata?.name })
  expect(autoscaler.spec?.minReplicas).toBeGreaterThanOrEqual(2)
  expect(deployment.spec?.replicas).toBeUndefined()
  // Three of 100 connections are kept for administrators.
  expect(((autoscaler.spec?.maxReplicas ?? 0) + 1) * (Number(settings.RILL_DB_POOL) + 1)).toBeLessThanOrEqual(97)
  expect(pod?.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toContain('kubernetes.io/hostname')
  const { spec } = read<PodDisruptionBudget>('disruption-budget.yaml')
  expect(spec).toMatchObject({ maxUnavailable: 1, selector: deployment.spec?.selector })
})

test('the way in leads to the pods, does not buffer, and is the address that Rill knows', () => {
  const service = read<Service>('service.yaml')
  expect(service.spec?.selector).toEqual(deployment.spec?.selector.matchLabels)
  expect(deployment.spec?.template.metadata?.labels).toMatchObject(service.spec?.selector ?? {})
  expect(container.ports?.map(({ name }) => name)).toEqual(service.spec?.ports?.map(({ targetPort }) => targetPort))
  const { metadata, spec } = read<Ingress>('ingress.yaml')
  expect(metadata?.annotations).toMatchObject({
    'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
    'nginx.org/proxy-buffering': 'false',
  })
  const rule = spec?.rules?.[0]
  expect(rule?.http?.paths[0]?.backend.service).toEqual({ name: service.metadata?.name, port: { name: 'http' } })
  expect(settings.RILL_PUBLIC_URL).toBe(`https://${rule?.host}`)
  expect(spec?.tls?.[0]?.hosts).toEqual([rule?.host])
})

/** What the compiler says of objects that are written where their types are expected; empty when nothing. */
function typeErrors(objects: { file: string; type: string; object: unknown }[]): string {
  const work = mkdtempSync(join(tmpdir(), 'rill-manifests-'))
  try {
    const lines = objects.map(
      ({ file, type, object }) => `(${JSON.stringify(object)}) satisfies import('kubernetes-types/${file}').${type}`,
    )
    writeFileSync(join(work, 'manifests.ts'), `export {}\n;${lines.join('\n;')}\n`)
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      types: [],
      paths: { 'kubernetes-types/*': [join(root, 'node_modules/kubernetes-types/*')] },
    }
    writeFileSync(join(work, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['manifests.ts'] }))
    execFileSync(process.execPath, [join(root, 'node_modules/.bin/tsc'), '-p', work], { encoding: 'utf8', stdio: 'pipe' })
    return ''
  } catch (error) {
    const { stdout } = error as { stdout?: string }
    if (!stdout) throw error
    return stdout
  } finally {
    rmSync(work, { recursive: true })
  }
}
