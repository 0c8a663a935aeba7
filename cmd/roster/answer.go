package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// maxPage bounds what one answer lists.
const maxPage = 1000

// paging are the flags of every list.
type paging struct {
	Limit int    `default:"100" help:"How many to list, at most 1000."`
	After string `placeholder:"ID" help:"Begin after this id: the next of the page before."`
}

// Validate is called by the command line.
func (p *paging) Validate() error {
	if p.Limit < 1 || p.Limit > maxPage {
		return fmt.Errorf("--limit must be from 1 to %d", maxPage)
	}
	return nil
}

// parseCursor reads the id that a page begins after; none is the zero id.
func parseCursor[ID any](text string, parse func(string) (ID, error)) (ID, error) {
	var none ID
	if text == "" {
		return none, nil
	}
	id, err := parse(text)
	if err != nil {
		return none, &usageError{"--after: " + err.Error()}
	}
	return id, nil
}

// page cuts a list that was asked for one more than the limit, and returns the
// id after which the next page begins, "" if there is none.
func page[T any](list []T, limit int, id func(T) string) (cut []T, next string) {
	if len(list) <= limit {
		return list, ""
	}
	return list[:limit], id(list[limit-1])
}

// views turns a list into what is shown of it; none is an empty list, not null.
func views[T, V any](list []T, view func(T) V) []V {
	out := make([]V, len(list))
	for i, item := range list {
		out[i] = view(item)
	}
	return out
}

func more(w io.Writer, command, next string) {
	if next != "" {
		fmt.Fprintf(w, "\nMore: %s --after %s\n", command, next)
	}
}

// changed answers a command that changed the state of one thing. A %s in effect
// stands for its id.
func (o *output) changed(what, id, status, effect string) error {
	answer := struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}{id, status}
	return o.print(answer, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s is %s. %s\n", what, id, status, strings.ReplaceAll(effect, "%s", id))
	})
}

// when writes a time for people, in their zone.
func when(t time.Time) string { return t.Local().Format("2006-01-02 15:04 MST") }

func orNever(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return when(t)
}

// optional leaves a time that is not set out of the JSON.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func value(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
