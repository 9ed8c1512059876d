import type { Model } from '@kubernetes-models/base';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

type Constructor = new (manifest: never) => Model<unknown>;

const kinds: Readonly<Record<string, Constructor>> = {
  'v1/Service': Service,
  'apps/v1/Deployment': Deployment,
  'policy/v1/PodDisruptionBudget': PodDisruptionBudget,
  'autoscaling/v2/HorizontalPodAutoscaler': HorizontalPodAutoscaler,
};

/** Kinds of manifests that are valid by Kubernetes' own schemas, in their order. Throws with the first that is not. */
export function checkManifests(text: string): string[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    const manifest = document.toJS() as Manifest | null;
    if (!manifest) return [];
    const { apiVersion, kind } = manifest;
    const Kind = kinds[`${apiVersion}/${kind}`];
    if (!Kind) throw new TypeError(`${apiVersion}/${kind} is no kind that is checked here`);
    new Kind(manifest as never).validate();
    return [kind];
  });
}
