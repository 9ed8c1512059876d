import type { LaneName } from '@triptych/engine';
import { Gauge, type Registry } from 'prom-client';

/** What of a server is bounded, as far as it is taken: read when somebody asks. */
export interface Occupancy {
  /** Items that have a place, those that wait for one, and windows of streams that are made ahead. */
  readonly lanes: Iterable<{
    readonly name: LaneName;
    readonly depth: { readonly places: number; readonly waiting: number; readonly ahead: number };
  }>;
  readonly bytes: number;
  readonly calls: number;
  readonly callers: number;
  readonly connections: number;
  readonly unreadBytes: number;
}

/** What is bounded for gRPC alone. */
export interface GrpcOccupancy {
  readonly keptRowBytes: number;
  readonly inflatedBytes: number;
  readonly watches: number;
}

export function followOccupancy(registry: Registry, occupancy: Occupancy): void {
  const read = reader(registry);
  read('triptych_admitted_bytes', 'Bytes of messages in work.', () => occupancy.bytes);
  read(
    'triptych_open_calls',
    'Calls and streams that are open, answers unread included.',
    () => occupancy.calls,
  );
  read('triptych_open_callers', 'Callers that have calls open.', () => occupancy.callers);
  read('triptych_connections', 'Connections that are open.', () => occupancy.connections);
  read('triptych_unread_bytes', 'Bytes of answers that wait to be read.', () => occupancy.unreadBytes);
  const lanes = (name: string, help: string, labelNames: string[], set: (gauge: Gauge) => void) => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: ['encoder', ...labelNames],
      registers: [registry],
      collect: () => {
        gauge.reset();
        set(gauge);
      },
    });
  };
  lanes('triptych_admitted_items', 'Items in work: with a place, or waiting for one.', ['state'], (gauge) => {
    for (const { name, depth } of occupancy.lanes) {
      gauge.set({ encoder: encoderOf(name), state: 'placed' }, depth.places);
      gauge.set({ encoder: encoderOf(name), state: 'waiting' }, depth.waiting);
    }
  });
  lanes('triptych_windows_ahead', 'Windows of streams that are made and not computed.', [], (gauge) => {
    for (const { name, depth } of occupancy.lanes)
      if (name.modality === 'audio') gauge.set({ encoder: encoderOf(name) }, depth.ahead);
  });
}

function encoderOf({ model, modality }: LaneName): string {
  return `${model}/${modality}`;
}

export function followGrpcOccupancy(registry: Registry, occupancy: GrpcOccupancy): void {
  const read = reader(registry);
  read(
    'triptych_flight_kept_bytes',
    'Bytes of rows that DoPut keeps until DoGet.',
    () => occupancy.keptRowBytes,
  );
  read(
    'triptych_inflated_bytes',
    'Bytes that compressed messages have grown by, beyond sixteenfold, and that are held.',
    () => occupancy.inflatedBytes,
  );
  read('triptych_health_watches', 'Watches of health that are open.', () => occupancy.watches);
}

/** Makes gauges without labels. */
function reader(registry: Registry) {
  return (name: string, help: string, value: () => number): void => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => gauge.set(value()),
    });
  };
}
