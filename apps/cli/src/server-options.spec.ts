import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addServerOptions, serverConfig } from './server-options.js';

afterEach(() => vi.unstubAllEnvs());

describe('the server of one command', () => {
  it('lets nobody change what it serves, whatever the environment says of another', async () => {
    vi.stubEnv('TRIPTYCH_MODEL_CONTROL', 'on');
    vi.stubEnv('TRIPTYCH_MODEL_ROOTS', '/');
    vi.stubEnv('TRIPTYCH_HUB_MODELS', '*');
    const config = await serverConfig(addServerOptions(new Command(), ['threads']));
    expect(config).toMatchObject({ modelControl: false, modelRoots: [], hubModels: [] });
  });
});
