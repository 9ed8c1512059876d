import { describe, expect, it } from 'vitest';
import type { CheckpointFiles } from './module-files.js';
import { readSentencePipeline, sentenceWeights } from './sentence.js';

const modules = (...kinds: readonly string[]) =>
  JSON.stringify(
    kinds.map((kind, i) => ({
      path: i === 0 ? '' : `${i}_${kind}`,
      type: `sentence_transformers.models.${kind}`,
    })),
  );
const pooling = (config: object) => ({ '1_Pooling/config.json': JSON.stringify(config) });
const plain = modules('Transformer', 'Pooling', 'Normalize');
const read = (files: CheckpointFiles) => readSentencePipeline(files);

describe('the files of sentence-transformers', () => {
  it.each([
    [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }, 'mean'],
    [{ pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, 'class'],
    [{ pooling_mode_lasttoken: true }, 'last'],
    [{ pooling_mode: 'cls' }, 'class'],
    [{}, 'mean'],
  ])('%j is the pooling %s', (config, expected) => {
    const pipeline = read({ 'modules.json': plain, ...pooling(config) });
    expect(pipeline).toMatchObject({ pooling: expected, normalizes: true, dense: [] });
  });

  it('say how many tokens a text has at most, and what is put before it', () => {
    const files = {
      'modules.json': modules('Transformer', 'Pooling'),
      ...pooling({}),
      'sentence_bert_config.json': '{"max_seq_length": 256, "do_lower_case": true}',
      'config_sentence_transformers.json':
        '{"prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": "query"}',
    };
    expect(read(files)).toMatchObject({
      maxTokens: 256,
      lowersCase: true,
      normalizes: false,
      prompts: { query: 'query: ', passage: 'passage: ' },
      defaultPrompt: 'query: ',
    });
  });

  it.each<[CheckpointFiles, object]>([
    [{ 'sentence_roberta_config.json': '{"max_seq_length": 128}' }, { maxTokens: 128 }],
    [{ 'sentence_xlm-roberta_config.json': '{"do_lower_case": true}' }, { lowersCase: true }],
    // The first that has any field counts.
    [
      {
        'sentence_bert_config.json': '{}',
        'sentence_distilbert_config.json': '{"max_seq_length": 128}',
        'sentence_albert_config.json': '{"max_seq_length": 64}',
      },
      { maxTokens: 128 },
    ],
    [
      {
        'sentence_bert_config.json': JSON.stringify({
          max_seq_length: null,
          transformer_task: 'feature-extraction',
          modality_config: { text: { method: 'forward', method_output_name: 'last_hidden_state' } },
          module_output_name: 'token_embeddings',
          unpad_inputs: true,
          query_length: null,
          processing_kwargs: {},
          processor_kwargs: { model_max_length: 32, trust_remote_code: true },
          model_args: { attn_implementation: 'sdpa' },
        }),
      },
      { maxTokens: 32 },
    ],
  ])('may have the settings of texts under older names, and newer keys: %j', (settings, expected) => {
    expect(read({ 'modules.json': plain, ...pooling({}), ...settings })).toMatchObject(expected);
  });

  it.each([
    [
      { max_seq_len: 128 },
      /sentence_bert_config.json max_seq_len is not known; expected one of max_seq_length/,
    ],
    [
      { transformer_task: 'fill-mask' },
      /transformer_task must be one of feature-extraction, found "fill-mask"/,
    ],
    [{ query_length: 32, document_length: 180 }, /query_length must be null, found 32; .*document_length/],
    [{ processing_kwargs: { text: { padding: true } } }, /processing_kwargs must be null, found \{"text"/],
    [{ tokenizer_name_or_path: 'other' }, /tokenizer_name_or_path must be null, found "other"/],
    [{ config_args: { hidden_act: 'relu' } }, /config_args.hidden_act is not known/],
    [
      { tokenizer_args: { model_max_length: 1 } },
      /tokenizer_args.model_max_length must be at least 2, found 1/,
    ],
    [
      { modality_config: { text: { method: 'forward', method_output_name: 'pooler_output' } } },
      /modality_config.text.method_output_name must be one of last_hidden_state, found "pooler_output"/,
    ],
  ])('are refused by name for settings of texts that would change vectors: %j', (settings, message) => {
    const files = {
      'modules.json': plain,
      ...pooling({}),
      'sentence_bert_config.json': JSON.stringify(settings),
    };
    expect(() => read(files)).toThrow(message);
    expect(() => read(files)).toThrow(expect.objectContaining({ reason: 'MODEL_CONFIG' }));
  });

  it('may have linear layers, whose weights are in folders of their own', () => {
    const files = {
      'modules.json': modules('Transformer', 'Pooling', 'Dense', 'Normalize'),
      ...pooling({}),
      '2_Dense/config.json':
        '{"in_features": 8, "out_features": 4, "bias": false, "activation_function": "torch.nn.modules.linear.Identity"}',
    };
    const dense = [{ name: '2_Dense', from: 8, to: 4, biased: false, activation: 'identity' }];
    expect(read(files).dense).toEqual(dense);
    expect(sentenceWeights(files)).toEqual(['2_Dense']);
    expect(sentenceWeights({})).toEqual([]);
  });

  it('may not be there: the vector is the mean over the tokens', () => {
    expect(read({})).toMatchObject({ pooling: 'mean', normalizes: false, dense: [] });
  });

  it.each<[string, CheckpointFiles, RegExp]>([
    [
      'a pooling',
      { 'modules.json': plain, ...pooling({ pooling_mode_max_tokens: true }) },
      /1_Pooling\/config.json pooling max is not served; expected one of mean, cls, lasttoken/,
    ],
    [
      'two poolings',
      {
        'modules.json': plain,
        ...pooling({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true }),
      },
      /pooling cls and mean is not served/,
    ],
    [
      'pooling without the prompt',
      { 'modules.json': plain, ...pooling({ include_prompt: false }) },
      /include_prompt must be true/,
    ],
    [
      'a module',
      { 'modules.json': modules('Transformer', 'Pooling', 'LSTM'), ...pooling({}) },
      /LSTM is not served/,
    ],
    [
      "a module of the checkpoint's own code",
      { 'modules.json': plain.replace('sentence_transformers.models.Pooling', 'pooling.Pooling') },
      /modules.json: type must begin with sentence_transformers., found pooling.Pooling/,
    ],
    [
      'a transformer in a folder',
      { 'modules.json': plain.replace('"path":""', '"path":"0_Transformer"'), ...pooling({}) },
      /modules.json: the path of the Transformer must be "", found "0_Transformer"/,
    ],
    [
      'texts without room for the tokens around them',
      { 'modules.json': plain, ...pooling({}), 'sentence_bert_config.json': '{"max_seq_length": 1}' },
      /sentence_bert_config.json max_seq_length must be at least 2/,
    ],
    [
      'a linear layer of something else',
      {
        'modules.json': modules('Transformer', 'Pooling', 'Dense'),
        ...pooling({}),
        '2_Dense/config.json':
          '{"in_features": 8, "out_features": 4, "module_input_name": "token_embeddings"}',
      },
      /2_Dense\/config.json module_input_name must be one of sentence_embedding, found "token_embeddings"/,
    ],
    [
      'a linear layer beside which its input goes on',
      {
        'modules.json': modules('Transformer', 'Pooling', 'Dense'),
        ...pooling({}),
        '2_Dense/config.json': '{"in_features": 8, "out_features": 8, "use_residual": true}',
      },
      /2_Dense\/config.json use_residual must be false/,
    ],
    [
      'an unknown field of a pooling',
      { 'modules.json': plain, ...pooling({ pooling_mode_first_tokens: true }) },
      /1_Pooling\/config.json pooling_mode_first_tokens is not known/,
    ],
    [
      'a normalisation of something else',
      {
        'modules.json': plain,
        ...pooling({}),
        '2_Normalize/config.json': '{"module_input_name": "token_embeddings"}',
      },
      /2_Normalize\/config.json module_input_name must be one of sentence_embedding/,
    ],
    [
      'a cut of every vector',
      {
        'modules.json': plain,
        ...pooling({}),
        'config_sentence_transformers.json': '{"truncate_dim": 256}',
      },
      /config_sentence_transformers.json truncate_dim must be null, found 256/,
    ],
    ['an order', { 'modules.json': modules('Pooling', 'Transformer') }, /must begin with a Transformer/],
    [
      'an activation',
      {
        'modules.json': modules('Transformer', 'Pooling', 'Dense'),
        ...pooling({}),
        '2_Dense/config.json':
          '{"in_features": 8, "out_features": 4, "activation_function": "torch.nn.modules.activation.GELU"}',
      },
      /activation_function must be one of .*Identity, .*Tanh, found "torch.nn.modules.activation.GELU"/,
    ],
    ['a missing file', { 'modules.json': plain }, /1_Pooling\/config.json: no such file/],
  ])('are refused by name for what is not served: %s', (_, files, message) => {
    expect(() => read(files)).toThrow(message);
  });
});
