package triptych

import (
	"math"

	pb "triptych.example/client/triptychv1"
)

// leadSeconds of audio lead up to a window when it is sent again: longer than any resampler remembers.
const leadSeconds = 0.1

// loggedChunk is a chunk as it was sent, and where its bytes lie in all of the audio.
type loggedChunk struct {
	sequence  uint64
	data      []byte
	flush     bool
	startByte int64
}

func (c loggedChunk) endByte() int64 { return c.startByte + int64(len(c.data)) }

// audioRates are what the positions of a stream's audio depend on.
type audioRates struct {
	// frameBytes of one frame of PCM; 0 for a container, whose audio can only be decoded from its beginning.
	frameBytes            int64
	sourceRate, modelRate int64
	hopSamples            int64
	windowSamples         int64
}

// audioLog is the chunks of a stream from the one on that the first unanswered window needs.
type audioLog struct {
	chunks       []loggedChunk
	isGivenUp    bool
	endByte      int64
	nextSequence uint64

	nextWindow                 uint64
	startSample, coveredSample int64
	// flushed chunks, up to this number of them, have their windows answered.
	flushed uint64
}

func (l *audioLog) size() int64 {
	if len(l.chunks) == 0 {
		return 0
	}
	return l.endByte - l.chunks[0].startByte
}

// leastBytes is how much must be allowed to be kept, as nothing is forgotten before the next window is answered: of PCM the window, what leads up to it,
// as much behind it, since resamplers look ahead, and the rest of the chunk that this begins in.
func (l *audioLog) leastBytes(rates audioRates) int64 {
	if rates.frameBytes == 0 || len(l.chunks) == 0 {
		return 0
	}
	_, sourceStep := rates.steps()
	samples := rates.windowSamples + 2*rates.leadSamples()
	frames := (samples*rates.sourceRate+rates.modelRate-1)/rates.modelRate + sourceStep
	return frames*rates.frameBytes + int64(len(l.chunks[0].data))
}

// giveUp keeps nothing any more: a container of which more came than may be kept, all of which it would take to go on.
func (l *audioLog) giveUp() { l.isGivenUp, l.chunks = true, nil }

func (l *audioLog) add(data []byte, flush bool) loggedChunk {
	chunk := loggedChunk{sequence: l.nextSequence, data: data, flush: flush, startByte: l.endByte}
	l.nextSequence++
	l.endByte += int64(len(data))
	if !l.isGivenUp {
		l.chunks = append(l.chunks, chunk)
	}
	return chunk
}

// answered notes a window's answer; what only it needed is forgotten.
func (l *audioLog) answered(window *pb.AudioWindow, rates audioRates) {
	l.nextWindow = window.GetIndex() + 1
	l.startSample = int64(window.GetStartSample()) + rates.hopSamples
	if window.GetPartial() {
		l.startSample = int64(window.GetEndSample())
		l.flushed = window.GetLastSequence() + 1
	}
	l.coveredSample = int64(window.GetEndSample())
	_, needed := l.resumeAt(rates)
	kept := 0
	for kept < len(l.chunks)-1 && l.chunks[kept].endByte() <= needed {
		// The slice's memory goes on; the audio does not.
		l.chunks[kept] = loggedChunk{}
		kept++
	}
	l.chunks = l.chunks[kept:]
}

// resume is how to go on: what the config says, and the chunks that are sent again.
func (l *audioLog) resume(rates audioRates) (*pb.AudioStreamResume, []loggedChunk) {
	sample, needed := l.resumeAt(rates)
	var chunks []loggedChunk
	for _, chunk := range l.chunks {
		chunk.flush = chunk.flush && chunk.sequence >= l.flushed
		if chunk.endByte() <= needed && !chunk.flush {
			continue
		}
		cut := needed - chunk.startByte
		if cut < 0 {
			cut = 0
		}
		if cut > int64(len(chunk.data)) {
			cut = int64(len(chunk.data))
		}
		chunk.data = chunk.data[cut:]
		chunks = append(chunks, chunk)
	}
	sequence := l.nextSequence
	if len(chunks) > 0 {
		sequence = chunks[0].sequence
	}
	return &pb.AudioStreamResume{
		WindowIndex: l.nextWindow, WindowStartSample: uint64(l.startSample), CoveredSample: uint64(l.coveredSample),
		AudioStartSample: uint64(sample), Sequence: sequence,
	}, chunks
}

// resumeAt is from where audio is needed: a lead before the next window, where a frame of the source and a sample of the model's rate coincide, so
// that a resampler starts in the phase that it had there.
func (l *audioLog) resumeAt(rates audioRates) (sample, at int64) {
	if rates.frameBytes == 0 {
		return 0, 0
	}
	modelStep, sourceStep := rates.steps()
	wanted := l.startSample - rates.leadSamples()
	if wanted < 0 {
		wanted = 0
	}
	steps := wanted / modelStep
	return steps * modelStep, steps * sourceStep * rates.frameBytes
}

func (r audioRates) leadSamples() int64 {
	return int64(math.Ceil(leadSeconds * float64(r.modelRate)))
}

// steps are samples of the model's rate, and frames of the source, from where both coincide to where they do again.
func (r audioRates) steps() (model, source int64) {
	common := greatestCommonDivisor(r.sourceRate, r.modelRate)
	return r.modelRate / common, r.sourceRate / common
}

func greatestCommonDivisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func ratesOf(ready *pb.AudioStreamReady) audioRates {
	format := ready.GetConfig().GetFormat()
	sampleBytes := map[pb.AudioEncoding]int64{
		pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE: 2,
		pb.AudioEncoding_AUDIO_ENCODING_PCM_F32LE: 4,
		pb.AudioEncoding_AUDIO_ENCODING_PCM_MULAW: 1,
	}[format.GetEncoding()]
	channels, source := int64(format.GetChannels()), int64(format.GetSampleRateHz())
	if channels == 0 {
		channels = 1
	}
	if source == 0 {
		source = int64(ready.GetSampleRateHz())
	}
	model := int64(ready.GetSampleRateHz())
	samples := func(ms uint32) int64 { return int64(math.Round(float64(ms) * float64(model) / 1000)) }
	return audioRates{
		frameBytes: sampleBytes * channels, sourceRate: source, modelRate: model,
		hopSamples: samples(ready.GetConfig().GetHopMs()), windowSamples: samples(ready.GetConfig().GetWindowMs()),
	}
}
