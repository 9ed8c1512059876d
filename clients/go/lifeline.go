package triptych

import (
	"context"
	"errors"
	"sync"
)

// lifeline is what streams that outlive their connection have in common.
type lifeline struct {
	client *Client
	ctx    context.Context
	cancel context.CancelFunc

	mutex sync.Mutex
	// changed is closed, and replaced, with each change of what is below, and of what its stream keeps.
	changed    chan struct{}
	isOpen     bool
	isFinished bool
	// sends counts what came from the caller.
	sends int
}

func newLifeline(ctx context.Context, client *Client) lifeline {
	ctx, cancel := context.WithCancel(ctx)
	return lifeline{client: client, ctx: ctx, cancel: cancel, changed: make(chan struct{})}
}

// finish says that the caller sends no more.
func (l *lifeline) finish() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.isFinished = true
	l.pushed()
}

// pushed says that something came from the caller. The mutex is held.
func (l *lifeline) pushed() {
	l.sends++
	l.change()
}

// change wakes all that wait. The mutex is held.
func (l *lifeline) change() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// wait waits for a change, without the mutex, which is held before and after.
func (l *lifeline) wait(ctx context.Context) error {
	changed := l.changed
	l.mutex.Unlock()
	defer l.mutex.Lock()
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run opens one connection after the other, until one ends as it should, with nil, or none can go on. connect sets its attempt to 1 with an answer that
// shows that it got somewhere; broken is called with the mutex, and says whether another connection can go on.
func (l *lifeline) run(connect func(attempt *int) error, broken func() bool) error {
	defer l.cancel()
	attempt := 0
	for {
		attempt++
		l.mutex.Lock()
		sends := l.sends
		l.mutex.Unlock()
		err := connect(&attempt)
		if err == nil {
			return nil
		}
		if l.ctx.Err() != nil {
			return l.ctx.Err()
		}
		l.mutex.Lock()
		l.isOpen = false
		canResume := broken()
		l.change()
		l.mutex.Unlock()
		var failure *Error
		isIdle := errors.As(err, &failure) && failure.Reason == "CALL_IDLE"
		mayPass := failure != nil && failure.isPassing()
		if !canResume || !mayPass || l.client.isClosed() || attempt >= l.client.options.Retry.attempts() && !isIdle {
			return err
		}
		if isIdle {
			// Silence is no failure: one that was sent something opens anew at once.
			err, attempt = l.sent(sends), 0
		} else {
			err = pause(l.ctx, l.client.options.Retry.wait(attempt, failure.RetryDelay))
		}
		if err != nil {
			return err
		}
	}
}

// sent waits until the caller has sent something, or sends no more.
func (l *lifeline) sent(before int) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for l.sends == before {
		if err := l.wait(l.ctx); err != nil {
			return err
		}
	}
	return nil
}
