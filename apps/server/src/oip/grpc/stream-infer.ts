import type { ServerDuplexStream } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { BoundedAnswers, type EngineCall, itemFailure } from '@triptych/engine';
import type { ModelInferRequest__Output, ModelStreamInferResponse } from '@triptych/protocol';
import { messages, send } from '../../grpc/call.js';
import { takeMessage } from '../../grpc/messages/unread-message.js';
import { infer, type InferAnswer, type InferRequest } from '../infer/infer.js';
import { readFlag } from '../infer/parameters.js';
import { sequencePlace } from '../live/sequence-id.js';
import { Sequences } from '../live/sequences.js';
import { findOipModel } from '../models/oip-model.js';
import type { OpenInference } from '../open-inference.js';
import { namedMessage } from '../../calls/named.js';
import { readRequest } from './read-request.js';
import { answerMessage, parameterMessages } from './write-answer.js';

type Call = ServerDuplexStream<ModelInferRequest__Output, ModelStreamInferResponse>;

const takeRequest = (message: ModelInferRequest__Output) => takeMessage(message);

/** What names a request in its answers. */
type Asked = Pick<InferRequest, 'model' | 'version' | 'id'>;

/**
 * `ModelStreamInfer`: each request is answered in the order of the requests; those of a sequence, of live audio, in the order of their
 * sequence. What is wrong with a request is its answer, and the stream goes on, unless the client asks for a status.
 */
export async function streamInfer(oip: OpenInference, call: Call, context: EngineCall): Promise<void> {
  const broken = new AbortController();
  const signal = AbortSignal.any([context.signal, broken.signal]);
  const engineCall = { ...context, signal };
  const breakOff = (thrown: unknown) => broken.abort(TriptychError.from(thrown));
  const wantsStatus = call.metadata.get('triton_grpc_error')[0]?.toString() === 'true';

  const write = (message: ModelStreamInferResponse) => send(call, message, signal);
  const answered = (answer: InferAnswer, isFinal: boolean): ModelStreamInferResponse => ({
    inferResponse: answerMessage({
      ...answer,
      parameters: { ...answer.parameters, triton_final_response: isFinal },
    }),
  });
  const empty = (
    { model, version, id }: Asked,
    isFinal = true,
  ): ModelStreamInferResponse['inferResponse'] => ({
    modelName: model,
    modelVersion: version,
    id,
    parameters: parameterMessages({ triton_final_response: isFinal }),
  });
  /** Throws the failure itself where it is to end the call. */
  const failed = (asked: Asked, thrown: unknown, isFinal = true): ModelStreamInferResponse => {
    const failure = itemFailure(thrown);
    if (wantsStatus) throw failure;
    return { errorMessage: namedMessage(failure), inferResponse: empty(asked, isFinal) };
  };

  const { streamImages } = oip.engine.limits;
  const answers = new BoundedAnswers<ModelStreamInferResponse>(streamImages, 'as-added', write);
  const sequences = new Sequences(
    oip,
    {
      answer: (_, answer, isFinal) => write(answered(answer, isFinal)),
      end: async (request) => {
        if (readFlag(request.parameters, 'triton_enable_empty_final_response'))
          await write({ inferResponse: empty(request) });
      },
      fail: async (request, error, isFinal) => write(failed(request, error, isFinal)),
    },
    engineCall,
    breakOff,
  );

  /** Starts answering a request; waits while too much is under way. */
  const take = async (message: ModelInferRequest__Output, leave: () => void) => {
    const { modelName: model, modelVersion: version, id } = message;
    const asked = { model, version, id };
    let isTaken = false;
    try {
      const request = readRequest(message);
      const place = sequencePlace(request);
      const { modality, maxBatchSize } = findOipModel(oip.engine, model, version);
      if (place && modality === 'audio') {
        await sequences.take(request, place, leave);
        isTaken = true;
        return;
      }
      const weight = Math.min(Math.max(1, request.inputs[0]?.shape[0] || 1), maxBatchSize, streamImages);
      const compute = () =>
        infer(oip, request, engineCall)
          .then(
            (answer) => answered(answer, true),
            (thrown: unknown) => failed(asked, thrown),
          )
          .catch((thrown: unknown) => {
            breakOff(thrown);
            throw thrown;
          })
          .finally(leave);
      isTaken = true;
      await answers.add(compute, weight);
    } catch (thrown) {
      if (isTaken) throw thrown;
      leave();
      const message = failed(asked, thrown);
      await answers.add(() => Promise.resolve(message));
    }
  };

  try {
    for await (const { message, leave } of messages(call, signal, takeRequest)) await take(message, leave);
    await sequences.finish();
    await answers.done();
    if (signal.aborted) throw TriptychError.from(signal.reason);
  } finally {
    sequences.abandon();
  }
}
