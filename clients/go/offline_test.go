package triptych

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
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

// audioServer answers each call of a live stream by the next of its functions, and the last one again.
type audioServer struct {
	pb.UnimplementedAudioEncoderServer
	calls   int
	answers []func(pb.AudioEncoder_EncodeStreamServer) error
}

func (s *audioServer) EncodeStream(stream pb.AudioEncoder_EncodeStreamServer) error {
	answer := s.answers[len(s.answers)-1]
	if s.calls < len(s.answers) {
		answer = s.answers[s.calls]
	}
	s.calls++
	return answer(stream)
}

// textServer answers each text by a vector of its length, and keeps what it was sent.
type textServer struct {
	pb.UnimplementedTextEncoderServer
	mutex sync.Mutex
	texts []string
}

func (s *textServer) Encode(_ context.Context, request *pb.EncodeTextsRequest) (*pb.EncodeTextsResponse, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.texts = append(s.texts, request.GetTexts()...)
	answer := &pb.EncodeTextsResponse{Stamp: &pb.ModelStamp{Model: "m", Fingerprint: "f", Space: "s"}}
	for _, text := range request.GetTexts() {
		embedding := &pb.Embedding{Values: []float32{float32(len(text))}, Shape: []uint32{1}}
		answer.Results = append(answer.Results, &pb.TextResult{Outcome: &pb.TextResult_Embedding{Embedding: embedding}})
	}
	return answer, nil
}

// clientOf is a client of a server of its own, on a port of this machine.
func clientOf(t *testing.T, register func(*grpc.Server), retry Retry) *Client {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessageBytes))
	register(server)
	go func() { _ = server.Serve(listener) }()
	client, err := New(listener.Addr().String(), Options{Retry: retry})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		server.Stop()
	})
	return client
}

func TestATextThatIsNotUTF8IsAnErrorInItsPlaceAndIsNotSent(t *testing.T) {
	server := &textServer{}
	client := clientOf(t, func(s *grpc.Server) { pb.RegisterTextEncoderServer(s, server) }, Retry{Attempts: 2, FirstWait: time.Millisecond})
	progress := 0
	options := EmbedOptions{Progress: func(done, failed int) { progress = 10*done + failed }}
	embeddings, err := client.EmbedTexts(context.Background(), []string{"abc", "a\xff", "de"}, options)
	if err != nil {
		t.Fatal(err)
	}
	items := embeddings.Items
	if items[0].Values[0] != 3 || items[2].Values[0] != 2 || len(server.texts) != 2 || progress != 31 {
		t.Errorf("%v, %q, %d", items, server.texts, progress)
	}
	if items[1].Err == nil || items[1].Err.Reason != "TEXT_NOT_UTF8" || items[1].Err.Code != codes.InvalidArgument || items[1].Err.IsRetryable() {
		t.Errorf("%v", items[1].Err)
	}
}

func TestAFileOfTextThatIsNotUTF8IsReadWithReplacements(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.txt"), []byte("caf\xe9!"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := &textServer{}
	client := clientOf(t, func(s *grpc.Server) { pb.RegisterTextEncoderServer(s, server) }, Retry{Attempts: 2, FirstWait: time.Millisecond})
	err := client.EmbedFolder(context.Background(), folder, EmbedOptions{}, func(file File) error {
		if file.Err != nil {
			t.Error(file.Err)
		}
		return nil
	})
	if err != nil || len(server.texts) != 1 || server.texts[0] != "caf\uFFFD!" {
		t.Errorf("%v, %q", err, server.texts)
	}
}

// imageServer answers each image by a vector, and keeps the ids that it was sent.
type imageServer struct {
	pb.UnimplementedImageEncoderServer
	mutex sync.Mutex
	ids   []string
}

func (s *imageServer) results(images []*pb.Image) []*pb.ImageResult {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var results []*pb.ImageResult
	for _, image := range images {
		s.ids = append(s.ids, image.GetId())
		embedding := &pb.Embedding{Values: []float32{1}, Shape: []uint32{1}}
		results = append(results, &pb.ImageResult{Id: image.GetId(), Outcome: &pb.ImageResult_Embedding{Embedding: embedding}})
	}
	return results
}

func (s *imageServer) Encode(_ context.Context, request *pb.EncodeImagesRequest) (*pb.EncodeImagesResponse, error) {
	return &pb.EncodeImagesResponse{Results: s.results(request.GetImages())}, nil
}

func (s *imageServer) EncodeStream(stream pb.ImageEncoder_EncodeStreamServer) error {
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		batch := request.GetBatch()
		if batch == nil {
			continue
		}
		result := &pb.ImageBatchResult{BatchId: batch.GetBatchId(), Results: s.results(batch.GetImages())}
		if err := stream.Send(&pb.ImageStreamResponse{Message: &pb.ImageStreamResponse_Result{Result: result}}); err != nil {
			return err
		}
	}
}

// clipServer answers each clip by a vector.
type clipServer struct {
	pb.UnimplementedAudioEncoderServer
}

func (s *clipServer) Encode(_ context.Context, request *pb.EncodeAudioRequest) (*pb.EncodeAudioResponse, error) {
	answer := &pb.EncodeAudioResponse{}
	for _, clip := range request.GetClips() {
		embedding := &pb.Embedding{Values: []float32{1}, Shape: []uint32{1}}
		answer.Results = append(answer.Results, &pb.AudioResult{Id: clip.GetId(), Outcome: &pb.AudioResult_Embedding{Embedding: embedding}})
	}
	return answer, nil
}

