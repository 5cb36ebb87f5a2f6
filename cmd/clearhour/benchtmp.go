package main
import "io"
func benchApply(io.Writer,*benchOptions) error {return nil}
func benchReplay(io.Writer,*benchOptions) error {return nil}
func benchWire(io.Writer,*benchOptions) error {return nil}
