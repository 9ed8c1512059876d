package triptych

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/proto"

	pb "triptych.example/client/triptychv1"
)

const (
	// mostUnsent chunks may wait to be sent.
	mostUnsent = 16
	// mostLogged bytes of audio may be kept for sending them again; beyond them Send waits for answers. Of PCM that is never less than a
	// window takes, without which there are no answers to wait for.
	mostLogged = 64 << 20
)

// ErrFinished is returned by Send after Finish.
var ErrFinished = errors.New("triptych: the stream is finished")

// Window is a window of live audio.
type Window struct {
	Vector
	Index uint64
	// StartSample and EndSample are in the model's sample rate, from the start of the stream.
	StartSample, EndSample uint64
	// Partial windows are shorter than was asked for: a flush, or the tail.
	Partial bool
	// Err is why the window has no vector.
	Err *Error
	// Stamp is what made the vector.
	Stamp *pb.ModelStamp
	// Transcript is what is said in it, where the config has a Transcription.
	Transcript *pb.WindowTranscript
}

// AudioStream is live audio that goes on where its connection breaks off, on this server or another: each window comes once, in order. One goroutine
// sends while another one receives.
type AudioStream struct {
	lifeline
	config  *pb.AudioStreamConfig
	answers chan *Window
	// failure is set before answers is closed; nil where the stream ended as it should.
	failure error

	// Below: with the lifeline's mutex.
	log    audioLog
	unsent []loggedChunk
	rates  *audioRates
	stamp  *pb.ModelStamp
}

// StreamAudio opens a live stream. It lasts until it is finished and read to its end, or ctx ends.
func (c *Client) StreamAudio(ctx context.Context, config *pb.AudioStreamConfig) *AudioStream {
	config = proto.Clone(config).(*pb.AudioStreamConfig)
	config.Options = rawOptions(config.Options)
	s := &AudioStream{lifeline: newLifeline(ctx, c), config: config, answers: make(chan *Window)}
	go func() {
		defer close(s.answers)
		s.failure = s.run(s.connect, func() bool {
			s.unsent = nil
			return !s.log.isGivenUp
		})
	}()
	return s
}

// PCM is the format of interleaved samples.
func PCM(encoding pb.AudioEncoding, rate, channels int) *pb.AudioFormat {
	return format(encoding, rate, channels)
}

// Send sends audio, in bytes of the configured format. It waits while the server is not reading, and keeps data: leave it as it is afterwards.
func (s *AudioStream) Send(data []byte) error { return s.push(data, false) }

// Send16 sends 16-bit samples.
func (s *AudioStream) Send16(samples []int16) error { return s.push(int16Bytes(samples), false) }

// SendFloat32 sends floats whose full scale is ±1.
func (s *AudioStream) SendFloat32(samples []float32) error {
	return s.push(float32Bytes(samples), false)
}

// Flush has what is buffered encoded now, as a partial window.
func (s *AudioStream) Flush() error { return s.push(nil, true) }

// Finish says that no more audio comes: the tail is answered, then the stream ends.
func (s *AudioStream) Finish() { s.finish() }

// Close ends the stream now.
func (s *AudioStream) Close() { s.cancel() }

// Recv returns the next window, or io.EOF after the last one. Receive while you send.
func (s *AudioStream) Recv() (*Window, error) {
	window, ok := <-s.answers
	if ok {
		return window, nil
	}
	if s.failure != nil {
		return nil, s.failure
	}
	return nil, io.EOF
}

func (s *AudioStream) push(data []byte, flush bool) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.isFinished {
		return ErrFinished
	}
	chunk := s.log.add(data, flush)
	if s.isOpen {
		s.unsent = append(s.unsent, chunk)
	}
	s.pushed()
	for s.isFull() {
		if err := s.wait(s.ctx); err != nil {
			return err
		}
	}
	return s.ctx.Err()
}

func (s *AudioStream) isFull() bool {
	most := int64(mostLogged)
	if s.rates != nil {
		// Before the first answer, which comes at once, no window is known.
		if least := s.log.leastBytes(*s.rates); least > most {
			most = least
		}
	}
	if s.log.size() > most {
		if s.config.GetFormat().GetEncoding() != pb.AudioEncoding_AUDIO_ENCODING_CONTAINER || !s.isOpen {
			return true
		}
		s.log.giveUp()
	}
	return len(s.unsent) > mostUnsent
}

