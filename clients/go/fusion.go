package triptych

import (
	"context"

	pb "triptych.example/client/triptychv1"
)

// Fused is one vector of several items, of length 1, and what made it.
type Fused struct {
	Vector
	// Cosines of each item to it.
	Cosines []float32
	// Model, and its Fingerprint: of the weights and all that shapes vectors.
	Model, Fingerprint string
	// Space says what may be compared: vectors where it is the same.
	Space string
}

// Fuse makes one vector of several items of one space, whatever their modalities. An item's weight says how much it counts.
func (c *Client) Fuse(ctx context.Context, request *pb.FuseRequest) (*Fused, error) {
	var answer *pb.FuseResponse
	err := c.attempt(ctx, func(ctx context.Context) (err error) {
		answer, err = c.crossModal.Fuse(ctx, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	vector, err := ReadEmbedding(answer.GetEmbedding())
	if err != nil {
		return nil, err
	}
	stamp := answer.GetStamp()
	return &Fused{
		Vector:      vector,
		Cosines:     answer.GetCosines(),
		Model:       stamp.GetModel(),
		Fingerprint: stamp.GetFingerprint(),
		Space:       stamp.GetSpace(),
	}, nil
}

// Match says how probably texts belong to images, by one encoder of both. A bad pair is an error in its place.
func (c *Client) Match(ctx context.Context, request *pb.MatchRequest) (*pb.MatchResponse, error) {
	var answer *pb.MatchResponse
	err := c.attempt(ctx, func(ctx context.Context) (err error) {
		answer, err = c.crossModal.Match(ctx, request)
		return err
	})
	return answer, err
}

// Rank gives the best candidates for each query, best first; with Fusion, for all queries together; with Early, ranked anew by Match.
func (c *Client) Rank(ctx context.Context, request *pb.RankRequest) (*pb.RankResponse, error) {
	var answer *pb.RankResponse
	err := c.attempt(ctx, func(ctx context.Context) (err error) {
		answer, err = c.crossModal.Rank(ctx, request)
		return err
	})
	return answer, err
}
