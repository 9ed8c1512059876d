// Streams batches of images at a Triptych server, encodes a text, and prints which image fits it best.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"

	triptych "triptych/v1"
)

const batchSize = 4

func main() {
	if len(os.Args) < 4 {
		log.Fatal("usage: go run . HOST:PORT TEXT IMAGE...")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	connection, err := grpc.DialContext(ctx, os.Args[1], grpc.WithInsecure(), grpc.WithBlock())
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()

	images, space, err := encodeImages(ctx, triptych.NewImageEncoderClient(connection), os.Args[3:])
	if err != nil {
		log.Fatal(err)
	}
	if err := rank(ctx, triptych.NewCrossModalClient(connection), os.Args[2], images, space); err != nil {
		log.Fatal(err)
	}
}

// encodeImages sends files in batches and reads results as they come; they carry the images' ids.
func encodeImages(ctx context.Context, client triptych.ImageEncoderClient, paths []string) (map[string]*triptych.Embedding, string, error) {
	stream, err := client.EncodeStream(ctx)
	if err != nil {
		return nil, "", err
	}
	sent := make(chan error, 1)
	go func() { sent <- sendBatches(stream, paths) }()
	vectors := map[string]*triptych.Embedding{}
	space := ""
	for {
		answer, err := stream.Recv()
		if err == io.EOF {
			return vectors, space, <-sent
		}
		if err != nil {
			return nil, "", err
		}
		if ready := answer.GetReady(); ready != nil {
			space = ready.GetStamp().GetSpace()
		}
		for _, result := range answer.GetResult().GetResults() {
			if failure := result.GetError(); failure != nil {
				log.Printf("%s: %s", result.GetId(), failure.GetMessage())
				continue
			}
			vectors[result.GetId()] = result.GetEmbedding()
		}
	}
}

func sendBatches(stream triptych.ImageEncoder_EncodeStreamClient, paths []string) error {
	config := &triptych.ImageStreamRequest{Message: &triptych.ImageStreamRequest_Config{Config: &triptych.ImageStreamConfig{}}}
	if err := stream.Send(config); err != nil {
		return err
	}
	for at := 0; at < len(paths); at += batchSize {
		batch := &triptych.ImageBatch{BatchId: uint64(at / batchSize)}
		for i := at; i < len(paths) && i < at+batchSize; i++ {
			data, err := os.ReadFile(paths[i])
			if err != nil {
				return err
			}
			batch.Images = append(batch.Images, &triptych.Image{Id: paths[i], Source: &triptych.Image_Encoded{Encoded: data}})
		}
		message := &triptych.ImageStreamRequest{Message: &triptych.ImageStreamRequest_Batch{Batch: batch}}
		if err := stream.Send(message); err != nil {
			return err
		}
	}
	return stream.CloseSend()
}

// rank lets the server compare the text with the vectors made before, and prints the images, best first.
func rank(ctx context.Context, client triptych.CrossModalClient, text string, images map[string]*triptych.Embedding, space string) error {
	request := &triptych.RankRequest{Queries: []*triptych.Item{{Content: &triptych.Item_Text{Text: text}}}}
	for id, vector := range images {
		item := &triptych.Item{Id: id, Content: &triptych.Item_Embedding{Embedding: vector}, Space: space}
		request.Candidates = append(request.Candidates, item)
	}
	response, err := client.Rank(ctx, request)
	if err != nil {
		return err
	}
	for _, item := range response.GetRankings()[0].GetItems() {
		fmt.Printf("%.4f  %s\n", item.GetScore(), item.GetId())
	}
	return nil
}
