import { TriptychError } from '@triptych/core';
import { cpu, type Device, deviceName, parseDevice } from './device.js';
import { unavailable } from './missing.js';
import { kernelsOf, type Precision } from './kernels.js';
import { onCpu, type Placement } from './placement.js';
import { type DeviceReport, probeDevice } from './probe.js';

/** What is asked of a model's place. */
export interface PlacementWish {
  /** `auto`: the fastest that there is. */
  readonly device: string;
  /** `auto`: halves where they are much faster, which is on CUDA. */
  readonly precision: Precision | 'auto';
  /** Tokens of one batch; 0: what the device is known to like. */
  readonly batchTokens: number;
}

export interface Choice {
  readonly placement: Placement;
  /** One line: what was chosen, and why. */
  readonly why: string;
}

/** Fills an H100 with 16 windows of Whisper, or 256 images of CLIP ViT-B/32. */
const BATCH_TOKENS = 24_576;
/** Scores of an attention that is not fused take memory with the square of an item's tokens. */
const PLAIN_BATCH_TOKENS = 8192;

/** Where a model is to run. Throws CONFIG_INVALID, or DEVICE_UNAVAILABLE where the device asked for cannot be had. */
export async function choosePlacement(wish: PlacementWish): Promise<Choice> {
  const asked = parseDevice(wish.device);
  if (asked?.kind === 'cpu') return { placement: placementOnCpu(wish), why: 'cpu, as asked for' };
  if (asked) {
    const report = await probeDevice(asked);
    if (!report.isAvailable) throw unavailable(wish.device, report);
    return { placement: placementOn(asked, report, wish), why: `${describe(report)}, as asked for` };
  }
  return best(wish);
}

/** CUDA before WebGPU before the CPU, unless what is there computes more slowly than the CPU. */
async function best(wish: PlacementWish): Promise<Choice> {
  const passed: string[] = [];
  for (const kind of ['cuda', 'webgpu'] as const) {
    const device = { kind, index: 0 };
    const report = await probeDevice(device, { isTimed: true });
    if (!report.isAvailable) {
      passed.push(`${kind}: ${report.reason}`);
      continue;
    }
    const here = await probeDevice(cpu, { isTimed: true });
    const [gflops, ofCpu] = [report.gflops ?? 0, (here.isAvailable && here.gflops) || 0];
    if (gflops > 2 * ofCpu)
      return { placement: placementOn(device, report, wish), why: [describe(report), ...passed].join('; ') };
    passed.push(
      `${kind}: ${(gflops / ofCpu).toPrecision(2)} times as fast as this CPU, which is not worth it`,
    );
  }
  return { placement: placementOnCpu(wish), why: ['cpu', ...passed].join('; ') };
}

function placementOnCpu({ precision, device }: PlacementWish): Placement {
  if (precision === 'float16' && device !== 'auto')
    throw new TriptychError(
      'CONFIG_INVALID',
      'precision float16: a CPU computes halves far more slowly than float32; take float32, or a model in int8 (triptych quantize)',
    );
  return onCpu;
}

function placementOn(
  device: Device,
  report: DeviceReport & { readonly isAvailable: true },
  { precision: asked, batchTokens }: PlacementWish,
): Placement {
  const precision = asked === 'auto' ? (device.kind === 'cuda' ? 'float16' : 'float32') : asked;
  const forms = report.forms[precision];
  if (!forms)
    throw new TriptychError(
      'DEVICE_UNAVAILABLE',
      `device ${deviceName(device)}: it does not compute in ${precision}; take --precision float32`,
    );
  const kernels = kernelsOf(device, forms, precision);
  const isFused = forms.includes('bare');
  return { device, kernels, batchTokens: batchTokens || (isFused ? BATCH_TOKENS : PLAIN_BATCH_TOKENS) };
}

function describe(report: DeviceReport & { readonly isAvailable: true }): string {
  return report.name === undefined ? report.device : `${report.device} (${report.name})`;
}