// connect streams over one connection until it ends: as it should with nil.
func (s *AudioStream) connect(attempt *int) error {
	ctx, cancel := context.WithCancel(s.client.authorized(s.ctx))
	defer cancel()
	stream, err := s.client.audio.EncodeStream(ctx)
	if err != nil {
		return errorOrNil(errorOf(err))
	}
	config := s.open()
	sent := make(chan struct{})
	// What it sends belongs to this connection alone: it has ended when the next one is opened.
	defer func() { cancel(); <-sent }()
	go func() {
		defer close(sent)
		s.pump(ctx, stream, config)
	}()
	for {
		message, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return errorOrNil(errorOf(err))
		}
		window, err := s.take(message)
		if err != nil {
			return err
		}
		if window == nil {
			continue
		}
		*attempt = 1
		select {
		case s.answers <- window:
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
}

// open is the config of a connection that starts where the last one stopped.
func (s *AudioStream) open() *pb.AudioStreamConfig {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	config := proto.Clone(s.config).(*pb.AudioStreamConfig)
	if s.rates != nil {
		config.Resume, s.unsent = s.log.resume(*s.rates)
	} else {
		// No server has answered yet: the stream starts at its beginning.
		s.unsent = append([]loggedChunk(nil), s.log.chunks...)
	}
	s.isOpen = true
	return config
}

// pump sends what waits. Where sending fails, receiving says why.
func (s *AudioStream) pump(ctx context.Context, stream pb.AudioEncoder_EncodeStreamClient, config *pb.AudioStreamConfig) {
	first := &pb.AudioStreamRequest{Message: &pb.AudioStreamRequest_Config{Config: config}}
	if stream.Send(first) != nil {
		return
	}
	for {
		chunk, ok := s.nextChunk(ctx)
		if !ok {
			if ctx.Err() == nil {
				_ = stream.CloseSend()
			}
			return
		}
		message := &pb.AudioChunk{Sequence: chunk.sequence, Data: chunk.data, Flush: chunk.flush}
		if stream.Send(&pb.AudioStreamRequest{Message: &pb.AudioStreamRequest_Chunk{Chunk: message}}) != nil {
			return
		}
	}
}

// nextChunk waits for what is to be sent next; false where nothing more comes.
func (s *AudioStream) nextChunk(ctx context.Context) (loggedChunk, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for len(s.unsent) == 0 {
		if s.isFinished || s.wait(ctx) != nil {
			return loggedChunk{}, false
		}
	}
	chunk := s.unsent[0]
	s.unsent[0] = loggedChunk{}
	s.unsent = s.unsent[1:]
	s.change()
	return chunk, true
}

// take notes an answer; it returns the window that it brings, if any.
func (s *AudioStream) take(message *pb.AudioStreamResponse) (*Window, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if ready := message.GetReady(); ready != nil {
		if s.stamp != nil && s.stamp.GetFingerprint() != ready.GetStamp().GetFingerprint() {
			return nil, fmt.Errorf("%w: from %s to %s", ErrModelChanged, s.stamp.GetFingerprint(), ready.GetStamp().GetFingerprint())
		}
		rates := ratesOf(ready)
		s.rates, s.stamp = &rates, ready.GetStamp()
		s.change()
		return nil, nil
	}
	window := message.GetWindow()
	if window == nil || s.rates == nil {
		return nil, nil
	}
	s.log.answered(window, *s.rates)
	s.change()
	made := &Window{
		Index: window.GetIndex(), StartSample: window.GetStartSample(), EndSample: window.GetEndSample(), Partial: window.GetPartial(),
		Stamp: s.stamp, Transcript: window.GetTranscript(),
	}
	if window.GetEmbedding() == nil {
		made.Err = errorOfItem(window.GetError())
		return made, nil
	}
	var err error
	made.Vector, err = ReadEmbedding(window.GetEmbedding())
	return made, err
}
