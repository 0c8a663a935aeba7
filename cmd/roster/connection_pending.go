package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/roster-scim/roster/tenants"
)

type connectionPending struct {
	Connection string `required:"" help:"The connection's id, con…"`
	paging
}

// pendingView is a member that waits, as commands answer it.
type pendingView struct {
	Value   string    `json:"value"`
	Type    string    `json:"type,omitempty"`
	GroupID string    `json:"group_id"`
	Group   string    `json:"group"`
	Since   time.Time `json:"since"`
}

func viewPending(p tenants.PendingMember) pendingView { return pendingView(p) }

// Run implements the command.
func (c *connectionPending) Run(ctx context.Context, config *Config, out *output) error {
	id, err := tenants.ParseConnectionID(c.Connection)
	if err != nil {
		return malformed("connection", c.Connection, "con")
	}
	after, err := parsePendingCursor(c.After)
	if err != nil {
		return err
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		list, err := s.ListPendingMembers(ctx, id, after, c.Limit+1)
		if err != nil {
			return absent(err, "connection "+c.Connection, "roster connection list --tenant TENANT")
		}
		list, next := page(list, c.Limit, pendingCursor)
		answer := struct {
			Pending []pendingView `json:"pending_members"`
			Next    string        `json:"next,omitempty"`
		}{views(list, viewPending), next}
		return out.print(answer, func(w io.Writer) {
			tablePending(w, answer.Pending)
			more(w, "roster connection pending --connection "+c.Connection, next)
		})
	})
}

func tablePending(w io.Writer, list []pendingView) {
	if len(list) == 0 {
		fmt.Fprintln(w, "No members wait.")
		return
	}
	rows := views(list, func(v pendingView) []string {
		return []string{printable(v.Value), v.Type, printable(v.Group), v.GroupID, when(v.Since)}
	})
	table(w, []string{"VALUE", "TYPE", "GROUP", "GROUP ID", "SINCE"}, rows)
}

// pendingCursor writes a place in the list so that no shell takes offence.
func pendingCursor(p tenants.PendingMember) string {
	return url.QueryEscape(p.Value) + "/" + p.GroupID
}

func parsePendingCursor(text string) (tenants.PendingCursor, error) {
	if text == "" {
		return tenants.PendingCursor{}, nil
	}
	escaped, group, ok := strings.Cut(text, "/")
	value, err := url.QueryUnescape(escaped)
	if !ok || err != nil {
		return tenants.PendingCursor{}, &usageError{fmt.Sprintf("--after: %q is not the next of a page of pending members", text)}
	}
	return tenants.PendingCursor{Value: value, GroupID: group}, nil
}

// printable is a text that an identity provider sent, in a form that cannot
// steer the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
