// Uses the module as a program of its own does: ADDRESS EXAMPLES RESTART. Prints a JSON line for each vector.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	triptych "triptych.example/client"
	pb "triptych.example/client/triptychv1"
)

const half = 12_000

func main() {
	log.SetFlags(0)
	address, examples, restart := os.Args[1], os.Args[2], os.Args[3]
	client, err := triptych.New(address, triptych.Options{})
	must(err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()

	texts(ctx, client)
	pizza := images(ctx, client, examples)
	folder(ctx, client, examples, pizza)
	imageStream(ctx, client, examples, pizza, restart)
	speech := filepath.Join(examples, "speech", "pizza-a.wav")
	samples := samplesOf(speech)
	clips(ctx, client, speech, samples)
	stream(ctx, client, samples, restart)
	transcribe(ctx, client, speech, samples)
	fuse(ctx, client, examples)
	_, err = client.EmbedTexts(ctx, []string{"x"}, triptych.EmbedOptions{Model: "none"})
	check(triptych.ReasonOf(err) == "MODEL_NOT_FOUND", "a model that is not served: %v", err)
}

func texts(ctx context.Context, client *triptych.Client) {
	many := make([]string, 600)
	for i := range many {
		many[i] = fmt.Sprintf("text %d", i)
	}
	many[599] = "a sailboat"
	seen := 0
	embeddings, err := client.EmbedTexts(ctx, many, triptych.EmbedOptions{Progress: func(done, _ int) { seen = done }})
	must(err)
	check(len(embeddings.Items) == 600 && seen == 600 && embeddings.Space != "", "%d texts, %d seen", len(embeddings.Items), seen)
	exact := embeddings.Items[599].Values
	for _, encoding := range []pb.EmbeddingEncoding{
		pb.EmbeddingEncoding_EMBEDDING_ENCODING_FLOAT_LIST,
		pb.EmbeddingEncoding_EMBEDDING_ENCODING_RAW_FLOAT16,
		pb.EmbeddingEncoding_EMBEDDING_ENCODING_RAW_INT8,
	} {
		options := triptych.EmbedOptions{Embedding: &pb.EmbeddingOptions{Encoding: encoding}}
		rounded, err := client.EmbedTexts(ctx, []string{"a sailboat"}, options)
		must(err)
		cosine := float32(0)
		for i, value := range rounded.Items[0].Values {
			cosine += value * exact[i]
		}
		check(cosine > 0.999, "%v: a cosine of %v", encoding, cosine)
	}
	show("text", exact)
}

func images(ctx context.Context, client *triptych.Client, examples string) (pizza []float32) {
	paths, err := filepath.Glob(filepath.Join(examples, "images", "*.png"))
	must(err)
	images := []*pb.Image{{Source: &pb.Image_Encoded{Encoded: []byte("not an image")}}}
	for _, path := range paths {
		image, err := triptych.ImageFile(path)
		must(err)
		images = append(images, image)
	}
	embeddings, err := client.EmbedImages(ctx, images, triptych.EmbedOptions{BatchItems: 5})
	must(err)
	bad := embeddings.Items[0].Err
	check(bad != nil && bad.Reason == "IMAGE_FORMAT_UNKNOWN", "a bad image: %v", bad)
	for _, item := range embeddings.Items[1:] {
		check(item.Err == nil, "%s: %v", item.ID, item.Err)
		if filepath.Base(item.ID) == "pizza.png" {
			pizza = item.Values
			show("image", pizza)
		}
	}
	return pizza
}

func folder(ctx context.Context, client *triptych.Client, examples string, pizza []float32) {
	found, seen := map[triptych.Kind]int{}, 0
	options := triptych.EmbedOptions{BatchItems: 5, Progress: func(done, _ int) { seen = done }}
	must(client.EmbedFolder(ctx, examples, options, func(file triptych.File) error {
		check(file.Err == nil && file.Space != "", "%s: %v", file.ID, file.Err)
		if file.ID == filepath.Join("images", "pizza.png") {
			check(reflect.DeepEqual(file.Values, pizza), "a file's vector is another")
		}
		found[file.Kind]++
		return nil
	}))
	check(found["image"] == 12 && found["audio"] > 0 && found["text"] == 1 && seen == found["image"]+found["audio"]+1, "%v, %d seen", found, seen)
	missing := client.EmbedFolder(ctx, filepath.Join(examples, "none"), options, nil)
	check(os.IsNotExist(missing), "a folder that there is not: %v", missing)
}

// imageStream streams batches while the server is killed and another one takes its place.
func imageStream(ctx context.Context, client *triptych.Client, examples string, pizza []float32, restart string) {
	image, err := triptych.ImageFile(filepath.Join(examples, "images", "pizza.png"))
	must(err)
	bad := &pb.Image{Id: "bad", Source: &pb.Image_Encoded{Encoded: []byte("not an image")}}
	stream := client.StreamImages(ctx, &pb.ImageStreamConfig{})
	defer stream.Close()
	const batches = 100
	go func() {
		defer stream.Finish()
		for id := uint64(0); id < batches; id++ {
			sent, err := stream.Send([]*pb.Image{image, bad})
			must(err)
			check(sent == id, "batch %d is %d", id, sent)
		}
	}()
	answered := map[uint64]bool{}
	for {
		batch, err := stream.Recv()
		if err == io.EOF {
			break
		}
		must(err)
		check(!answered[batch.ID] && len(batch.Items) == 2 && batch.Stamp != nil, "batch %d", batch.ID)
		answered[batch.ID] = true
		check(reflect.DeepEqual(batch.Items[0].Values, pizza), "an image's vector is another: %v", batch.Items[0].Err)
		check(batch.Items[1].Err != nil && batch.Items[1].ID == "bad", "a bad image: %v", batch.Items[1])
		if len(answered) == 10 {
			must(exec.Command(restart).Run())
		}
	}
	check(len(answered) == batches, "%d batches of %d", len(answered), batches)
}

func fuse(ctx context.Context, client *triptych.Client, examples string) {
	image, err := triptych.ImageFile(filepath.Join(examples, "images", "pizza.png"))
	must(err)
	heavy, light := float32(2), float32(1)
	items := []*pb.Item{
		{Content: &pb.Item_Text{Text: "a picture of pizza"}, Weight: &heavy},
		{Content: &pb.Item_Image{Image: image}, Weight: &light},
	}
	fused, err := client.Fuse(ctx, &pb.FuseRequest{Items: items})
	must(err)
	check(len(fused.Values) == 128 && len(fused.Cosines) == 2 && fused.Cosines[0] > fused.Cosines[1] && fused.Space != "", "%v", fused.Cosines)
	candidates := []*pb.Item{{Id: "boat", Content: &pb.Item_Text{Text: "a picture of sailboat"}}, {Id: "image", Content: items[1].Content}}
	ranked, err := client.Rank(ctx, &pb.RankRequest{Queries: items, Candidates: candidates, Fusion: &pb.RankFusion{}})
	must(err)
	check(len(ranked.Rankings) == 1 && ranked.Rankings[0].Items[0].Id == "image", "%v", ranked)
	_, err = client.Fuse(ctx, &pb.FuseRequest{})
	check(triptych.ReasonOf(err) == "BATCH_EMPTY", "nothing to fuse: %v", err)
}

func clips(ctx context.Context, client *triptych.Client, speech string, samples []int16) {
	file, err := triptych.ClipFile(speech)
	must(err)
	embeddings, err := client.EmbedClips(ctx, []*pb.AudioClip{file, triptych.Samples16(samples, 16_000, 1)}, triptych.EmbedOptions{})
	must(err)
	check(reflect.DeepEqual(embeddings.Items[0].Values, embeddings.Items[1].Values), "samples differ from their file")
	show("audio", embeddings.Items[0].Values)
}

// transcribe has the same words of a file, of its samples, and of these as they are said.
func transcribe(ctx context.Context, client *triptych.Client, speech string, samples []int16) {
	models, err := client.Models(ctx)
	must(err)
	for _, model := range models {
		check(model.Transcribes == (model.Name == "demo-whisper"), "%v", model)
	}
	file, err := triptych.ClipFile(speech)
	must(err)
	whole, err := client.Transcribe(ctx, &pb.TranscribeRequest{Format: file.Format, Data: file.Data})
	must(err)
	check(strings.Contains(whole.Text, "pizza"), "%q", whole.Text)
	check(len(whole.Segments) == 1 && whole.Segments[0].Final && whole.DurationS > 0 && whole.Fingerprint != "", "%v", whole)

	live := client.StreamTranscript(ctx, &pb.TranscribeStreamConfig{
		Format:            triptych.PCM(pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, 16_000, 1),
		PartialIntervalMs: 300,
	})
	defer live.Close()
	go func() {
		defer live.Finish()
		for from := 0; from < len(samples); from += 1_600 {
			to := from + 1_600
			if to > len(samples) {
				to = len(samples)
			}
			must(live.Send16(samples[from:to]))
		}
	}()
	text, guesses := "", 0
	for {
		update, err := live.Recv()
		if err == io.EOF {
			break
		}
		must(err)
		for _, segment := range update.Segments {
			if segment.Final {
				text += segment.Text
			} else {
				guesses++
			}
		}
	}
	check(strings.TrimSpace(text) == whole.Text && guesses > 0, "%q after %d guesses, of the file %q", text, guesses, whole.Text)

	both := client.StreamAudio(ctx, &pb.AudioStreamConfig{
		Format: triptych.PCM(pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, 16_000, 1), Transcription: &pb.TranscriptionOptions{},
	})
	defer both.Close()
	go func() {
		defer both.Finish()
		must(both.Send16(samples))
	}()
	window, err := both.Recv()
	must(err)
	check(window.Err == nil && len(window.Values) > 0 && window.Transcript.GetText() == whole.Text, "%v", window)

	_, err = client.Caption(ctx, &pb.CaptionRequest{})
	check(triptych.ReasonOf(err) == "MODALITY_NOT_SERVED", "captions: %v", err)

	bad := &pb.TranscribeStreamConfig{
		Format: triptych.PCM(pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, 16_000, 1), Options: &pb.TranscriptionOptions{Beams: 99},
	}
	_, err = client.StreamTranscript(ctx, bad).Recv()
	check(triptych.ReasonOf(err) == "PARAMETER_INVALID", "99 beams: %v", err)
}

// stream streams while the server is killed and another one takes its place.
func stream(ctx context.Context, client *triptych.Client, samples []int16, restart string) {
	live := client.StreamAudio(ctx, &pb.AudioStreamConfig{
		Format: triptych.PCM(pb.AudioEncoding_AUDIO_ENCODING_PCM_S16LE, 16_000, 1), WindowMs: 500,
	})
	defer live.Close()
	must(live.Send16(samples[:half]))
	for index := uint64(0); ; index++ {
		window, err := live.Recv()
		if err == io.EOF {
			check(index == 2, "%d windows", index)
			return
		}
		must(err)
		check(window.Index == index && window.Err == nil, "window %d after %d: %v", window.Index, index, window.Err)
		show("window", window.Values)
		if index == 0 {
			must(exec.Command(restart).Run())
			must(live.Send16(samples[half:]))
			live.Finish()
		}
	}
}

// samplesOf reads a WAV file whose header has 44 bytes, as those of examples/ have.
func samplesOf(path string) []int16 {
	data, err := os.ReadFile(path)
	must(err)
	samples := make([]int16, (len(data)-44)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(data[44+2*i:]))
	}
	return samples
}

func show(kind string, values []float32) {
	line, err := json.Marshal(map[string]interface{}{"kind": kind, "embedding": values})
	must(err)
	fmt.Println(string(line))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func check(holds bool, format string, values ...interface{}) {
	if !holds {
		log.Fatalf(format, values...)
	}
}
