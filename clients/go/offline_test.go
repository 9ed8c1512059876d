package triptych

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	pb "triptych.example/client/triptychv1"
)

func TestHalfPrecisionIsReadExactly(t *testing.T) {
	for bits, want := range map[uint16]float32{
		0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0001: 1.0 / (1 << 24), 0x8001: -1.0 / (1 << 24), 0x0400: 1.0 / (1 << 14), 0: 0, 0x3555: 0.33325195,
	} {
		if got := fromHalf(bits); got != want {
			t.Errorf("%#04x: %v, expected %v", bits, got, want)
		}
	}
	if !math.IsInf(float64(fromHalf(0xfc00)), -1) || !math.IsNaN(float64(fromHalf(0x7e00))) {
		t.Error("infinities and NaN")
	}
}

func TestAnEmbeddingOfAnotherLengthThanItsShapeIsRefused(t *testing.T) {
	embedding := &pb.Embedding{Raw: make([]byte, 8), Shape: []uint32{3}, Encoding: pb.EmbeddingEncoding_EMBEDDING_ENCODING_RAW_FLOAT32}
	if _, err := ReadEmbedding(embedding); err == nil {
		t.Error("read")
	}
}

func TestPausesGrowAndAreBounded(t *testing.T) {
	for attempt, want := range map[int]time.Duration{1: 100 * time.Millisecond, 3: 400 * time.Millisecond, 1 << 30: 5 * time.Second} {
		if got := (Retry{}).wait(attempt, 0); got != want {
			t.Errorf("attempt %d: %v, expected %v", attempt, got, want)
		}
	}
	if got := (Retry{}).wait(1, 2*time.Second); got != 2*time.Second {
		t.Errorf("a server that asks for 2 s: %v", got)
	}
}

// Any is a message by its type's name and bytes.
func anyOf(name string, value []byte) *anypb.Any {
	return &anypb.Any{TypeUrl: "type.googleapis.com/google.rpc." + name, Value: value}
}

func TestWhatAStatusSaysIsRead(t *testing.T) {
	detailed := status.FromProto(&spb.Status{Code: int32(codes.ResourceExhausted), Message: "full", Details: []*anypb.Any{
		anyOf("ErrorInfo", []byte("\x0a\x0aOVERLOADED\x12\x08triptych")),
		anyOf("RetryInfo", []byte("\x0a\x08\x08\x01\x10\x80\xca\xb5\xee\x01")),
		anyOf("BadRequest", []byte("\x0a\x0a\x0a\x08clips[1]")),
		anyOf("RequestInfo", []byte("\x0a\x03abc")),
		anyOf("ErrorInfo", []byte("\xff\xff\xff")),
	}}).Err()
	got := errorOf(detailed)
	if got.Field != "clips[1]" || got.RequestID != "abc" || got.RetryDelay != 1500*time.Millisecond || !got.IsRetryable() {
		t.Errorf("%+v", got)
	}
	if status.Code(got) != codes.ResourceExhausted || ReasonOf(got) != got.Reason {
		t.Errorf("%v", got)
	}
	broken := errorOf(status.Error(codes.Unavailable, "gone"))
	if !broken.IsRetryable() || broken.Reason != "" {
		t.Errorf("%+v", broken)
	}
}

func TestALiveStreamForgetsWhatWasAnswered(t *testing.T) {
	rates := audioRates{frameBytes: 2, sourceRate: 16_000, modelRate: 16_000, hopSamples: 8_000}
	log := &audioLog{}
	for index := uint64(0); index < 5_000; index++ {
		log.add(make([]byte, 16_000), false)
		log.answered(&pb.AudioWindow{Index: index, StartSample: 8_000 * index, EndSample: 8_000 * (index + 1)}, rates)
		if log.size() > 3*16_000 || len(log.chunks) > 3 {
			t.Fatalf("window %d: %d bytes in %d chunks", index, log.size(), len(log.chunks))
		}
	}
	log.add(make([]byte, 3_200), true)
	resume, chunks := log.resume(rates)
	want := &pb.AudioStreamResume{
		WindowIndex: 5_000, WindowStartSample: 40_000_000, CoveredSample: 40_000_000, AudioStartSample: 39_998_400, Sequence: 4_999,
	}
	if !proto.Equal(resume, want) || len(chunks) != 2 || len(chunks[0].data) != 3_200 || !chunks[1].flush {
		t.Errorf("%v and %d chunks", resume, len(chunks))
	}
}

func TestAClosedClientFailsAtOnce(t *testing.T) {
	client, err := New("127.0.0.1:1", Options{Retry: Retry{FirstWait: time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	client.Close()
	if _, err := client.EmbedTexts(context.Background(), []string{"x"}, EmbedOptions{}); err == nil {
		t.Error("encoded")
	}
	if _, err := client.StreamAudio(context.Background(), &pb.AudioStreamConfig{}).Recv(); err == nil {
		t.Error("streamed")
	}
}

func TestNoServerIsAnErrorThatComesAfterTheAttempts(t *testing.T) {
	client, err := New("127.0.0.1:1", Options{Retry: Retry{Attempts: 3, FirstWait: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	_, err = client.EmbedTexts(context.Background(), []string{"x"}, EmbedOptions{})
	if status.Code(err) != codes.Unavailable {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := client.EmbedTexts(ctx, []string{"x"}, EmbedOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	stream := client.StreamAudio(context.Background(), &pb.AudioStreamConfig{Format: PCM(pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, 16_000, 1)})
	if _, err := stream.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("%v", err)
	}
	if err := stream.Send(nil); err == nil {
		t.Error("a stream that failed takes audio")
	}
	stream.Close()
}

func TestALiveTranscriptHoldsNoMoreThanItMayAndFailsWhereNoServerIs(t *testing.T) {
	client, err := New("127.0.0.1:1", Options{Retry: Retry{Attempts: 3, FirstWait: 20 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	stream := client.StreamTranscript(context.Background(), &pb.TranscribeStreamConfig{})
	sent := 0
	for ; err == nil && sent <= 10*mostUnsent; sent++ {
		err = stream.Send([]byte{0, 0})
	}
	if sent > mostUnsent+1 {
		t.Errorf("%d chunks were taken, and no server is there", sent)
	}
	if _, err := stream.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("%v", err)
	}
	stream.Finish()
	if err := stream.Send(nil); err != ErrFinished {
		t.Errorf("%v", err)
	}
	if _, err := client.Transcribe(context.Background(), &pb.TranscribeRequest{}); status.Code(err) != codes.Unavailable {
		t.Errorf("%v", err)
	}
}
