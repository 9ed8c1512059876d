package triptych

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "triptych.example/client/triptychv1"
)

// What a server takes in one call by default, and what goes into one unless the caller says otherwise: its answer comes well within its time on a
// small machine.
const (
	mostTexts, mostImages, mostClips    = 256, 64, 64
	batchTexts, batchImages, batchClips = 64, 16, 8
	// batchBytes is half of what a server receives by default.
	batchBytes = 8 << 20
)

// EmbedOptions say what is wanted. The zero value is the default model's default vector.
type EmbedOptions struct {
	Model string
	// Embedding's pooling, normalisation and dimensions. Its encoding is how numbers travel: default RAW_FLOAT32.
	Embedding *pb.EmbeddingOptions
	// Context of clips.
	Context pb.AudioContext
	// Prompt names which of the model's prompts is put before each text; nil for the model's own default.
	Prompt *string
	// RejectTooLong fails texts that the model would not see whole.
	RejectTooLong bool
	// BatchItems is how many items go into one call. Default: 64 texts, 16 images or 8 clips.
	BatchItems int
	// Progress is called as answers come, by one goroutine at a time.
	Progress func(done, failed int)
}

// Item is one item's vector, or why it has none.
type Item struct {
	Vector
	ID  string
	Err *Error
}

// Embeddings are vectors in the order of the input, and what made them.
type Embeddings struct {
	Items []Item
	// Model, and its Fingerprint: of the weights and all that shapes vectors.
	Model, Fingerprint string
	// Space says what may be compared: vectors where it is the same.
	Space string
}

// ImageFile reads an image; its id is the path.
func ImageFile(path string) (*pb.Image, error) {
	data, err := os.ReadFile(path)
	return &pb.Image{Id: path, Source: &pb.Image_Encoded{Encoded: data}}, err
}

// ClipFile reads a WAV, FLAC, MP3 or Ogg file; its id is the path.
func ClipFile(path string) (*pb.AudioClip, error) {
	data, err := os.ReadFile(path)
	return &pb.AudioClip{Id: path, Format: &pb.AudioFormat{Encoding: pb.AudioEncoding_AUDIO_ENCODING_CONTAINER}, Data: data}, err
}

// Samples is a clip of interleaved floats whose full scale is ±1.
func Samples(samples []float32, rate, channels int) *pb.AudioClip {
	return &pb.AudioClip{Format: format(pb.AudioEncoding_AUDIO_ENCODING_PCM_F32LE, rate, channels), Data: float32Bytes(samples)}
}

// Samples16 is a clip of interleaved 16-bit samples.
func Samples16(samples []int16, rate, channels int) *pb.AudioClip {
	return &pb.AudioClip{Format: format(pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, rate, channels), Data: int16Bytes(samples)}
}

func format(encoding pb.AudioEncoding, rate, channels int) *pb.AudioFormat {
	return &pb.AudioFormat{Encoding: encoding, SampleRateHz: uint32(rate), Channels: uint32(channels)}
}

func float32Bytes(samples []float32) []byte {
	data := make([]byte, 4*len(samples))
	for i, sample := range samples {
		binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(sample))
	}
	return data
}

func int16Bytes(samples []int16) []byte {
	data := make([]byte, 2*len(samples))
	for i, sample := range samples {
		binary.LittleEndian.PutUint16(data[2*i:], uint16(sample))
	}
	return data
}

// EmbedTexts encodes any number of texts. A bad text is an error in its place; one that is not UTF-8 is not sent.
func (c *Client) EmbedTexts(ctx context.Context, texts []string, options EmbedOptions) (*Embeddings, error) {
	run := &embedding{client: c, options: options, limit: limitOf(options.BatchItems, batchTexts, mostTexts), count: len(texts)}
	run.size = func(i int) int { return len(texts[i]) }
	run.id = func(int) string { return "" }
	run.refuse = func(i int) *Error {
		if utf8.ValidString(texts[i]) {
			return nil
		}
		return &Error{
			Code: codes.InvalidArgument, Reason: "TEXT_NOT_UTF8", Message: "the text is not valid UTF-8", Field: fmt.Sprintf("texts[%d]", i),
		}
	}
	run.call = func(ctx context.Context, indices []int) (*answer, error) {
		request := &pb.EncodeTextsRequest{
			Model: options.Model, Options: rawOptions(options.Embedding), RejectTooLong: options.RejectTooLong, PromptName: options.Prompt,
		}
		for _, i := range indices {
			request.Texts = append(request.Texts, texts[i])
		}
		response, err := c.texts.Encode(ctx, request)
		made := &answer{stamp: response.GetStamp()}
		for _, result := range response.GetResults() {
			made.results = append(made.results, result)
		}
		return made, err
	}
	return run.all(ctx)
}

