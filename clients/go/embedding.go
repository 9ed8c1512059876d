package triptych

import (
	"encoding/binary"
	"fmt"
	"math"

	pb "triptych.example/client/triptychv1"
)

// Vector is the float32 values of one item.
type Vector struct {
	// Values, row by row where the pooling gives a vector for each frame, patch or token.
	Values []float32
	// Shape is [dim], or [n, dim].
	Shape []int
}

// ReadEmbedding decodes an embedding, whatever encoding it travelled in.
func ReadEmbedding(embedding *pb.Embedding) (Vector, error) {
	shape := make([]int, len(embedding.GetShape()))
	count := 1
	for i, size := range embedding.GetShape() {
		shape[i] = int(size)
		count *= int(size)
	}
	raw := embedding.GetRaw()
	var values []float32
	switch embedding.GetEncoding() {
	case pb.EmbeddingEncoding_EMBEDDING_ENCODING_RAW_FLOAT32:
		values = make([]float32, len(raw)/4)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case pb.EmbeddingEncoding_EMBEDDING_ENCODING_RAW_FLOAT16:
		values = make([]float32, len(raw)/2)
		for i := range values {
			values[i] = fromHalf(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	case pb.EmbeddingEncoding_EMBEDDING_ENCODING_RAW_INT8:
		values = make([]float32, len(raw))
		for i, value := range raw {
			values[i] = float32(int8(value)) * embedding.GetScale()
		}
	default:
		values = embedding.GetValues()
	}
	if len(values) != count {
		return Vector{}, fmt.Errorf("triptych: an embedding of shape %v has %d values", shape, len(values))
	}
	return Vector{Values: values, Shape: shape}, nil
}

// fromHalf widens an IEEE binary16, exactly.
func fromHalf(bits uint16) float32 {
	sign := uint32(bits&0x8000) << 16
	exponent, fraction := uint32(bits>>10)&0x1f, uint32(bits)&0x3ff
	switch {
	case exponent == 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	case exponent == 0:
		// Subnormal: the fraction counts units of 2^-24.
		value := float32(fraction) / (1 << 24)
		return math.Float32frombits(math.Float32bits(value) | sign)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}
