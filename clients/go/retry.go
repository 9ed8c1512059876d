package triptych

import (
	"context"
	"time"
)

const (
	longestWait = 5 * time.Second
	// longestDelay bounds how long a server is waited for that asks for a pause.
	longestDelay = time.Minute
)

// Retry is how often a call is attempted, and how long is waited in between.
type Retry struct {
	// Attempts at most. Default: 10; 1 for no second one.
	Attempts int
	// FirstWait is the pause before the second attempt; it doubles up to 5 s. Default: 100 ms.
	FirstWait time.Duration
}

func (r Retry) attempts() int {
	if r.Attempts <= 0 {
		return 10
	}
	return r.Attempts
}

// wait is the pause after a failed attempt, counted from 1: at least what the server asks for.
func (r Retry) wait(attempt int, delay time.Duration) time.Duration {
	wait := r.FirstWait
	if wait <= 0 {
		wait = 100 * time.Millisecond
	}
	for ; attempt > 1 && wait < longestWait; attempt-- {
		wait *= 2
	}
	if wait > longestWait {
		wait = longestWait
	}
	if delay > longestDelay {
		delay = longestDelay
	}
	if delay > wait {
		return delay
	}
	return wait
}

// pause waits, or returns what ended the context.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
