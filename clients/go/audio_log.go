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
	common := greatestCommonDivisor(rates.sourceRate, rates.modelRate)
	wanted := l.startSample - int64(math.Ceil(leadSeconds*float64(rates.modelRate)))
	if wanted < 0 {
		wanted = 0
	}
	steps := wanted / (rates.modelRate / common)
	return steps * (rates.modelRate / common), steps * (rates.sourceRate / common) * rates.frameBytes
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
	hop := int64(math.Round(float64(ready.GetConfig().GetHopMs()) * float64(model) / 1000))
	return audioRates{frameBytes: sampleBytes * channels, sourceRate: source, modelRate: model, hopSamples: hop}
}
