import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkEnvoy } from './envoy.js';
import { checkManifests } from './kubernetes.js';

const read = (path: string) => readFileSync(new URL(`../../../deploy/${path}`, import.meta.url), 'utf8');

describe('the Kubernetes manifest', () => {
  const manifest = read('kubernetes/triptych.yaml');

  it('is valid by the schemas of Kubernetes', () => {
    expect(checkManifests(manifest)).toEqual([
      'Service',
      'Deployment',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
    ]);
  });

  it('would not be with a field that is of another type or missing', () => {
    expect(() => checkManifests(manifest.replace('replicas: 2', 'replicas: two'))).toThrow();
    expect(() => checkManifests(manifest.replace('maxReplicas: 10', ''))).toThrow();
    expect(() => checkManifests(manifest.replace('kind: Service', 'kind: Servant'))).toThrow('Servant');
  });
});

describe("Envoy's configuration", () => {
  const config = read('envoy/envoy.yaml');

  it("is one by Envoy's own API", () => {
    expect(checkEnvoy(config)).toEqual([]);
  });

  it.each([
    ['stream_idle_timeout', 'stream_idle_time', 'no such field'],
    ['LEAST_REQUEST', 'LEAST_REGRET', 'LbPolicy has no LEAST_REGRET'],
    ['generate_request_id: true', 'generate_request_id: [1]', 'BoolValue'],
    ['http.router.v3.Router', 'http.router.v3.Route', 'unknown type'],
  ])('would not be with %s as %s', (right, wrong, problem) => {
    expect(checkEnvoy(config.replace(right, wrong)).join()).toContain(problem);
  });
});

describe('the Dockerfile', () => {
  it('has no errors and no warnings', () => {
    expect(validate(read('docker/Dockerfile'))).toEqual([]);
  });
});

describe('the chart of Helm', () => {
  it('has values for all that its templates name, but for what Helm gives', () => {
    const values = parse(read('helm/triptych/values.yaml')) as Record<string, unknown>;
    const templates = ['service', 'deployment', 'disruption-budget', 'autoscaler'];
    const text = templates.map((name) => read(`helm/triptych/templates/${name}.yaml`)).join();
    for (const [, path] of text.matchAll(/\.Values\.([\w.]+)/g)) {
      const found = path
        .split('.')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], values);
      expect(found, path).not.toBeUndefined();
    }
  });
});
