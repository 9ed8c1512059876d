package triptych

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	pb "triptych.example/client/triptychv1"
)

// Kind is what a file holds, by its name.
type Kind string

const (
	KindImage Kind = "image"
	KindAudio Kind = "audio"
	KindText  Kind = "text"
)

var kinds = map[string]Kind{
	".jpg": KindImage, ".jpeg": KindImage, ".png": KindImage, ".webp": KindImage, ".gif": KindImage, ".avif": KindImage, ".tif": KindImage,
	".tiff": KindImage, ".wav": KindAudio, ".flac": KindAudio, ".mp3": KindAudio, ".ogg": KindAudio, ".oga": KindAudio, ".opus": KindAudio,
	".txt": KindText,
}

// File is one file: its vector, or why it has none. Its ID is the path below the folder.
type File struct {
	Item
	Kind Kind
	// Space says what may be compared: vectors where it is the same.
	Space string
}

const (
	// folderFiles and folderBytes of a folder are read at a time.
	folderFiles = 256
	folderBytes = 64 << 20
)

// EmbedFolder encodes the files of a folder and of those inside it: images, then recordings up to the model's context, then texts of one file each; those of
// a kind in the order of their names. Hidden files and links are left out. Each is given to found as it is there; an error that found returns ends it, and
// so does a file that cannot be read. Bytes of texts that are not UTF-8 are read as U+FFFD. Files are read as it goes, some at a time.
func (c *Client) EmbedFolder(ctx context.Context, folder string, options EmbedOptions, found func(File) error) error {
	paths, err := filesOf(folder)
	if err != nil {
		return err
	}
	var settled counts
	for _, kind := range []Kind{KindImage, KindAudio, KindText} {
		group := folderGroup{client: c, folder: folder, kind: kind, options: options, found: found, settled: &settled}
		for _, path := range paths[kind] {
			if err := group.add(ctx, path); err != nil {
				return err
			}
		}
		if err := group.encode(ctx); err != nil {
			return err
		}
	}
	return nil
}

func filesOf(folder string) (map[Kind][]string, error) {
	paths := map[Kind][]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		isHidden := strings.HasPrefix(entry.Name(), ".")
		if isHidden && entry.IsDir() {
			return fs.SkipDir
		}
		kind, isKnown := kinds[strings.ToLower(filepath.Ext(path))]
		if !isHidden && isKnown && entry.Type().IsRegular() {
			paths[kind] = append(paths[kind], path)
		}
		return nil
	})
	return paths, err
}

type counts struct{ done, failed int }

// folderGroup is files of one kind that are read and not encoded.
type folderGroup struct {
	client   *Client
	folder   string
	kind     Kind
	options  EmbedOptions
	found    func(File) error
	settled  *counts
	stamp    *Embeddings
	paths    []string
	contents [][]byte
	bytes    int
}

func (g *folderGroup) add(ctx context.Context, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(g.folder, path)
	if err != nil {
		return err
	}
	g.paths, g.contents, g.bytes = append(g.paths, name), append(g.contents, content), g.bytes+len(content)
	if len(g.paths) < folderFiles && g.bytes < folderBytes {
		return nil
	}
	return g.encode(ctx)
}

func (g *folderGroup) encode(ctx context.Context) error {
	if len(g.paths) == 0 {
		return nil
	}
	embeddings, err := g.embed(ctx)
	if err != nil {
		return err
	}
	if g.stamp != nil && (g.stamp.Fingerprint != embeddings.Fingerprint || g.stamp.Space != embeddings.Space) {
		return ErrModelChanged
	}
	g.stamp = &Embeddings{Fingerprint: embeddings.Fingerprint, Space: embeddings.Space}
	for i, item := range embeddings.Items {
		g.settled.done++
		if item.Err != nil {
			g.settled.failed++
		}
		item.ID = g.paths[i]
		if err := g.found(File{Item: item, Kind: g.kind, Space: embeddings.Space}); err != nil {
			return err
		}
	}
	g.paths, g.contents, g.bytes = nil, nil, 0
	return nil
}

func (g *folderGroup) embed(ctx context.Context) (*Embeddings, error) {
	options := g.options
	if progress, before := options.Progress, *g.settled; progress != nil {
		options.Progress = func(done, failed int) { progress(before.done+done, before.failed+failed) }
	}
	switch g.kind {
	case KindImage:
		images := make([]*pb.Image, len(g.contents))
		for i, content := range g.contents {
			images[i] = &pb.Image{Source: &pb.Image_Encoded{Encoded: content}}
		}
		return g.client.EmbedImages(ctx, images, options)
	case KindAudio:
		clips := make([]*pb.AudioClip, len(g.contents))
		for i, content := range g.contents {
			clips[i] = &pb.AudioClip{Format: &pb.AudioFormat{Encoding: pb.AudioEncoding_AUDIO_ENCODING_CONTAINER}, Data: content}
		}
		return g.client.EmbedClips(ctx, clips, options)
	default:
		texts := make([]string, len(g.contents))
		for i, content := range g.contents {
			texts[i] = strings.ToValidUTF8(string(content), "\uFFFD")
		}
		return g.client.EmbedTexts(ctx, texts, options)
	}
}
