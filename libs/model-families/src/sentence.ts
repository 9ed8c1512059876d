import { sentenceFiles, sentenceTower, sentenceWeights } from '@triptych/text-encoder';
import type { ModelFamily } from './model-family.js';

/** Sentence encoders after BERT (Devlin et al. 2018), and what sentence-transformers (Reimers and Gurevych 2019) puts behind them. */
export const sentence: ModelFamily = {
  name: 'sentence-encoder',
  classes: [
    'BertModel',
    'BertForMaskedLM',
    'BertForPreTraining',
    'RobertaModel',
    'RobertaForMaskedLM',
    'XLMRobertaModel',
    'XLMRobertaForMaskedLM',
    'MPNetModel',
    'MPNetForMaskedLM',
  ],
  modelTypes: ['bert', 'roberta', 'xlm-roberta', 'mpnet'],
  names: {
    renames: [
      // What classes with a head put before every name.
      [/^(bert|roberta|mpnet)\./, ''],
      // Names of layer norms in checkpoints that came from TensorFlow.
      [/\.gamma$/, '.weight'],
      [/\.beta$/, '.bias'],
    ],
    keeps: /^(?!.*\.position_ids$)(embeddings\.|encoder\.|\d+_Dense\.)/,
  },
  files: {
    required: ['tokenizer.json'],
    optional: ['tokenizer_config.json', ...sentenceFiles],
  },
  moreWeights: (files) =>
    sentenceWeights(files).map((module) => ({ path: `${module}/model.safetensors`, prefix: `${module}.` })),
  read: ({ config, files }) => ({ text: sentenceTower(config, files) }),
};
