package triptych

import (
	"context"

	pb "triptych.example/client/triptychv1"
)

// Caption writes what images show, in their order. It is one call, within Options.Timeout. An image that fails has its Error in its place.
func (c *Client) Caption(ctx context.Context, request *pb.CaptionRequest) (*pb.CaptionResponse, error) {
	var answer *pb.CaptionResponse
	err := c.attempt(ctx, func(ctx context.Context) (err error) {
		answer, err = c.captioner.Caption(ctx, request)
		return err
	})
	return answer, err
}
