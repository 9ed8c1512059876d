package triptych

import (
	"context"
	"fmt"
	"io"
	"sort"

	"google.golang.org/protobuf/proto"

	pb "triptych.example/client/triptychv1"
)

// mostUnanswered batches may be sent and not answered; beyond them Send waits.
const mostUnanswered = 32

// ImageBatch is what became of one batch of images.
type ImageBatch struct {
	// ID is what Send returned for it.
	ID    uint64
	Items []Item
	// Stamp is what made the vectors.
	Stamp *pb.ModelStamp
}

// ImageStream is a stream of batches that goes on where its connection breaks off, on this server or another: each batch is answered once, not
// always in order. One goroutine sends while another one receives.
type ImageStream struct {
	lifeline
	config  *pb.ImageStreamConfig
	answers chan *ImageBatch
	// failure is set before answers is closed; nil where the stream ended as it should.
	failure error

	// Below: with the lifeline's mutex.
	next       uint64
	unanswered map[uint64][]*pb.Image
	unsent     []uint64
	stamp      *pb.ModelStamp
}

// StreamImages opens a stream. It lasts until it is finished and read to its end, or ctx ends.
func (c *Client) StreamImages(ctx context.Context, config *pb.ImageStreamConfig) *ImageStream {
	config = proto.Clone(config).(*pb.ImageStreamConfig)
	config.Options = rawOptions(config.Options)
	s := &ImageStream{
		lifeline: newLifeline(ctx, c), config: config, answers: make(chan *ImageBatch), unanswered: map[uint64][]*pb.Image{},
	}
	go func() {
		defer close(s.answers)
		s.failure = s.run(s.connect, func() bool {
			s.unsent = nil
			return true
		})
	}()
	return s
}

// Send sends a batch, and returns the id that its answer has. It waits while 32 batches are not answered, and keeps the images: leave them as they
// are afterwards.
func (s *ImageStream) Send(images []*pb.Image) (uint64, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.isFinished {
		return 0, ErrFinished
	}
	id := s.next
	s.next++
	s.unanswered[id] = images
	if s.isOpen {
		s.unsent = append(s.unsent, id)
	}
	s.pushed()
	for len(s.unanswered) >= mostUnanswered {
		if err := s.wait(s.ctx); err != nil {
			return id, err
		}
	}
	return id, s.ctx.Err()
}

// Finish says that no more batches come: the stream ends once all are answered.
func (s *ImageStream) Finish() { s.finish() }

// Close ends the stream now.
func (s *ImageStream) Close() { s.cancel() }

// Recv returns the next answer, or io.EOF after the last one. Receive while you send. A bad image is an Err in its place.
func (s *ImageStream) Recv() (*ImageBatch, error) {
	batch, ok := <-s.answers
	if ok {
		return batch, nil
	}
	if s.failure != nil {
		return nil, s.failure
	}
	return nil, io.EOF
}

// connect streams over one connection until it ends: as it should with nil.
func (s *ImageStream) connect(attempt *int) error {
	ctx, cancel := context.WithCancel(s.client.authorized(s.ctx))
	defer cancel()
	stream, err := s.client.images.EncodeStream(ctx)
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
		batch, err := s.take(message)
		if err != nil {
			return err
		}
		if batch == nil {
			continue
		}
		*attempt = 1
		select {
		case s.answers <- batch:
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
}

// open has all that is not answered sent over a new connection, in the order of its ids.
func (s *ImageStream) open() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for id := range s.unanswered {
		s.unsent = append(s.unsent, id)
	}
	sort.Slice(s.unsent, func(i, j int) bool { return s.unsent[i] < s.unsent[j] })
	s.isOpen = true
}

// pump sends what waits. Where sending fails, receiving says why.
func (s *ImageStream) pump(ctx context.Context, stream pb.ImageEncoder_EncodeStreamClient) {
	first := &pb.ImageStreamRequest{Message: &pb.ImageStreamRequest_Config{Config: s.config}}
	if stream.Send(first) != nil {
		return
	}
	for {
		batch, ok := s.nextBatch(ctx)
		if !ok {
			if ctx.Err() == nil {
				_ = stream.CloseSend()
			}
			return
		}
		if stream.Send(&pb.ImageStreamRequest{Message: &pb.ImageStreamRequest_Batch{Batch: batch}}) != nil {
			return
		}
	}
}

// nextBatch waits for what is to be sent next; false where nothing more comes.
func (s *ImageStream) nextBatch(ctx context.Context) (*pb.ImageBatch, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for len(s.unsent) == 0 {
		if s.isFinished || s.wait(ctx) != nil {
			return nil, false
		}
	}
	id := s.unsent[0]
	s.unsent = s.unsent[1:]
	batch := &pb.ImageBatch{BatchId: id}
	for _, image := range s.unanswered[id] {
		batch.Images = append(batch.Images, sendableImage(image))
	}
	return batch, true
}

// take notes an answer; it returns the batch that it brings, if any.
func (s *ImageStream) take(message *pb.ImageStreamResponse) (*ImageBatch, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if ready := message.GetReady(); ready != nil {
		if s.stamp != nil && s.stamp.GetFingerprint() != ready.GetStamp().GetFingerprint() {
			return nil, fmt.Errorf("%w: from %s to %s", ErrModelChanged, s.stamp.GetFingerprint(), ready.GetStamp().GetFingerprint())
		}
		s.stamp = ready.GetStamp()
		return nil, nil
	}
	answered := message.GetResult()
	if answered == nil {
		return nil, nil
	}
	batch := &ImageBatch{ID: answered.GetBatchId(), Stamp: s.stamp}
	sent := s.unanswered[batch.ID]
	for i, result := range answered.GetResults() {
		item := Item{ID: result.GetId()}
		if i < len(sent) {
			item.ID = sent[i].GetId()
		}
		if result.GetEmbedding() == nil {
			item.Err = errorOfItem(result.GetError())
		} else {
			vector, err := ReadEmbedding(result.GetEmbedding())
			if err != nil {
				return nil, err
			}
			item.Vector = vector
		}
		batch.Items = append(batch.Items, item)
	}
	delete(s.unanswered, batch.ID)
	s.change()
	return batch, nil
}