// EmbedImages encodes any number of images. A bad image is an error in its place. An id that is not UTF-8 is sent with U+FFFD in it; its
// Item has it as it is.
func (c *Client) EmbedImages(ctx context.Context, images []*pb.Image, options EmbedOptions) (*Embeddings, error) {
	run := &embedding{client: c, options: options, count: len(images)}
	run.limit = limitOf(options.BatchItems, batchImages, c.mostImages(ctx, options.Model))
	run.size = func(i int) int { return proto.Size(images[i]) }
	run.id = func(i int) string { return images[i].GetId() }
	run.call = func(ctx context.Context, indices []int) (*answer, error) {
		request := &pb.EncodeImagesRequest{Model: options.Model, Options: rawOptions(options.Embedding)}
		for _, i := range indices {
			request.Images = append(request.Images, sendableImage(images[i]))
		}
		response, err := c.images.Encode(ctx, request)
		made := &answer{stamp: response.GetStamp()}
		for _, result := range response.GetResults() {
			made.results = append(made.results, result)
		}
		return made, err
	}
	return run.all(ctx)
}

// EmbedClips encodes any number of clips, each up to the model's context. A bad clip is an error in its place. An id that is not UTF-8
// is sent with U+FFFD in it; its Item has it as it is.
func (c *Client) EmbedClips(ctx context.Context, clips []*pb.AudioClip, options EmbedOptions) (*Embeddings, error) {
	run := &embedding{client: c, options: options, limit: limitOf(options.BatchItems, batchClips, mostClips), count: len(clips)}
	run.size = func(i int) int { return proto.Size(clips[i]) }
	run.id = func(i int) string { return clips[i].GetId() }
	run.call = func(ctx context.Context, indices []int) (*answer, error) {
		request := &pb.EncodeAudioRequest{Model: options.Model, Options: rawOptions(options.Embedding), Context: options.Context}
		for _, i := range indices {
			request.Clips = append(request.Clips, sendableClip(clips[i]))
		}
		response, err := c.audio.Encode(ctx, request)
		made := &answer{stamp: response.GetStamp()}
		for _, result := range response.GetResults() {
			made.results = append(made.results, result)
		}
		return made, err
	}
	return run.all(ctx)
}

// sendableImage is an image that a message can hold: a path may be any bytes.
func sendableImage(image *pb.Image) *pb.Image {
	if utf8.ValidString(image.GetId()) {
		return image
	}
	return &pb.Image{Id: strings.ToValidUTF8(image.GetId(), "\uFFFD"), Source: image.GetSource()}
}

// sendableClip is a clip that a message can hold.
func sendableClip(clip *pb.AudioClip) *pb.AudioClip {
	if utf8.ValidString(clip.GetId()) {
		return clip
	}
	return &pb.AudioClip{Id: strings.ToValidUTF8(clip.GetId(), "\uFFFD"), Format: clip.GetFormat(), Data: clip.GetData()}
}

// mostImages is what the server says that a call may hold. A token may not be allowed to ask, or no server answer now: then what servers take by
// default.
func (c *Client) mostImages(ctx context.Context, model string) int {
	var models []*pb.Model
	failure := c.once(ctx, func(ctx context.Context) error {
		answer, err := c.models.List(ctx, &pb.ListModelsRequest{})
		models = answer.GetModels()
		return err
	})
	if failure != nil {
		return mostImages
	}
	for _, one := range models {
		for _, encoder := range one.GetEncoders() {
			limits := encoder.GetImage()
			if limits.GetMaxBatchImages() > 0 && (one.GetName() == model || model == "" && encoder.GetIsDefault()) {
				return int(limits.GetMaxBatchImages())
			}
		}
	}
	return mostImages
}

// rawOptions asks for the fastest exact encoding, unless another one is wanted.
func rawOptions(options *pb.EmbeddingOptions) *pb.EmbeddingOptions {
	made := &pb.EmbeddingOptions{}
	if options != nil {
		proto.Merge(made, options)
	}
	if made.Encoding == pb.EmbeddingEncoding_EMBEDDING_ENCODING_UNSPECIFIED {
		made.Encoding = pb.EmbeddingEncoding_EMBEDDING_ENCODING_RAW_FLOAT32
	}
	return made
}

func limitOf(wanted, usual, most int) int {
	if wanted <= 0 {
		wanted = usual
	}
	if wanted > most {
		return most
	}
	return wanted
}

// result is what a server answers for one item.
type result interface {
	GetEmbedding() *pb.Embedding
	GetError() *pb.ItemError
}

type answer struct {
	stamp   *pb.ModelStamp
	results []result
}

// embedding is one input that is being encoded.
type embedding struct {
	client  *Client
	options EmbedOptions
	count   int
	size    func(item int) int
	id      func(item int) string
	// refuse says what is wrong with an item that no message can hold, nil with another; absent where messages hold any.
	refuse func(item int) *Error
	call   func(ctx context.Context, indices []int) (*answer, error)

	// Below: of all goroutines.
	mutex        sync.Mutex
	limit        int
	next         int
	items        []Item
	stamp        *pb.ModelStamp
	done, failed int
}

