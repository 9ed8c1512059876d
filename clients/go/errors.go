package triptych

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	pb "triptych.example/client/triptychv1"
)

// Error is a failed call, or a failed item.
type Error struct {
	Code codes.Code
	// Reason is stable and one of the catalogue's (docs/api.md), as "OVERLOADED"; empty where the failure is not Triptych's own.
	Reason  string
	Message string
	// Field is the path of the offending field.
	Field string
	// RetryDelay is how long the server asks to wait before another attempt; 0 where it does not.
	RetryDelay time.Duration
	// RequestID is what the server's log knows the call by.
	RequestID string

	retryable bool
}

func (e *Error) Error() string {
	name := e.Reason
	if name == "" {
		name = e.Code.String()
	}
	return fmt.Sprintf("triptych: %s: %s", name, e.Message)
}

// GRPCStatus lets status.FromError and status.Code read it.
func (e *Error) GRPCStatus() *status.Status { return status.New(e.Code, e.Message) }

// IsRetryable says whether the same call may succeed later. Encoding has no effects, so it may always be repeated.
func (e *Error) IsRetryable() bool {
	return e.retryable || e.Reason == "" && (e.Code == codes.Unavailable || e.isBrokenOff())
}

// isBrokenOff says whether a connection or a proxy ended the call: what Triptych itself refuses has a reason.
func (e *Error) isBrokenOff() bool {
	return e.Reason == "" && (e.Code == codes.Canceled || e.Code == codes.Unknown || e.Code == codes.Internal)
}

// isPassing says whether a live stream that ends with it may go on over another connection: nobody is there, the connection broke off, or the server says
// how long to wait.
func (e *Error) isPassing() bool {
	return e.Code == codes.Unavailable || e.isBrokenOff() || e.retryable
}

// isTooLarge says whether fewer items at a time may succeed. Without a reason, gRPC found the message too large for this client.
func (e *Error) isTooLarge() bool {
	return e.Reason == "BATCH_TOO_LARGE" || e.Reason == "MESSAGE_TOO_LARGE" || e.Reason == "" && e.Code == codes.ResourceExhausted
}

// ErrModelChanged says that the server's model was replaced while items were encoded: their vectors are of two models.
var ErrModelChanged = errors.New("triptych: the server's model changed while it encoded; encode all of them anew")

// ReasonOf returns the reason of an error of this package, "" for others.
func ReasonOf(err error) string {
	var failure *Error
	if errors.As(err, &failure) {
		return failure.Reason
	}
	return ""
}

// errorOrNil avoids an error that holds a nil pointer.
func errorOrNil(err *Error) error {
	if err == nil {
		return nil
	}
	return err
}

// errorOf reads what a failed call says, from its google.rpc.Status.
func errorOf(err error) *Error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	st := status.Convert(err)
	failure := &Error{Code: st.Code(), Message: st.Message()}
	// Field by field: the package that has these messages has moved between modules, and would not fit every release of gRPC.
	for _, detail := range st.Proto().GetDetails() {
		value := detail.GetValue()
		switch detail.GetTypeUrl() {
		case "type.googleapis.com/google.rpc.ErrorInfo":
			if reason := field(value, 1); reason != nil {
				failure.Reason = string(reason)
			}
		case "type.googleapis.com/google.rpc.RetryInfo":
			delay := field(value, 1)
			failure.RetryDelay = time.Duration(number(delay, 1))*time.Second + time.Duration(number(delay, 2))
			failure.retryable = true
		case "type.googleapis.com/google.rpc.BadRequest":
			failure.Field = string(field(field(value, 1), 1))
		case "type.googleapis.com/google.rpc.RequestInfo":
			failure.RequestID = string(field(value, 1))
		}
	}
	return failure
}

// errorOfItem is why one item has no vector.
func errorOfItem(item *pb.ItemError) *Error {
	if item.GetReason() == "" {
		return &Error{Code: codes.Internal, Reason: "INTERNAL", Message: "the answer has no result for this item"}
	}
	return &Error{
		Code: codes.Code(item.GetCode()), Reason: item.GetReason(), Message: item.GetMessage(), Field: item.GetField(),
		retryable: item.GetRetryable(),
	}
}

// field is the first value of a length-delimited field, nil where the message has none.
func field(message []byte, want protowire.Number) []byte {
	value, _ := find(message, want)
	return value
}

// number is the first value of a varint field, 0 where the message has none.
func number(message []byte, want protowire.Number) uint64 {
	_, value := find(message, want)
	return value
}

func find(message []byte, want protowire.Number) ([]byte, uint64) {
	for len(message) > 0 {
		found, kind, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			break
		}
		message = message[tag:]
		size := protowire.ConsumeFieldValue(found, kind, message)
		if size < 0 {
			break
		}
		if found == want {
			if kind == protowire.BytesType {
				value, _ := protowire.ConsumeBytes(message)
				return value, 0
			}
			if kind == protowire.VarintType {
				value, _ := protowire.ConsumeVarint(message)
				return nil, value
			}
		}
		message = message[size:]
	}
	return nil, 0
}
