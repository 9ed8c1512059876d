/** Of the server, and what ServerMetadata says. */
export const serverMetadata = {
  name: 'triptych',
  version: '0.1.0',
  extensions: [
    'binary_tensor_data',
    'model_configuration',
    'model_repository',
    'parameters',
    'sequence',
    'statistics',
  ],
} as const;