// all encodes all items, by so many goroutines as calls may be under way.
func (e *embedding) all(ctx context.Context) (*Embeddings, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e.items = make([]Item, e.count)
	failures := make(chan error, e.client.options.Concurrency)
	for range make([]struct{}, e.client.options.Concurrency) {
		go func() {
			for {
				batch := e.take()
				if len(batch) == 0 {
					failures <- nil
					return
				}
				if err := e.encode(ctx, batch); err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	var first error
	for range make([]struct{}, e.client.options.Concurrency) {
		if err := <-failures; err != nil && first == nil {
			first = err
			cancel()
		}
	}
	if first != nil {
		return nil, first
	}
	return &Embeddings{
		Items: e.items, Model: e.stamp.GetModel(), Fingerprint: e.stamp.GetFingerprint(), Space: e.stamp.GetSpace(),
	}, nil
}

// take is the next batch; an item that is larger than a call should be goes alone.
func (e *embedding) take() []int {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	var batch []int
	bytes := 0
	for e.next < e.count && len(batch) < e.limit {
		bytes += e.size(e.next)
		if len(batch) > 0 && bytes > batchBytes {
			break
		}
		batch = append(batch, e.next)
		e.next++
	}
	return batch
}

// encode encodes one batch for good: repeats a call that may succeed later, and the items that may; halves one that is too large for the server,
// and what comes after it.
func (e *embedding) encode(ctx context.Context, batch []int) error {
	waiting := [][]int{e.sendable(batch)}
	for len(waiting) > 0 {
		group := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for attempt := 1; len(group) > 0; attempt++ {
			var made *answer
			failure := e.client.once(ctx, func(ctx context.Context) error {
				var err error
				made, err = e.call(ctx, group)
				return err
			})
			if ctx.Err() != nil {
				return ctx.Err()
			}
			isLast := attempt >= e.client.options.Retry.attempts()
			switch {
			case failure == nil:
				var err error
				if group, err = e.keep(group, made, isLast); err != nil {
					return err
				}
			case failure.isTooLarge() && len(group) == 1:
				e.settle(group[0], Item{ID: e.id(group[0]), Err: failure})
				group = nil
			case failure.isTooLarge():
				half := (len(group) + 1) / 2
				e.shrink(half)
				waiting = append(waiting, group[half:], group[:half])
				group = nil
			case isLast || e.client.isClosed() || !failure.IsRetryable():
				return failure
			}
			if len(group) == 0 {
				break
			}
			var delay = failure
			if delay == nil {
				delay = &Error{}
			}
			if err := pause(ctx, e.client.options.Retry.wait(attempt, delay.RetryDelay)); err != nil {
				return err
			}
		}
	}
	return nil
}

// sendable settles the items that cannot be sent, and returns the others.
func (e *embedding) sendable(batch []int) []int {
	if e.refuse == nil {
		return batch
	}
	var rest []int
	for _, i := range batch {
		if failure := e.refuse(i); failure != nil {
			e.settle(i, Item{ID: e.id(i), Err: failure})
		} else {
			rest = append(rest, i)
		}
	}
	return rest
}

// keep keeps results, and returns the items that are to be sent again.
func (e *embedding) keep(group []int, made *answer, isLast bool) ([]int, error) {
	if err := e.sameModel(made.stamp); err != nil {
		return nil, err
	}
	var again []int
	for i, index := range group {
		var one result
		if i < len(made.results) {
			one = made.results[i]
		}
		if one != nil && one.GetError().GetRetryable() && !isLast {
			again = append(again, index)
			continue
		}
		item := Item{ID: e.id(index)}
		if one != nil && one.GetEmbedding() != nil {
			vector, err := ReadEmbedding(one.GetEmbedding())
			if err != nil {
				return nil, err
			}
			item.Vector = vector
		} else if one != nil {
			item.Err = errorOfItem(one.GetError())
		} else {
			item.Err = errorOfItem(nil)
		}
		e.settle(index, item)
	}
	return again, nil
}

func (e *embedding) sameModel(stamp *pb.ModelStamp) error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.stamp == nil {
		e.stamp = stamp
	}
	if e.stamp.GetFingerprint() != stamp.GetFingerprint() || e.stamp.GetSpace() != stamp.GetSpace() {
		return fmt.Errorf("%w: from %s to %s", ErrModelChanged, e.stamp.GetFingerprint(), stamp.GetFingerprint())
	}
	return nil
}

func (e *embedding) settle(index int, item Item) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.items[index] = item
	e.done++
	if item.Err != nil {
		e.failed++
	}
	if e.options.Progress != nil {
		e.options.Progress(e.done, e.failed)
	}
}

func (e *embedding) shrink(items int) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if items < e.limit {
		e.limit = items
	}
}
