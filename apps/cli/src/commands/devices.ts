import { type DeviceReport, parseDevice, probeDevice } from '@triptych/inference-core';
import { Command } from 'commander';

interface Options {
  readonly json?: boolean;
}

const help = `
Tries each kind of device in a process of its own: whether it can be had, in which precisions it computes, and how fast its
products of float32 matrices are. Where it cannot be had, what is missing and what to install. The first that can be had and is
not the CPU is what triptych serve --device auto takes, if it is faster than the CPU.

Examples:
  triptych devices
  triptych devices cuda:1
  triptych devices --json`;

/** `triptych devices` */
export function devicesCommand(): Command {
  return new Command('devices')
    .description('list what models can run on here, and what is missing where they cannot')
    .argument('[device...]', 'those to try (default: cuda, webgpu and cpu)')
    .option('--json', 'print each as a line of JSON')
    .addHelpText('after', help)
    .action(async (names: string[], { json }: Options) => {
      const wanted = names.length > 0 ? names : ['cuda', 'webgpu', 'cpu'];
      const devices = wanted.map((name) => parseDevice(name) ?? { kind: 'cpu' as const, index: 0 });
      // One after the other: each has the machine to itself while its speed is measured.
      for (const device of devices) {
        const report = await probeDevice(device, { isTimed: true });
        process.stdout.write(json ? `${JSON.stringify(report)}\n` : describe(report));
      }
    });
}

function describe(report: DeviceReport): string {
  const name = report.device.padEnd(8);
  if (!report.isAvailable)
    return `${name}not available: ${report.reason}\n${' '.repeat(8)}${report.advice}\n`;
  const precisions = Object.keys(report.forms).join(', ');
  const speed = report.gflops === undefined ? '' : `, ${speedOf(report.gflops)}`;
  return `${name}${report.name ?? 'available'}: ${precisions}${speed}\n`;
}

function speedOf(gflops: number): string {
  return gflops >= 1000 ? `${(gflops / 1000).toPrecision(3)} TFLOP/s` : `${gflops.toFixed(0)} GFLOP/s`;
}
