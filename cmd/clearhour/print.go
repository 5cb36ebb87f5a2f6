package main

import (
	"fmt"
	"io"
	"sync"
)

// printer is standard output. It keeps the first error, which run reports, so
// that the lines of a table need no check each; what follows an error is lost.
type printer struct {
	mu  sync.Mutex
	out io.Writer
	err error
}

// Write implements io.Writer.
func (p *printer) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.out.Write(b)
	if err != nil {
		p.err = fmt.Errorf("standard output: %w", err)
	}
	return n, p.err
}

// failure returns the first error.
func (p *printer) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}
