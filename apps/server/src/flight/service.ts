import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import type { Engine } from '@triptych/engine';
import { type FlightServiceHandlers, loadFlightPackage, type RequestRule } from '@triptych/protocol';
import { answers, duplex, send, unary } from '../grpc/call.js';
import { countBytes } from '../grpc/count-bytes.js';
import { leaveUnread } from '../grpc/messages/unread-message.js';
import type { CallObservers } from '../grpc/observe-call.js';
import type { Service } from '../grpc/services.js';
import { actions, doAction } from './actions.js';
import { readDescriptor } from './command.js';
import { exchangeRows, type IncomingRows } from './exchange.js';
import { findFlight, flightInfo, flights, flightSchema } from './flights.js';
import type { KeptRows } from './kept-rows.js';

const NAME = 'arrow.flight.protocol.FlightService';
/** Longest name of a model that is looked for. */
const MOST_NAME_BYTES = 1024;

/** Arrow Flight over gRPC. */
export function flightService(
  engine: Engine,
  kept: KeptRows,
  observers: CallObservers,
  rules: ReadonlyMap<string, RequestRule>,
): Service {
  const handlers: FlightServiceHandlers = {
    ListFlights: answers(observers, async ({ expression }, write) => {
      for (const flight of flights(engine, readName(expression))) await write(flightInfo(flight));
    }),
    GetFlightInfo: unary(observers, (descriptor) => {
      const command = readDescriptor(engine, descriptor);
      return flightInfo(findFlight(engine, command), command, descriptor);
    }),
    GetSchema: unary(observers, (descriptor) => {
      const command = readDescriptor(engine, descriptor);
      return { schema: flightSchema(findFlight(engine, command), command) };
    }),
    DoExchange: duplex(observers, async (call, context) => {
      await exchangeRows(engine, call, context, (data) => send(call, data, context.signal));
    }),
    DoPut: duplex(observers, async (call, context) => {
      const rows = kept.collect(context.caller.principal);
      try {
        const incoming = call as unknown as IncomingRows;
        const { items, failed } = await exchangeRows(engine, incoming, context, (data) =>
          Promise.resolve(rows.add(data)),
        );
        const ticket = rows.keep();
        const answer = { ticket, rows: items, failed };
        await send(call, { appMetadata: Buffer.from(JSON.stringify(answer)) }, context.signal);
      } catch (thrown) {
        rows.drop();
        throw thrown;
      }
    }),
    DoGet: answers(observers, async ({ ticket }, write) => {
      await kept.read(ticket, write);
    }),
    DoAction: answers(observers, async (action, write) => {
      for (const body of doAction({ engine, kept }, action)) await write({ body });
    }),
    ListActions: answers(observers, async (_, write) => {
      for (const [type, description] of Object.entries(actions)) await write({ type, description });
    }),
  };
  const api = loadPackageDefinition(loadFlightPackage()) as unknown as {
    arrow: { flight: { protocol: { FlightService: { service: ServiceDefinition } } } };
  };
  const { service } = api.arrow.flight.protocol.FlightService;
  return {
    name: NAME,
    definition: countBytes(leaveUnread(service, rules), observers.metrics),
    handlers,
  };
}

function readName(expression: Uint8Array): string {
  if (expression.length <= MOST_NAME_BYTES) return Buffer.from(expression).toString();
  throw new TriptychError('PARAMETER_INVALID', 'the expression is no name of a model', {
    field: 'expression',
  });
}