func TestAnIDThatIsNotUTF8IsSentWithReplacementsAndComesBackAsItWas(t *testing.T) {
	const name = "caf\xe9.png"
	server := &imageServer{}
	client := clientOf(t, func(s *grpc.Server) {
		pb.RegisterImageEncoderServer(s, server)
		pb.RegisterAudioEncoderServer(s, &clipServer{})
	}, Retry{Attempts: 2, FirstWait: time.Millisecond})
	images := []*pb.Image{{Id: "a.png"}, {Id: name}}
	embeddings, err := client.EmbedImages(context.Background(), images, EmbedOptions{})
	if err != nil || embeddings.Items[1].ID != name || len(embeddings.Items[1].Values) != 1 {
		t.Fatalf("%v, %v", embeddings, err)
	}
	clips, err := client.EmbedClips(context.Background(), []*pb.AudioClip{{Id: name}}, EmbedOptions{})
	if err != nil || clips.Items[0].ID != name || len(clips.Items[0].Values) != 1 {
		t.Fatalf("%v, %v", clips, err)
	}
	stream := client.StreamImages(context.Background(), &pb.ImageStreamConfig{})
	defer stream.Close()
	if _, err := stream.Send(images); err != nil {
		t.Fatal(err)
	}
	batch, err := stream.Recv()
	if err != nil || batch.Items[1].ID != name || len(batch.Items[1].Values) != 1 {
		t.Fatalf("%v, %v", batch, err)
	}
	if len(server.ids) != 4 || server.ids[1] != "caf\uFFFD.png" || images[1].GetId() != name {
		t.Errorf("%q", server.ids)
	}
}

// noRoom is what a server answers that asks for 20 ms.
func noRoom(pb.AudioEncoder_EncodeStreamServer) error {
	return status.FromProto(&spb.Status{Code: int32(codes.ResourceExhausted), Message: "full", Details: []*anypb.Any{
		anyOf("ErrorInfo", []byte("\x0a\x0aOVERLOADED")), anyOf("RetryInfo", []byte("\x0a\x05\x10\x80\xda\xc4\x09")),
	}}).Err()
}

// readyFor is a server's first answer to 16-bit audio of 16 kHz, for windows of so many milliseconds.
func readyFor(windowMs uint32) *pb.AudioStreamResponse {
	return &pb.AudioStreamResponse{Message: &pb.AudioStreamResponse_Ready{Ready: &pb.AudioStreamReady{
		SampleRateHz: 16_000, Stamp: &pb.ModelStamp{Fingerprint: "f"},
		Config: &pb.AudioStreamConfig{Format: PCM(pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, 16_000, 1), WindowMs: windowMs, HopMs: windowMs},
	}}}
}

func TestAStreamThatIsRefusedWithAPauseGoesOnAfterIt(t *testing.T) {
	broken := func(stream pb.AudioEncoder_EncodeStreamServer) error {
		_ = stream.Send(readyFor(500))
		return status.Error(codes.Unavailable, "restarting")
	}
	ended := func(stream pb.AudioEncoder_EncodeStreamServer) error { return nil }
	server := &audioServer{answers: []func(pb.AudioEncoder_EncodeStreamServer) error{broken, noRoom, noRoom, ended}}
	client := clientOf(t, func(s *grpc.Server) { pb.RegisterAudioEncoderServer(s, server) }, Retry{FirstWait: time.Millisecond})
	if _, err := client.StreamAudio(context.Background(), &pb.AudioStreamConfig{}).Recv(); err != io.EOF || server.calls != 4 {
		t.Errorf("%v after %d calls", err, server.calls)
	}

	full := &audioServer{answers: []func(pb.AudioEncoder_EncodeStreamServer) error{noRoom}}
	client = clientOf(t, func(s *grpc.Server) { pb.RegisterAudioEncoderServer(s, full) }, Retry{Attempts: 3, FirstWait: time.Millisecond})
	if _, err := client.StreamAudio(context.Background(), &pb.AudioStreamConfig{}).Recv(); ReasonOf(err) != "OVERLOADED" || full.calls != 3 {
		t.Errorf("%v after %d calls", err, full.calls)
	}
}

func TestSendTakesAWholeWindowHoweverMuchItHolds(t *testing.T) {
	const chunk, window = 4 << 20, 80 << 20
	windowMs := uint32(window / 32)
	server := &audioServer{answers: []func(pb.AudioEncoder_EncodeStreamServer) error{func(stream pb.AudioEncoder_EncodeStreamServer) error {
		if err := stream.Send(readyFor(windowMs)); err != nil {
			return err
		}
		received := 0
		for received < window {
			request, err := stream.Recv()
			if err != nil {
				return err
			}
			received += len(request.GetChunk().GetData())
		}
		answer := &pb.AudioWindow{EndSample: window / 2, Outcome: &pb.AudioWindow_Error{Error: &pb.ItemError{Reason: "WINDOW_LATE"}}}
		return stream.Send(&pb.AudioStreamResponse{Message: &pb.AudioStreamResponse_Window{Window: answer}})
	}}}
	client := clientOf(t, func(s *grpc.Server) { pb.RegisterAudioEncoderServer(s, server) }, Retry{Attempts: 1})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	stream := client.StreamAudio(ctx, &pb.AudioStreamConfig{Format: PCM(pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, 16_000, 1)})
	go func() {
		data := make([]byte, chunk)
		for sent := 0; sent < window && stream.Send(data) == nil; sent += chunk {
		}
		stream.Finish()
	}()
	if window, err := stream.Recv(); err != nil || window.Err.Reason != "WINDOW_LATE" {
		t.Errorf("%v, %v", window, err)
	}
}
