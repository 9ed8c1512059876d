// Package triptych is the Go client of Triptych servers: audio, images and texts in, float32 embeddings and transcripts out.
//
// The API's own messages and stubs are in triptychv1. This package does what users of those do by hand: it splits large inputs into calls of
// the size that a server takes, has some of them under way at a time, repeats what may succeed later, decodes every encoding, and keeps live
// streams going where their connection breaks off.
package triptych

import (
	"context"
	"crypto/tls"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

	pb "triptych.example/client/triptychv1"
)

// maxMessageBytes is the largest answer that is received.
const maxMessageBytes = 256 << 20

// Options of a client. The zero value is a connection without TLS, with defaults for the rest.
type Options struct {
	// TLS encrypts the connection where it is set.
	TLS *tls.Config
	// Token is the bearer token of every call.
	Token string
	// Timeout of one call. Default: a minute.
	Timeout time.Duration
	// Concurrency is how many calls of one input are under way at a time. Default: 4.
	Concurrency int
	// Retry is how often a call, or a stream without an answer in between, is attempted.
	Retry Retry
	// DialOptions come after the client's own.
	DialOptions []grpc.DialOption
}

// Client is a connection to a Triptych server, which goroutines may share. It connects with the first call.
type Client struct {
	connection *grpc.ClientConn
	options    Options
	// closed is closed with the connection: what fails then would fail again.
	closed    chan struct{}
	closeOnce sync.Once

	audio       pb.AudioEncoderClient
	images      pb.ImageEncoderClient
	texts       pb.TextEncoderClient
	models      pb.ModelsClient
	crossModal  pb.CrossModalClient
	transcriber pb.TranscriberClient
	captioner   pb.CaptionerClient
}

// New returns a client of the server at address, as HOST:PORT or any name that gRPC resolves.
func New(address string, options Options) (*Client, error) {
	if options.Timeout <= 0 {
		options.Timeout = time.Minute
	}
	if options.Concurrency <= 0 {
		options.Concurrency = 4
	}
	dial := []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes)),
		// A server that restarts is found again within seconds, however long it was gone.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 250 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 5 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	if options.TLS != nil {
		dial = append(dial, grpc.WithTransportCredentials(credentials.NewTLS(options.TLS)))
	} else {
		dial = append(dial, grpc.WithInsecure())
	}
	connection, err := grpc.Dial(address, append(dial, options.DialOptions...)...)
	if err != nil {
		return nil, fmt.Errorf("triptych: %w", err)
	}
	return &Client{
		connection:  connection,
		options:     options,
		closed:      make(chan struct{}),
		audio:       pb.NewAudioEncoderClient(connection),
		images:      pb.NewImageEncoderClient(connection),
		texts:       pb.NewTextEncoderClient(connection),
		models:      pb.NewModelsClient(connection),
		crossModal:  pb.NewCrossModalClient(connection),
		transcriber: pb.NewTranscriberClient(connection),
		captioner:   pb.NewCaptionerClient(connection),
	}, nil
}

// Close ends the connection, and the calls on it.
func (c *Client) Close() error {
	c.closeOnce.Do(func() { close(c.closed) })
	return c.connection.Close()
}

func (c *Client) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// Connection is for the API's methods that this package does not wrap, as Similarity: triptychv1.NewCrossModalClient(client.Connection()).
func (c *Client) Connection() *grpc.ClientConn { return c.connection }

// Models says what the server serves.
func (c *Client) Models(ctx context.Context) ([]*pb.Model, error) {
	var models []*pb.Model
	err := c.attempt(ctx, func(ctx context.Context) error {
		answer, err := c.models.List(ctx, &pb.ListModelsRequest{})
		models = answer.GetModels()
		return err
	})
	return models, err
}

// authorized adds the token.
func (c *Client) authorized(ctx context.Context) context.Context {
	if c.options.Token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+c.options.Token)
}

// attempt makes a call, again where it may succeed later.
func (c *Client) attempt(ctx context.Context, call func(context.Context) error) error {
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, call)
		if err == nil || ctx.Err() != nil || c.isClosed() || !err.IsRetryable() || attempt >= c.options.Retry.attempts() {
			return errorOrNil(err)
		}
		if err := pause(ctx, c.options.Retry.wait(attempt, err.RetryDelay)); err != nil {
			return err
		}
	}
}

// once makes one call within its time.
func (c *Client) once(ctx context.Context, call func(context.Context) error) *Error {
	limited, cancel := context.WithTimeout(c.authorized(ctx), c.options.Timeout)
	defer cancel()
	return errorOf(call(limited))
}
