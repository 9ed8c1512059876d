package triptych

import (
	"context"
	"io"

	"google.golang.org/protobuf/proto"

	pb "triptych.example/client/triptychv1"
)

// Transcribe writes what is said in a recording: the Format and Data of a clip, as ClipFile, Samples and Samples16 make it. It is one call, within
// Options.Timeout; recordings of any length go through StreamTranscript.
func (c *Client) Transcribe(ctx context.Context, request *pb.TranscribeRequest) (*pb.TranscribeResponse, error) {
	var answer *pb.TranscribeResponse
	err := c.attempt(ctx, func(ctx context.Context) (err error) {
		answer, err = c.transcriber.Transcribe(ctx, request)
		return err
	})
	return answer, err
}

// TranscriptStream is what is said in live audio. One goroutine sends while another one receives. What a server has heard is in its memory alone: once
// one is ready, a connection that breaks off ends the stream.
type TranscriptStream struct {
	lifeline
	config  *pb.TranscribeStreamConfig
	answers chan *pb.TranscriptUpdate
	// failure is set before answers is closed; nil where the stream ended as it should.
	failure error

	// Below: with the lifeline's mutex.
	next uint64
	// kept are all chunks, until a server is ready.
	kept, unsent []*pb.AudioChunk
	isReady      bool
}

// StreamTranscript opens a live transcript. It lasts until it is finished and read to its end, or ctx ends.
func (c *Client) StreamTranscript(ctx context.Context, config *pb.TranscribeStreamConfig) *TranscriptStream {
	s := &TranscriptStream{
		lifeline: newLifeline(ctx, c),
		config:   proto.Clone(config).(*pb.TranscribeStreamConfig),
		answers:  make(chan *pb.TranscriptUpdate),
	}
	go func() {
		defer close(s.answers)
		s.failure = s.run(s.connect, func() bool {
			s.unsent = nil
			return !s.isReady
		})
	}()
	return s
}

// Send sends audio, in bytes of the configured format. It waits while the server is not reading, and keeps data: leave it as it is afterwards.
func (s *TranscriptStream) Send(data []byte) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.isFinished {
		return ErrFinished
	}
	chunk := &pb.AudioChunk{Sequence: s.next, Data: data}
	s.next++
	if !s.isReady {
		s.kept = append(s.kept, chunk)
	}
	if s.isOpen {
		s.unsent = append(s.unsent, chunk)
	}
	s.pushed()
	for len(s.kept) > mostUnsent || len(s.unsent) > mostUnsent {
		if err := s.wait(s.ctx); err != nil {
			return err
		}
	}
	return s.ctx.Err()
}

// Send16 sends 16-bit samples.
func (s *TranscriptStream) Send16(samples []int16) error { return s.Send(int16Bytes(samples)) }

// SendFloat32 sends floats whose full scale is ±1.
func (s *TranscriptStream) SendFloat32(samples []float32) error {
	return s.Send(float32Bytes(samples))
}

// Finish says that no more audio comes: what is left is answered, then the stream ends.
func (s *TranscriptStream) Finish() { s.finish() }

// Close ends the stream now.
func (s *TranscriptStream) Close() { s.cancel() }

// Recv returns what the server knows more, or io.EOF after all of it. Final segments come once; the others are guesses, which those of the next update
// replace. Receive while you send.
func (s *TranscriptStream) Recv() (*pb.TranscriptUpdate, error) {
	update, ok := <-s.answers
	if ok {
		return update, nil
	}
	if s.failure != nil {
		return nil, s.failure
	}
	return nil, io.EOF
}

// connect streams over one connection until it ends: as it should with nil.
func (s *TranscriptStream) connect(attempt *int) error {
	ctx, cancel := context.WithCancel(s.client.authorized(s.ctx))
	defer cancel()
	stream, err := s.client.transcriber.TranscribeStream(ctx)
	if err != nil {
		return errorOrNil(errorOf(err))
	}
	s.open()
	sent := make(chan struct{})
	// What it sends belongs to this connection alone: it has ended when the next one is opened.
	defer func() { cancel(); <-sent }()
	go func() {
		defer close(sent)
		s.pump(ctx, stream)
	}()
	for {
		message, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return errorOrNil(errorOf(err))
		}
		if message.GetReady() != nil {
			s.ready()
		}
		if message.GetUpdate() == nil {
			continue
		}
		*attempt = 1
		select {
		case s.answers <- message.GetUpdate():
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
}

// open has all chunks sent over a connection that begins.
func (s *TranscriptStream) open() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.unsent = append([]*pb.AudioChunk(nil), s.kept...)
	s.isOpen = true
}

// ready notes that a server has begun.
func (s *TranscriptStream) ready() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.isReady, s.kept = true, nil
	s.change()
}

// pump sends what waits. Where sending fails, receiving says why.
func (s *TranscriptStream) pump(ctx context.Context, stream pb.Transcriber_TranscribeStreamClient) {
	first := &pb.TranscribeStreamRequest{Message: &pb.TranscribeStreamRequest_Config{Config: s.config}}
	if stream.Send(first) != nil {
		return
	}
	for {
		chunk := s.nextChunk(ctx)
		if chunk == nil {
			if ctx.Err() == nil {
				_ = stream.CloseSend()
			}
			return
		}
		if stream.Send(&pb.TranscribeStreamRequest{Message: &pb.TranscribeStreamRequest_Chunk{Chunk: chunk}}) != nil {
			return
		}
	}
}

// nextChunk waits for what is to be sent next; nil where nothing more comes.
func (s *TranscriptStream) nextChunk(ctx context.Context) *pb.AudioChunk {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for len(s.unsent) == 0 {
		if s.isFinished || s.wait(ctx) != nil {
			return nil
		}
	}
	chunk := s.unsent[0]
	s.unsent[0] = nil
	s.unsent = s.unsent[1:]
	s.change()
	return chunk
}
