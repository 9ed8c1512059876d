import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import type protobuf from 'protobufjs';
import { loadEnvoyApi } from '../envoy.js';

const root = loadEnvoyApi([
  'envoy/service/discovery/v3/ads.proto',
  'envoy/config/cluster/v3/cluster.proto',
  'envoy/config/endpoint/v3/endpoint.proto',
  'envoy/config/listener/v3/listener.proto',
  'envoy/config/route/v3/route.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/filters/http/router/v3/router.proto',
]);
const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';

interface DiscoveryRequest {
  readonly type_url: string;
  readonly response_nonce: string;
}

/** A control plane that knows one service: `xds:///triptych`, spread over some addresses. */
export async function startControlPlane(addresses: readonly string[]) {
  const resources = resourcesOf(addresses);
  const server = new Server();
  const [requests, responses] = ['DiscoveryRequest', 'DiscoveryResponse'].map((name) =>
    root.lookupType(`envoy.service.discovery.v3.${name}`),
  );
  const decode = (bytes: Buffer) =>
    requests.toObject(requests.decode(bytes), { defaults: true }) as DiscoveryRequest;
  server.addService(
    {
      StreamAggregatedResources: {
        path: '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources',
        requestStream: true,
        responseStream: true,
        requestSerialize: () => Buffer.alloc(0),
        requestDeserialize: decode,
        responseSerialize: (value: object) =>
          Buffer.from(responses.encode(responses.fromObject(value)).finish()),
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    {
      StreamAggregatedResources: (call: ServerDuplexStream<DiscoveryRequest, object>) => {
        call.on('data', ({ type_url, response_nonce }: DiscoveryRequest) => {
          // With a nonce it is the receipt of what was sent.
          if (response_nonce === '')
            call.write({ version_info: '1', nonce: type_url, type_url, resources: [resources[type_url]] });
        });
        call.on('end', () => call.end());
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const bootstrap = {
    xds_servers: [
      { server_uri: `127.0.0.1:${port}`, channel_creds: [{ type: 'insecure' }], server_features: ['xds_v3'] },
    ],
    node: { id: 'test', locality: { zone: 'here' } },
  };
  return { bootstrap: JSON.stringify(bootstrap), close: () => server.forceShutdown() };
}

/** A listener, its route, its cluster and its endpoints, by their type. */
function resourcesOf(addresses: readonly string[]): Record<string, object> {
  const router = any(ROUTER, {});
  const rds = { route_config_name: 'triptych', config_source: { ads: {} } };
  const listener = {
    name: 'triptych',
    api_listener: {
      api_listener: any(HCM, { rds, http_filters: [{ name: 'router', typed_config: router }] }),
    },
  };
  const route = {
    name: 'triptych',
    virtual_hosts: [
      { name: 'all', domains: ['*'], routes: [{ match: { prefix: '' }, route: { cluster: 'replicas' } }] },
    ],
  };
  const cluster = {
    name: 'replicas',
    type: 'EDS',
    eds_cluster_config: { eds_config: { ads: {} }, service_name: 'replicas' },
    lb_policy: 'ROUND_ROBIN',
  };
  const endpoints = {
    cluster_name: 'replicas',
    endpoints: [
      {
        locality: { zone: 'here' },
        load_balancing_weight: { value: 1 },
        lb_endpoints: addresses.map((text) => {
          const [address, port] = text.split(':');
          return {
            health_status: 'HEALTHY',
            endpoint: { address: { socket_address: { address, port_value: Number(port) } } },
          };
        }),
      },
    ],
  };
  const all = {
    'envoy.config.listener.v3.Listener': listener,
    'envoy.config.route.v3.RouteConfiguration': route,
    'envoy.config.cluster.v3.Cluster': cluster,
    'envoy.config.endpoint.v3.ClusterLoadAssignment': endpoints,
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`type.googleapis.com/${name}`, any(name, value)]),
  );
}

function any(name: string, value: object): object {
  const type: protobuf.Type = root.lookupType(name);
  return { type_url: `type.googleapis.com/${name}`, value: type.encode(type.fromObject(value)).finish() };
}
